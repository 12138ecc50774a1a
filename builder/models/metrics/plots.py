"""Two pictures of an evaluation as SVG, drawn without any library: the confusion matrix and the
reliability diagram.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from builder.files import replacing
from builder.models.metrics.evaluate import Evaluation

CELL = 44
SIDE = 320
MARGIN = 60
INK, PALE, ACCENT, GRID = "#202124", "#ffffff", "#1a5fb4", "#dadce0"
_LIGHT, _DARK = (246, 248, 252), (26, 95, 180)


def confusion_svg(metrics: Evaluation, labels: Sequence[str]) -> str:
    """Rows are true labels, columns answers; a cell is as dark as its share of its row."""
    rows = [*labels, "none of them"] if any(metrics.confusion[-1]) else list(labels)
    columns = (
        [*labels, "no clear one"] if any(row[-1] for row in metrics.confusion) else list(labels)
    )
    left, top = 20 + 8 * max(map(len, rows)), 30 + 7 * max(map(len, columns))
    width, height = left + CELL * len(columns) + 20, top + CELL * len(rows) + 40
    parts = []
    for y, row in enumerate(rows):
        counts = metrics.confusion[y][: len(columns)]
        total = max(sum(counts), 1)
        middle = top + CELL * y + CELL / 2
        parts.append(_text(left - 8, middle + 4, row, anchor="end"))
        for x, count in enumerate(counts):
            share = count / total
            mixed = (
                round(light + (dark - light) * share)
                for light, dark in zip(_LIGHT, _DARK, strict=True)
            )
            colour = "#" + "".join(f"{value:02x}" for value in mixed)
            parts.append(
                f'<rect x="{left + CELL * x}" y="{top + CELL * y}" width="{CELL - 2}"'
                f' height="{CELL - 2}" rx="4" fill="{colour}"><title>{escape(row)} answered as'
                f" {escape(columns[x])}: {count} ({share:.1%})</title></rect>"
            )
            if count:
                ink = PALE if share > 0.5 else INK
                parts.append(
                    _text(
                        left + CELL * x + CELL / 2 - 1,
                        middle + 3,
                        str(count),
                        anchor="middle",
                        colour=ink,
                        size=12,
                    )
                )
    for x, column in enumerate(columns):
        place = f'transform="translate({left + CELL * x + CELL / 2 + 3} {top - 8}) rotate(-60)"'
        parts.append(f'<text {place} font-size="13" fill="{INK}">{escape(column)}</text>')
    parts.append(_text(left, height - 14, "rows: what is true; columns: the answer", size=12))
    return _svg(width, height, parts, "Confusion matrix")


def reliability_svg(metrics: Evaluation) -> str:
    """For answers of like confidence the share that is right; on the diagonal both are equal. Discs
    are as large as the bin is full.
    """
    bins = metrics.calibration.bins
    fullest = max(found.n for found in bins)

    def x(value: float) -> float:
        return MARGIN + SIDE * value

    def y(value: float) -> float:
        return 20 + SIDE * (1 - value)

    parts = []
    for step in range(6):
        value = step / 5
        parts.append(
            f'<line x1="{x(0)}" y1="{y(value):.1f}" x2="{x(1)}" y2="{y(value):.1f}"'
            f' stroke="{GRID}"/>'
        )
        parts.append(_text(MARGIN - 8, y(value) + 4, f"{value:.1f}", anchor="end", size=12))
        parts.append(_text(x(value), y(0) + 18, f"{value:.1f}", anchor="middle", size=12))
    parts.append(
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="{INK}" stroke-dasharray="4'
        ' 4"/>'
    )
    line = " ".join(f"{x(found.confidence):.1f},{y(found.accuracy):.1f}" for found in bins)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{ACCENT}" stroke-width="2"/>')
    for found in bins:
        radius = 3 + 7 * (found.n / fullest) ** 0.5
        parts.append(
            f'<circle cx="{x(found.confidence):.1f}" cy="{y(found.accuracy):.1f}" r="{radius:.1f}"'
            f' fill="{ACCENT}" fill-opacity="0.75"><title>{found.n} answers of confidence'
            f" {found.confidence:.3f}, {found.accuracy:.3f} of them right</title></circle>"
        )
    parts.append(_text(x(0.5), y(0) + 40, "confidence", anchor="middle"))
    place = f'transform="translate(16 {y(0.5)}) rotate(-90)"'
    parts.append(
        f'<text {place} font-size="13" fill="{INK}" text-anchor="middle">share of right'
        " answers</text>"
    )
    parts.append(
        _text(
            x(0.03),
            y(0.94),
            f"expected calibration error {metrics.calibration.expected_error:.3f}",
            size=12,
        )
    )
    return _svg(MARGIN + SIDE + 30, SIDE + 75, parts, "Reliability diagram")


def write_plots(metrics: Evaluation, labels: Sequence[str], folder: Path) -> list[Path]:
    """Write both into a folder; the files."""
    written = []
    for name, picture in (
        ("confusion", confusion_svg(metrics, labels)),
        ("reliability", reliability_svg(metrics)),
    ):
        with replacing(folder / f"{name}.svg") as file:
            file.write_text(picture, encoding="utf-8")
        written.append(folder / f"{name}.svg")
    return written


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, size: int = 13
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(width: float, height: float, parts: Sequence[str], title: str) -> str:
    content = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" font-family="system-ui, sans-serif"'
        f' role="img">\n<title>{title}</title>\n<rect width="100%" height="100%"'
        f' fill="{PALE}"/>\n{content}\n</svg>\n'
    )
