"""Medians with how sure they are, and the exponent of a power law."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Stats:
    """Of ``n`` runs, in their unit. ``low`` to ``high`` holds the true median with at least 95 %
    confidence; of fewer than six runs no such interval exists, and it is the smallest to the
    largest.
    """

    n: int
    p50: float
    p95: float
    min: float
    max: float
    low: float
    high: float


def summarize(values: Sequence[float]) -> Stats:
    """:raises ValueError: if there are none."""
    if not values:
        raise ValueError("no runs")
    ordered = sorted(values)
    first = _first_of_interval(len(ordered))
    return Stats(
        len(ordered),
        _quantile(ordered, 0.5),
        _quantile(ordered, 0.95),
        ordered[0],
        ordered[-1],
        ordered[first],
        ordered[-1 - first],
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Between the two values around it, in proportion."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _first_of_interval(n: int) -> int:
    """Index of the order statistic that the confidence interval of the median begins with.

    Each value is below the median or above it like a coin's sides, whatever the distribution
    (Conover, *Practical Nonparametric Statistics*, 3.2).
    """
    first, below = 0, 0.0
    for k in range(n // 2):
        below += math.comb(n, k) / 2**n
        if 2 * below > 1 - CONFIDENCE:
            break
        first = k
    return first


def power_law(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The exponent e of cost = c * size^e that fits best, by least squares on the logarithms: 1 is
    linear.

    :raises ValueError: with fewer than two different sizes, or a value that is not above 0.
    """
    if len(set(sizes)) < 2 or min(*sizes, *costs) <= 0:
        raise ValueError("a power law needs two sizes, and values above 0")
    x, y = [math.log(size) for size in sizes], [math.log(cost) for cost in costs]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return covariance / sum((a - mean_x) ** 2 for a in x)
