"""How sure a measured share is, whether two models differ, and what abstaining costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from builder.models.asset.scoring import Flags, Scores, Scoring, passes_threshold

Z_95 = 1.959964  # standard normal quantile of 0.975
EXACT_UP_TO = 1000  # discordant texts; beyond, the normal approximation is as good
CURVE_STEPS = 20


@dataclass(frozen=True)
class Share:
    """A share of ``n`` texts in 0..1 with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    """Two models on the same texts."""

    value: float
    """Share of right answers of the first less that of the second."""
    only_first: int
    """Texts that only the first model answers right."""
    only_second: int
    p_value: float
    """Of McNemar's test: how likely a difference this large is if both are equally good."""


@dataclass(frozen=True)
class CoveragePoint:
    """What happens if answers below ``min_score`` are withheld."""

    min_score: float
    coverage: float
    """Share of all texts that get a label."""
    accuracy: float | None
    """Share of those labels that are right; None if no text gets one."""
    none_kept: float | None
    """Share of the texts without a label that get none; None if every text carries one."""


def right_answers(scores: Scores, truth: Flags, scoring: Scoring) -> Flags:
    """For each text whether the answer is right; both arrays are ``(texts, labels)``.

    A text without a label wants no clear answer. With several labels the answer must name exactly
    the true ones.
    """
    return np.asarray((passes_threshold(scores, scoring) == truth).all(axis=1))


def measured_share(right: Flags) -> Share:
    """The share of true values, with Wilson's interval (Wilson, 1927), which holds for few texts
    and for shares near 0 and 1.

    :raises ValueError: if there are no values.
    """
    if not len(right):
        raise ValueError("no texts")
    value = float(right.mean())
    return Share(value, *wilson_interval(value, len(right)), len(right))


def wilson_interval(value: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share ``value`` in 0..1 of ``n`` texts, ``n`` above 0."""
    spread = Z_95**2 / n
    centre = (value + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(value * (1 - value) / n + spread / (4 * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def mean_share(shares: Sequence[Share]) -> Share:
    """The mean of independent shares, each counting alike; ``n`` is the sum of their texts.

    The interval says how far other texts of the same sets would move the mean, not other sets.

    :raises ValueError: if there are no shares.
    """
    if not shares:
        raise ValueError("no sets")
    value = sum(one.value for one in shares) / len(shares)
    variance = sum(one.value * (1 - one.value) / one.n for one in shares) / len(shares) ** 2
    half = Z_95 * math.sqrt(variance)
    n = sum(one.n for one in shares)
    return Share(value, max(0.0, value - half), min(1.0, value + half), n)


def compare(first: Flags, second: Flags) -> Difference:
    """McNemar's test on which texts each of two models answers right (McNemar, 1947): exact for up
    to a thousand texts on which they differ, with continuity correction beyond.
    """
    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    discordant = only_first + only_second
    if discordant <= EXACT_UP_TO:
        tail = sum(math.comb(discordant, k) for k in range(min(only_first, only_second) + 1))
        p_value = min(1.0, 2 * tail / 2**discordant)
    else:
        statistic = (abs(only_first - only_second) - 1) / math.sqrt(discordant)
        p_value = math.erfc(max(0.0, statistic) / math.sqrt(2))
    return Difference(float(first.mean() - second.mean()), only_first, only_second, p_value)


def coverage_curve(scores: Scores, truth: Flags) -> tuple[CoveragePoint, ...]:
    """Coverage against accuracy of a model with one answer, for lowest scores from 0 to 0.95."""
    highest, best = scores.max(axis=1), scores.argmax(axis=1)
    right = truth[np.arange(len(scores)), best]
    without = ~truth.any(axis=1)
    points = []
    for step in range(CURVE_STEPS):
        min_score = step / CURVE_STEPS
        answered = highest >= min_score
        points.append(
            CoveragePoint(
                min_score,
                float(answered.mean()),
                float(right[answered].mean()) if answered.any() else None,
                float(1 - answered[without].mean()) if without.any() else None,
            )
        )
    return tuple(points)
