"""Draw extension/icons/icon-{16,32,48,128}.png: a lens with a smile in it."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent.parent / "extension" / "icons"
SIZES = (16, 32, 48, 128)
CANVAS = 1024
INK, GLASS, GROUND = "#ffffff", "#ffd166", "#3454b4"


def draw() -> Image.Image:
    image = Image.new("RGBA", (CANVAS, CANVAS))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, CANVAS - 1, CANVAS - 1), radius=220, fill=GROUND)
    pen.line((640, 640, 850, 850), fill=INK, width=120)
    pen.ellipse((790, 790, 910, 910), fill=INK)
    pen.ellipse((120, 120, 740, 740), fill=INK)
    pen.ellipse((190, 190, 670, 670), fill=GLASS)
    for x in (350, 510):
        pen.ellipse((x - 40, 340, x + 40, 420), fill=GROUND)
    pen.arc((300, 330, 560, 570), start=20, end=160, fill=GROUND, width=52)
    return image


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    image = draw()
    for size in SIZES:
        image.resize((size, size), Image.Resampling.LANCZOS).save(FOLDER / f"icon-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
