"""A report as one picture: time over length, and the start of the worker as stacked bars. SVG drawn
without any library.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path
from xml.sax.saxutils import escape

from builder.bench.engine import STEPS
from builder.bench.measures import Measure
from builder.bench.run import Report
from builder.errors import BuilderError
from builder.files import replacing

INK, QUIET, PALE, GRID = "#202124", "#5f6368", "#ffffff", "#dadce0"
COLOURS = ("#1a5fb4", "#26a269", "#c64600", "#613583", "#5f6368")
"""Told apart by readers who see no red or no green, too; each is beside its name."""
WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 48, 48
BAR, BAR_GAP = 34, 18
ENDINGS = (".svg", ".png")


def check_target(file: Path) -> None:
    """:raises BuilderError: if the file's name ends in none of ``ENDINGS``."""
    if file.suffix.lower() not in ENDINGS:
        raise BuilderError(
            f"{file}: a plot is an SVG or a PNG",
            hint="end its name in .svg or .png",
            place=str(file),
        )


def write_plot(report: Report, file: Path) -> Path:
    """Draw a report to an SVG, or to a PNG of twice the size, as the file's name ends.

    :raises BuilderError: if it ends in neither, or the report has nothing that is drawn.
    """
    check_target(file)
    picture = report_svg(report)
    with replacing(file) as target:
        if file.suffix.lower() == ".svg":
            target.write_text(picture, encoding="utf-8")
        else:
            from resvg_py import svg_to_bytes

            target.write_bytes(bytes(svg_to_bytes(svg_string=picture, zoom=2)))
    return file


def report_svg(report: Report) -> str:
    """:raises BuilderError: if the report has neither lengths nor starts."""
    by_name = {measure.name: measure for measure in report.measures}
    times = [
        (int(name.split(".")[1]), measure)
        for name, measure in by_name.items()
        if name.split(".")[0] in ("lengths", "scaling")
        and name.count(".") == 1
        and name.split(".")[1].isdigit()
    ]
    lengths = dict(sorted(times, key=lambda one: one[0]))
    bars = [
        (title, _steps(by_name, name))
        for name, title in (("first", "first start"), ("again", "later starts"))
    ]
    bars = [(title, steps) for title, steps in bars if steps]
    if not lengths and not bars:
        raise BuilderError(
            "nothing to draw: the report has neither lengths nor starts",
            hint="measure the sections 'start' and 'lengths'",
        )
    browser = report.facts.get("browser", {})
    title = (
        f"{report.facts.get('model', {}).get('name', 'model')} in {browser.get('name', '')}"
        f" {browser.get('version', '')}"
    )
    parts: list[str] = []
    height = 0.0
    if lengths:
        parts.append(_group(height, _lengths(lengths)))
        height += HEIGHT
    if bars:
        parts.append(_group(height, _bars(bars)))
        height += TOP + (BAR + BAR_GAP) * len(bars) + BOTTOM + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" viewBox="0'
        f' 0 {WIDTH} {height:.0f}" font-family="system-ui, DejaVu Sans, sans-serif"'
        f' role="img">\n<title>{escape(title)}</title>\n<rect width="100%" height="100%"'
        f' fill="{PALE}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _steps(by_name: dict[str, Measure], start: str) -> list[tuple[str, float]]:
    """The steps of a start with their medians, where the report has them."""
    return [
        (what, measure.stats.p50)
        for step, what in STEPS.items()
        if (measure := by_name.get(f"start.{start}.step.{step}")) is not None
    ]


def _lengths(lengths: dict[int, Measure]) -> list[str]:
    """Both axes are logarithmic: a cost proportional to the length is a line of slope one."""
    sizes = list(lengths)
    low_x, high_x = _powers(sizes, 2)
    low_y, high_y = _powers(
        [value for one in lengths.values() for value in (one.stats.min, one.stats.p95)], 10
    )

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * _share(value, low_x, high_x)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - _share(value, low_y, high_y))

    parts = [
        _text(
            LEFT,
            24,
            "One text, by its length: median, and 95 of 100 runs below the top of the line",
            size=15,
            colour=INK,
        )
    ]
    tick = low_y
    while tick <= high_y:
        parts.append(
            f'<line x1="{LEFT}" y1="{y(tick):.1f}" x2="{WIDTH - RIGHT}" y2="{y(tick):.1f}"'
            f' stroke="{GRID}"/>'
        )
        parts.append(_text(LEFT - 8, y(tick) + 4, f"{tick:g} ms", anchor="end"))
        tick *= 10
    for size in sizes:
        parts.append(_text(x(size), HEIGHT - BOTTOM + 18, str(size), anchor="middle", size=11))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "tokens", anchor="middle"))
    line = " ".join(
        f"{x(size):.1f},{y(measure.stats.p50):.1f}" for size, measure in lengths.items()
    )
    parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>')
    for size, measure in lengths.items():
        stats = measure.stats
        parts.append(
            f'<line x1="{x(size):.1f}" y1="{y(stats.p50):.1f}" x2="{x(size):.1f}"'
            f' y2="{y(stats.p95):.1f}" stroke="{COLOURS[0]}"/><circle cx="{x(size):.1f}"'
            f' cy="{y(stats.p50):.1f}" r="4" fill="{COLOURS[0]}"><title>{size} tokens:'
            f" {stats.p50:.1f} ms, p95 {stats.p95:.1f} ms, {stats.n} runs</title></circle>"
        )
    return parts


def _bars(bars: Sequence[tuple[str, list[tuple[str, float]]]]) -> list[str]:
    longest = max(sum(ms for _, ms in steps) for _, steps in bars)
    left = LEFT + 40
    parts = [_text(LEFT, 24, "From asking for the worker to its first scores", size=15, colour=INK)]
    for row, (title, steps) in enumerate(bars):
        top = TOP + (BAR + BAR_GAP) * row
        parts.append(_text(left - 8, top + BAR / 2 + 4, title, anchor="end"))
        at = float(left)
        for (what, ms), colour in zip(steps, COLOURS, strict=False):
            width = (WIDTH - left - RIGHT - 60) * ms / longest
            parts.append(
                f'<rect x="{at:.1f}" y="{top}" width="{max(0.0, width):.1f}" height="{BAR}"'
                f' fill="{colour}"><title>{escape(what)}: {ms:.0f} ms</title></rect>'
            )
            if width > 34:
                parts.append(
                    _text(
                        at + width / 2, top + BAR / 2 + 4, f"{ms:.0f}", anchor="middle", colour=PALE
                    )
                )
            at += width
        parts.append(_text(at + 6, top + BAR / 2 + 4, f"{sum(ms for _, ms in steps):.0f} ms"))
    bottom = TOP + (BAR + BAR_GAP) * len(bars) + 14
    for index, ((what, _), colour) in enumerate(zip(bars[0][1], COLOURS, strict=False)):
        column, row = index % 2, index // 2
        parts.append(
            f'<rect x="{LEFT + 310 * column}" y="{bottom + 22 * row - 11}" width="12" height="12"'
            f' fill="{colour}"/>'
        )
        parts.append(_text(LEFT + 310 * column + 18, bottom + 22 * row, what))
    return parts


def _powers(values: Sequence[float], base: int) -> tuple[float, float]:
    """The powers of ``base`` around values above 0, not the same one twice."""
    low = high = 1.0
    least, most = max(min(values), 1e-6), max(max(values), 1e-6)
    while low > least:
        low /= base
    while low * base <= least:
        low *= base
    high = low * base
    while high < most:
        high *= base
    return low, high


def _share(value: float, low: float, high: float) -> float:
    return log(max(value, low) / low) / log(high / low)


def _group(top: float, parts: Sequence[str]) -> str:
    return f'<g transform="translate(0 {top:.0f})">\n' + "\n".join(parts) + "\n</g>"


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = QUIET, size: int = 12
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )
