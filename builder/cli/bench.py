"""How fast a packed extension is, measured in a real browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.cli.app import Command
from builder.cli.options import FILE, config_argument, out_option
from builder.config.extension import BROWSERS, MAX_THREADS, load_config
from builder.errors import Problem
from builder.report import Outcome

if TYPE_CHECKING:
    from builder.bench.compare import Change
    from builder.bench.run import Report
    from builder.bench.setup import Threads

SECTIONS = (
    "start",
    "click",
    "lengths",
    "texts",
    "throughput",
    "scaling",
    "tokenizer",
    "memory",
    "page",
    "popup",
)
"""Those of builder.bench.run, which takes long to import."""


class ThreadsType(click.ParamType[Any]):
    name = "N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Threads:
        if value == "auto":
            return "auto"
        if not str(value).isdigit() or not 1 <= int(value) <= MAX_THREADS:
            self.fail(f"{value!r} is neither 'auto' nor 1 to {MAX_THREADS}", param, ctx)
        return int(value)


@click.command(cls=Command)
@config_argument
@click.option(
    "--browser",
    type=click.Choice(BROWSERS),
    default="chrome",
    show_default=True,
    help="chrome means any Chromium.",
)
@out_option
@click.option(
    "--zip",
    "package",
    type=FILE,
    help="Measure this store zip instead of the one packed from CONFIG.",
)
@click.option(
    "--only",
    "sections",
    type=click.Choice(SECTIONS),
    multiple=True,
    help="Measure this section only. Repeatable.",
)
@click.option(
    "--threads",
    type=ThreadsType(),
    default="auto",
    show_default=True,
    help="Number of engine threads; auto uses the package's own setting.",
)
@click.option(
    "--texts",
    "texts_file",
    type=FILE,
    help="Texts to measure on, one per line  [default: built-in texts]",
)
@click.option(
    "--repeat",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="Number of runs of a quick measurement; the other counts are scaled with it.",
)
@click.option(
    "--compare",
    "old_file",
    type=FILE,
    metavar="OLD.json",
    help="Compare with an earlier report; exit code 1 if anything got worse.",
)
@click.option(
    "--plot",
    type=FILE,
    metavar="FILE",
    help="Draw time by text length and the worker's start-up, as .svg or .png.",
)
def bench_command(
    config: Path,
    browser: str,
    out: Path,
    package: Path | None,
    sections: tuple[str, ...],
    threads: Threads,
    texts_file: Path | None,
    repeat: int,
    old_file: Path | None,
    plot: Path | None,
) -> Outcome:
    """Measure the speed and memory of a packed extension in a real browser.

    It measures the zip that ships, unchanged: the start of its worker, the way from shortcut or
    menu to the scores (browser just started, warm, after its background was stopped), single
    texts by length, a page of sentences, how cost grows, the tokenizer, memory (Linux), and
    what a page view costs its page. Each figure is a median with its 95th percentile and number
    of runs. It takes about three minutes. A busy machine makes all figures worse.

    With --compare, a figure got worse if its median moved by more than 10 % and the 95 %
    confidence intervals of the two medians do not overlap.

    \b
    Example:
      builder bench --browser firefox --json before.json
      builder bench --browser firefox --compare before.json --plot speed.svg
    """
    from builder.bench.compare import compare, differences
    from builder.bench.plots import check_target, write_plot
    from builder.bench.run import bench, read_report
    from builder.bench.texts import read_lines

    if plot:
        check_target(plot)
    old = read_report(old_file) if old_file else None
    lines = read_lines(texts_file) if texts_file else []
    if package is None:
        loaded = load_config(config)
        package = out / f"{loaded.slug}-{loaded.version}-{browser}.zip"
    report = bench(
        package, browser, repeat=repeat, threads=threads, lines=lines, only=sections or SECTIONS
    )
    data = report.as_json()
    text = _figures(report)
    problems: list[Problem] = []
    if old:
        changes = compare(old, report)
        notes = differences(old, report)
        data["compared"] = {
            "with": str(old_file),
            "differences": notes,
            "changes": [
                {
                    "name": change.new.name,
                    "old": change.old.stats.p50,
                    "new": change.new.stats.p50,
                    "ratio": round(change.ratio, 4),
                    "verdict": change.verdict,
                }
                for change in changes
            ],
        }
        text += _changes(changes, notes)
        problems = [
            Problem(
                "check-failed",
                f"{change.new.what}: {change.ratio:.2f} of what it was",
                "",
                change.new.name,
            )
            for change in changes
            if change.verdict == "worse"
        ]
    if plot:
        data["plot"] = str(write_plot(report, plot))
        text.append(f"{plot}")
    return Outcome(data=data, text=text, problems=problems, ok=not problems)


def _figures(report: Report) -> list[Any]:
    from rich.table import Table

    facts = report.facts
    browser, machine = facts["browser"], facts["machine"]
    table = Table(
        "what",
        box=None,
        pad_edge=False,
        title=f"{facts['package']['file']} in {browser['name']} {browser['version']}",
    )
    for heading in ("median", "p95", "unit", "runs"):
        table.add_column(heading, justify="left" if heading == "unit" else "right")
    section = ""
    for measure in (
        measure for measure in report.measures if ".step." not in measure.name
    ):  # the plot shows the steps
        if measure.section != section:
            if section:
                table.add_section()
            section = measure.section
        stats = measure.stats
        table.add_row(
            measure.what,
            _number(stats.p50),
            _number(stats.p95) if stats.n > 1 else "",
            measure.unit,
            str(stats.n),
        )
    used = facts["runtime"]["threads"]
    return [
        table,
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}",
        f"load of the machine: {machine['load']} before, {machine['load_after']} after",
        (
            f"ONNX Runtime Web {facts['runtime']['onnxruntime_web']},"
            f" {'engine not started' if used is None else f'threads: {used}'}"
        ),
    ]


def _changes(changes: Sequence[Change], notes: Sequence[str]) -> list[Any]:
    from rich.table import Table

    colours = {"better": "[green]better[/]", "same": "", "worse": "[red]WORSE[/]"}
    table = Table("what", box=None, pad_edge=False, title="compared")
    for heading in ("old", "new", "unit", "ratio", ""):
        table.add_column(heading, justify="left" if heading in ("unit", "") else "right")
    for change in changes:
        table.add_row(
            change.new.what,
            _number(change.old.stats.p50),
            _number(change.new.stats.p50),
            change.new.unit,
            f"{change.ratio:.2f}",
            colours[change.verdict],
        )
    worse = sum(change.verdict == "worse" for change in changes)
    verdict = (
        f"{worse} of {len(changes)} figures got worse"
        if worse
        else f"none of {len(changes)} figures got worse"
    )
    return [table, *(f"note: {note}" for note in notes), verdict]


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
