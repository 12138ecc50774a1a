"""Render extension/icons/icon-{16,32,48,128}.png from the SVG files beside them."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from resvg_py import svg_to_bytes

from builder.packaging.manifest import ICON_SIZES

FOLDER = Path(__file__).parent.parent / "extension" / "icons"
SMALL = 16
PADDED = 128
PADDING = 16
"""Around the largest: the Chrome Web Store wants 96 pixels of artwork in 128."""


def render(size: int) -> Image.Image:
    source = FOLDER / ("icon-small.svg" if size == SMALL else "icon.svg")
    padding = PADDING if size == PADDED else 0
    inner = size - 2 * padding
    artwork = Image.open(
        io.BytesIO(
            svg_to_bytes(svg_string=source.read_text(encoding="utf-8"), width=inner, height=inner)
        )
    )
    icon = Image.new("RGBA", (size, size))
    icon.paste(artwork, (padding, padding))
    return icon


def main() -> None:
    for size in ICON_SIZES:
        render(size).save(FOLDER / f"icon-{size}.png", optimize=True)
        sys.stdout.write(f"extension/icons/icon-{size}.png\n")


if __name__ == "__main__":
    main()
