"""Print what becomes of a request when something goes wrong: ``python -m tests.faults``.

``--browser``, ``--fault`` and ``--phase`` choose a part of the matrix. In place of it,
``--stops N`` stops the background N times at random moments, and ``--soak N`` classifies N texts
with disturbances.
The exit code is 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from builder.config.extension import BROWSERS, load_config
from builder.packaging.pack import build_extension
from tests.faults.faults import FAULTS
from tests.faults.matrix import PHASES, Result, cells, run
from tests.faults.scene import scene
from tests.faults.soak import Batch, report, soak
from tests.faults.stops import Stop, stops, summary
from tests.faults.table import markdown

REPOSITORY = Path(__file__).parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--browser", choices=BROWSERS)
    parser.add_argument("--fault", action="append", choices=[fault.name for fault in FAULTS])
    parser.add_argument("--phase", action="append", choices=[phase.name for phase in PHASES])
    parser.add_argument("--without-slow", action="store_true", help="no fault of a minute")
    parser.add_argument("--stops", type=int, help="of the background, at random moments")
    parser.add_argument("--views", action="store_true", help="--stops in views of pages")
    parser.add_argument("--soak", type=int, help="texts of a long life")
    parser.add_argument("--results", type=Path, help="a file to go on with, one result a line")
    parser.add_argument("--print", action="store_true", help="the table of --results alone")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.print:
        print(
            markdown([Result.from_json(line) for line in options.results.read_text().splitlines()])
        )
        return 0
    browsers = [options.browser] if options.browser else list(BROWSERS)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        config = load_config(REPOSITORY / "extension.toml")
        bundles = {one.browser: one.folder for one in build_extension(config, work, BROWSERS)}
        if options.stops:
            return max(_stops(browser, bundles, work, options) for browser in browsers)
        if options.soak:
            return max(_soak(browser, bundles, work, options) for browser in browsers)
        return _matrix(browsers, bundles, work, options)


def _matrix(
    browsers: list[str], bundles: dict[str, Path], work: Path, options: argparse.Namespace
) -> int:
    chosen = cells(
        browsers,
        lambda fault, phase: (
            (not options.fault or fault.name in options.fault)
            and (not options.phase or phase.name in options.phase)
            and not (fault.slow and options.without_slow)
        ),
    )
    file: Path | None = options.results
    lines = file.read_text("utf-8").splitlines() if file and file.is_file() else []
    results = [Result.from_json(line) for line in lines]
    done = {(one.cell.browser, one.cell.fault.name, one.cell.phase.name) for one in results}
    left = [one for one in chosen if (one.browser, one.fault.name, one.phase.name) not in done]
    for result in run(left, bundles, work):
        results.append(result)
        if file:
            with file.open("a", encoding="utf-8") as out:
                out.write(result.to_json() + "\n")
        cell = result.cell
        mark = "" if result.passed else "  <- should not be"
        print(
            f"{cell.browser}: {cell.fault.name}, {cell.phase.name}: {result.outcome},"
            f" {result.seconds:.1f} s{mark}",
            file=sys.stderr,
            flush=True,
        )
    print(markdown(results))
    return 0 if all(result.passed for result in results) else 1


def _stops(browser: str, bundles: dict[str, Path], work: Path, options: argparse.Namespace) -> int:
    found: list[Stop] = []
    with scene(browser, bundles[browser], work / f"{browser}-stops") as one:
        for stop in stops(one, options.stops, options.seed, views=options.views):
            found.append(stop)
            print(
                f"{browser}: {stop.what} stopped after {stop.after_s:.3f} s: {stop.outcome},"
                f" {stop.seconds:.1f} s",
                file=sys.stderr,
                flush=True,
            )
    print(f"{browser}: {summary(found)}")
    return 0 if all(stop.outcome in ("answer", "undelivered") for stop in found) else 1


def _soak(browser: str, bundles: dict[str, Path], work: Path, options: argparse.Namespace) -> int:
    found: list[Batch] = []
    with scene(browser, bundles[browser], work / f"{browser}-soak") as one:
        for batch in soak(one, options.soak, options.seed):
            found.append(batch)
            print(
                f"{browser}: {batch.done} classified, {batch.disturbance},"
                f" {batch.memory_mb:.0f} MB",
                *batch.errors,
                file=sys.stderr,
                flush=True,
            )
    print(report(browser, found))
    return 1 if any(batch.errors for batch in found) else 0


if __name__ == "__main__":
    sys.exit(main())
