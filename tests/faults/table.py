"""The matrix as Markdown: a row a fault, a column a phase, a table a browser."""

from __future__ import annotations

from collections.abc import Sequence

from tests.faults.faults import FAULTS
from tests.faults.matrix import PHASES, Result

TITLES = {"chrome": "Chromium", "firefox": "Firefox"}


def markdown(results: Sequence[Result]) -> str:
    """What became of the request in each cell, and after how many seconds."""
    parts = [_summary(results)]
    for browser, title in TITLES.items():
        own = [result for result in results if result.cell.browser == browser]
        if own:
            parts.append(f"## {title}\n\n{_table(own)}")
    return "\n\n".join(parts) + "\n"


def _summary(results: Sequence[Result]) -> str:
    good = sum(result.passed for result in results)
    return f"{good} of {len(results)} cells ended as they should."


def _table(results: Sequence[Result]) -> str:
    by_place = {(result.cell.fault.name, result.cell.phase.name): result for result in results}
    phases = [phase.name for phase in PHASES]
    lines = [
        f"| fault | {' | '.join(phases)} |",
        f"| --- |{' --- |' * len(phases)}",
    ]
    for fault in FAULTS:
        row = [by_place.get((fault.name, phase)) for phase in phases]
        if any(row):
            lines.append(f"| {fault.name} | {' | '.join(map(_cell, row))} |")
    return "\n".join(lines)


def _cell(result: Result | None) -> str:
    if result is None:
        return "–"
    text = result.outcome.replace("|", "/")
    timed = text if text == "nothing asked" else f"{text}, {result.seconds:.1f} s"
    return timed if result.passed else f"**{timed}**"
