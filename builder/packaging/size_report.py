"""The sizes of a package: by part, by file, against the previous build, and as a picture."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import NamedTuple

from builder.report import megabytes

WIDTH, HEIGHT, HEADER = 960, 540, 44
_LEAST_LABEL = 46, 18
"""Width and height of a rectangle that has room for its name."""

# Dark enough for white words at 4.5:1 (WCAG 2.2, 1.4.3), one for each part, by size.
_COLOURS = ("#1d5a8a", "#8a4b08", "#3f6b1f", "#7a3b74", "#8c2f39", "#2c6e6a", "#5b5b8c", "#6b5a2b")
_OTHER = "#555555"


@dataclass(frozen=True)
class FileSize:
    """``zipped``: bytes of the compressed data, without the zip's own bookkeeping."""

    name: str
    raw: int
    zipped: int


@dataclass(frozen=True)
class PartSize:
    """All files under one folder of the root. ``before`` is what they took zipped in the earlier
    pack; none without one.
    """

    name: str
    files: int
    raw: int
    zipped: int
    before: int | None


def file_sizes(package: Path) -> list[FileSize]:
    """The files of a zip, the largest first."""
    with zipfile.ZipFile(package) as archive:
        found = [
            FileSize(entry.filename, entry.file_size, entry.compress_size)
            for entry in archive.infolist()
        ]
    return sorted(found, key=lambda size: (-size.zipped, size.name))


def part_sizes(files: Iterable[FileSize], before: Iterable[FileSize] | None) -> list[PartSize]:
    """The parts of a package, the largest first; one that is gone is listed with nothing."""
    now, then = _by_part(files), _by_part(before) if before is not None else None
    names = set(now) | set(then or ())
    found = [
        PartSize(
            name,
            len(now.get(name, ())),
            sum(size.raw for size in now.get(name, ())),
            sum(size.zipped for size in now.get(name, ())),
            None if then is None else sum(size.zipped for size in then.get(name, ())),
        )
        for name in names
    ]
    return sorted(found, key=lambda part: (-part.zipped, part.name))


def part_of(name: str) -> str:
    return f"{name.split('/')[0]}/" if "/" in name else "(root)"


def _by_part(files: Iterable[FileSize]) -> dict[str, list[FileSize]]:
    found: dict[str, list[FileSize]] = {}
    for file in files:
        found.setdefault(part_of(file.name), []).append(file)
    return found


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """Boxes with areas in proportion to ``sizes`` (largest first, all above 0) that fill ``box``,
    as square as they go.

    Bruls, Huizing, van Wijk: Squarified Treemaps, 2000.
    """
    total = sum(sizes)
    if not total:
        return []
    scale = box.width * box.height / total
    left = [size * scale for size in sizes]
    found: list[Box] = []
    while left:
        side = min(box.width, box.height)
        row = [left[0]]
        while len(row) < len(left) and _worst([*row, left[len(row)]], side) <= _worst(row, side):
            row.append(left[len(row)])
        box, placed = _lay(row, box)
        found += placed
        left = left[len(row) :]
    return found


def _worst(row: Sequence[float], side: float) -> float:
    """The largest ratio of sides in a row laid along ``side``."""
    total = sum(row)
    return max(max(side * side * area / total**2, total**2 / (side * side * area)) for area in row)


def _lay(row: Sequence[float], box: Box) -> tuple[Box, list[Box]]:
    """Lay a row along the shorter side: what is left of the box, and the row's boxes."""
    total = sum(row)
    placed = []
    if box.width >= box.height:
        thickness, at = total / box.height, box.y
        for area in row:
            placed.append(Box(box.x, at, thickness, area / thickness))
            at += area / thickness
        return Box(box.x + thickness, box.y, box.width - thickness, box.height), placed
    thickness, at = total / box.width, box.x
    for area in row:
        placed.append(Box(at, box.y, area / thickness, thickness))
        at += area / thickness
    return Box(box.x, box.y + thickness, box.width, box.height - thickness), placed


def tree_map(title: str, files: Sequence[FileSize]) -> str:
    """An SVG picture: each file a rectangle as large as its zipped bytes, each part of the package
    in its own colour.
    """
    parts = part_sizes(files, None)
    colours = {
        part.name: _COLOURS[index] if index < len(_COLOURS) else _OTHER
        for index, part in enumerate(parts)
    }
    whole = sum(part.zipped for part in parts)
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
            ' font-family="system-ui, sans-serif">'
        ),
        f"<title>{escape(title)}: {megabytes(whole)} zipped</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        (
            f'<text x="12" y="28" font-size="17" fill="#222">{escape(title)}: {megabytes(whole)}'
            f" zipped, {len(files)} files</text>"
        ),
    ]
    area = Box(8, HEADER, WIDTH - 16, HEIGHT - HEADER - 8)
    for part, box in zip(
        parts, squarify([max(part.zipped, 1) for part in parts], area), strict=True
    ):
        inside = [file for file in files if part_of(file.name) == part.name]
        for file, rectangle in zip(
            inside, squarify([max(file.zipped, 1) for file in inside], box), strict=True
        ):
            lines += _rectangle(file, rectangle, colours[part.name])
    return "\n".join([*lines, "</svg>", ""])


def _rectangle(file: FileSize, box: Box, colour: str) -> list[str]:
    words = f"{file.name}: {megabytes(file.zipped)} zipped, {megabytes(file.raw)} raw"
    found = [
        (
            f'<g><title>{escape(words)}</title><rect x="{box.x:.2f}" y="{box.y:.2f}"'
            f' width="{max(box.width - 1, 0.2):.2f}" height="{max(box.height - 1, 0.2):.2f}"'
            f' fill="{colour}"/>'
        ),
    ]
    if box.width >= _LEAST_LABEL[0] and box.height >= _LEAST_LABEL[1]:
        room = int((box.width - 8) / 6.6)
        name = file.name if len(file.name) <= room else file.name.rsplit("/", 1)[-1]
        name = name if len(name) <= room else f"{name[: max(room - 1, 1)]}…"
        found.append(
            f'<text x="{box.x + 4:.2f}" y="{box.y + 14:.2f}" font-size="12"'
            f' fill="#fff">{escape(name)}</text>'
        )
        if box.height >= 2 * _LEAST_LABEL[1] and box.width >= 2 * _LEAST_LABEL[0]:
            size = f"{megabytes(file.zipped)} of {megabytes(file.raw)}"
            found.append(
                f'<text x="{box.x + 4:.2f}" y="{box.y + 30:.2f}" font-size="12"'
                f' fill="#fff">{size}</text>'
            )
    return [*found, "</g>"]
