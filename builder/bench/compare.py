"""Two reports side by side: what got better, and what got worse beyond the noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from builder.bench.measures import Measure
from builder.bench.run import Report

LEAST_CHANGE = 0.1
"""A change that counts is at least so large a share: medians of two runs on one machine differ by
up to this without any cause.
"""
LEAST_CHANGE_OF_ONE = 0.25
"""The same for what was measured once, whose spread nobody knows."""

Verdict = Literal["better", "same", "worse"]


@dataclass(frozen=True)
class Change:
    """``ratio``: the new median by the old."""

    old: Measure
    new: Measure
    ratio: float
    verdict: Verdict


def compare(old: Report, new: Report) -> list[Change]:
    """What both reports hold, in the order of the new one."""
    before = {measure.name: measure for measure in old.measures}
    return [
        _change(before[measure.name], measure) for measure in new.measures if measure.name in before
    ]


def differences(old: Report, new: Report) -> list[str]:
    """What else differs, so that a ratio may not mean what it seems to."""
    found = []
    for part, key in (
        ("machine", "processor"),
        ("machine", "cores"),
        ("browser", "name"),
        ("browser", "version"),
        ("model", "name"),
        ("runtime", "threads_wanted"),
    ):
        one, other = old.facts.get(part, {}).get(key), new.facts.get(part, {}).get(key)
        if one != other:
            found.append(f"{part}: {key.replace('_', ' ')} was {one}, is {other}")
    for one_key in ("repeat", "texts"):
        if old.facts.get(one_key) != new.facts.get(one_key):
            found.append(f"{one_key} was {old.facts.get(one_key)}, is {new.facts.get(one_key)}")
    return found


def _change(old: Measure, new: Measure) -> Change:
    before, now = old.stats, new.stats
    ratio = now.p50 / before.p50 if before.p50 else float("inf") if now.p50 else 1.0
    least = LEAST_CHANGE if min(before.n, now.n) > 1 else LEAST_CHANGE_OF_ONE
    rose = now.low > before.high and ratio > 1 + least
    fell = now.high < before.low and ratio < 1 - least
    if new.better == "higher":
        rose, fell = fell, rose
    return Change(old, new, ratio, "worse" if rose else "better" if fell else "same")
