"""How fast a packed extension is, measured in a real browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.bench.sections import SECTIONS
from builder.cli.app import Command
from builder.cli.options import FILE, config_argument, out_option
from builder.config.extension import BROWSERS, MAX_THREADS, load_config
from builder.errors import Problem
from builder.report import Outcome

if TYPE_CHECKING:
    from builder.bench.cloud import CloudReport, Prices
    from builder.bench.compare import Change
    from builder.bench.run import Report
    from builder.bench.setup import Threads


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
    "--against",
    metavar="URL",
    help="Measure this inference API beside the extension, with the same texts.",
)
@click.option("--price-per-call", type=click.FloatRange(0), help="Of the API.")
@click.option("--price-per-hour", type=click.FloatRange(0), help="Of the API's machine.")
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
    against: str | None,
    price_per_call: float | None,
    price_per_hour: float | None,
) -> Outcome:
    """Measure the speed and memory of a packed extension in a real browser.

    It measures the zip that ships, unchanged: the start of its worker, the way from shortcut or
    menu to the scores (browser just started, warm, after its background was stopped), single
    texts by length, a page of sentences, how cost grows, the tokenizer, memory (Linux), and
    what a page view costs its page. Each figure is a median with its 95th percentile and number
    of runs. It takes about three minutes. A busy machine makes all figures worse.

    With --compare, a figure got worse if its median moved by more than 10 % and the 95 %
    confidence intervals of the two medians do not overlap.

    With --against, the texts go to an API of the shape of Hugging Face's: HF_TOKEN is its
    token. The report tells its latency, the price of a million calls, and how many bytes of
    text left the device.

    \b
    Example:
      builder bench --browser firefox --json before.json
      builder bench --browser firefox --compare before.json --plot speed.svg
    """
    from builder.bench.cloud import Prices, built_in_texts, measure_api
    from builder.bench.compare import compare, differences
    from builder.bench.plots import check_target, write_plot
    from builder.bench.run import bench, read_report
    from builder.bench.texts import read_lines

    if plot:
        check_target(plot)
    old = read_report(old_file) if old_file else None
    lines = read_lines(texts_file) if texts_file else []
    cloud = None
    if against:
        lines = lines or built_in_texts(repeat)
        cloud = measure_api(against, lines)
    if package is None:
        loaded = load_config(config)
        package = out / f"{loaded.slug}-{loaded.version}-{browser}.zip"
    report = bench(
        package,
        browser,
        repeat=repeat,
        threads=threads,
        lines=lines,
        only=sections or (("texts",) if cloud else SECTIONS),
    )
    data = report.as_json()
    text = _figures(report)
    problems: list[Problem] = []
    if cloud:
        prices = Prices(price_per_call, price_per_hour)
        data["against"] = cloud.as_json(prices)
        text += _beside(report, cloud, prices)
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


def _beside(report: Report, cloud: CloudReport, prices: Prices) -> list[Any]:
    from rich.table import Table

    table = Table("", box=None, pad_edge=False, title=f"beside {cloud.url}")
    table.add_column("on the device", justify="right")
    table.add_column("over the network", justify="right")
    own = [measure for measure in report.measures if measure.name == "texts.round_trip"]
    median = f"{_number(own[0].stats.p50)} ms" if own else ""
    worst = f"{_number(own[0].stats.p95)} ms" if own else ""
    table.add_row("one text, median", median, f"{_number(cloud.ms.p50)} ms")
    table.add_row("one text, 95th percentile", worst, f"{_number(cloud.ms.p95)} ms")
    price = prices.of_a_million(cloud.ms.p50)
    if price is not None:
        table.add_row("a million texts", "0", f"{price:.2f}")
    table.add_row("bytes of text that left the device", "0", str(cloud.sent))
    return [table]


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
