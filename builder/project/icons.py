"""Icons in the sizes that browsers and stores want, from an SVG: an author's own, or a letter on a
colour.
"""

from __future__ import annotations

import re
from pathlib import Path

from builder.config.reader import read_text
from builder.errors import BuilderError
from builder.packaging.manifest import ICON_SIZES

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DARK, _LIGHT = "#14213d", "#ffffff"
# Strokes on a square of 100 units. Fonts differ from machine to machine, these do not.
_GLYPHS = {
    "a": "M20 85L50 15L80 85M32 60H68",
    "b": "M27 15V85M27 15H52A17 17 0 0 1 52 49H27M52 49H56A18 18 0 0 1 56 85H27",
    "c": "M77 27A35 35 0 1 0 77 73",
    "d": "M25 15V85H45A35 35 0 0 0 45 15H25",
    "e": "M75 15H27V85H75M27 50H68",
    "f": "M75 15H27V85M27 50H66",
    "g": "M77 27A35 35 0 1 0 85 55H58",
    "h": "M24 15V85M76 15V85M24 50H76",
    "i": "M50 15V85M34 15H66M34 85H66",
    "j": "M68 15V62A22 22 0 0 1 24 62",
    "k": "M27 15V85M76 15L27 58M44 46L78 85",
    "l": "M30 15V85H76",
    "m": "M18 85V15L50 62L82 15V85",
    "n": "M24 85V15L76 85V15",
    "o": "M50 15A35 35 0 1 0 50.1 15Z",
    "p": "M27 85V15H54A20 20 0 0 1 54 55H27",
    "q": "M50 15A35 35 0 1 0 50.1 15ZM60 62L84 88",
    "r": "M27 85V15H54A20 20 0 0 1 54 55H27M52 55L77 85",
    "s": "M74 28C68 9 28 10 28 32C28 54 76 45 76 67C76 90 30 92 24 71",
    "t": "M18 15H82M50 15V85",
    "u": "M24 15V59A26 26 0 0 0 76 59V15",
    "v": "M20 15L50 85L80 15",
    "w": "M10 15L30 85L50 30L70 85L90 15",
    "x": "M22 15L78 85M78 15L22 85",
    "y": "M20 15L50 52L80 15M50 52V85",
    "z": "M24 15H76L24 85H76",
    "0": "M50 15A26 35 0 1 0 50.1 15Z",
    "1": "M34 32L54 15V85",
    "2": "M26 36A24 22 0 0 1 74 36C74 55 40 62 26 85H76",
    "3": "M28 15H72L47 44A21 21 0 1 1 27 74",
    "4": "M64 85V15L20 65H82",
    "5": "M72 15H34L31 46C46 36 75 40 75 63A24 24 0 0 1 26 72",
    "6": "M66 15C42 28 26 46 26 62A24 24 0 1 0 28 54",
    "7": "M24 15H76L42 85",
    "8": "M50 15A18 17 0 1 0 50.1 15ZM50 49A22 18 0 1 0 50.1 49Z",
    "9": "M34 85C58 72 74 54 74 38A24 24 0 1 0 72 46",
}


def letter_svg(letter: str, colour: str) -> str:
    """A letter or digit on a rounded square, white or dark, whichever has more contrast.

    :param colour: of the square, as ``#rrggbb``.
    """
    ink = _LIGHT if _contrast(colour, _LIGHT) >= _contrast(colour, _DARK) else _DARK
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128">\n  <rect width="128"'
        f' height="128" rx="28" fill="{colour.lower()}"/>\n  <path transform="translate(24 24)'
        f' scale(.8)" d="{_GLYPHS[letter.lower()]}" fill="none" stroke="{ink}" stroke-width="16"'
        ' stroke-linecap="round" stroke-linejoin="round"/>\n</svg>\n'
    )


def write_icons(svg: Path, folder: Path) -> list[Path]:
    """Draw ``folder/icon-SIZE.png`` for every size from a square SVG.

    :raises BuilderError: if the file is no SVG that can be drawn; nothing is written then.
    """
    from resvg_py import svg_to_bytes

    text = read_text(svg)
    try:
        pictures = {
            size: svg_to_bytes(svg_string=text, width=size, height=size) for size in ICON_SIZES
        }
    except ValueError as error:
        raise BuilderError(
            f"{svg}: cannot be drawn: {error}", hint="save it as plain SVG", place=str(svg)
        ) from None
    for size, picture in pictures.items():
        width, height = (
            int.from_bytes(picture[start : start + 4]) for start in (16, 20)
        )  # PNG, IHDR
        if (width, height) != (size, size):
            raise BuilderError(
                f"{svg}: {width} by {height} at the size of {size}",
                hint="icons are square: give it a square viewBox",
                place=str(svg),
            )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for size, picture in pictures.items():
        written.append(folder / f"icon-{size}.png")
        written[-1].write_bytes(picture)
    return written


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
