"""Metrics of a regression over texts with their values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
from builder.models.asset.asset import Asset
from builder.models.asset.scoring import Scores
from builder.models.data.datasets import FORMAT_OF, read_rows, wrong

Values = NDArray[np.float64]


@dataclass(frozen=True)
class RegressionResult:
    """A model beside the values of one data set, both on the model's scale."""

    data: str
    n: int
    mean_absolute_error: float
    pearson: float | None
    """The correlation in -1..1; None if all values, or all answers, are the same."""


def evaluate_regression(
    asset: Asset, files: Sequence[Path], score: Callable[[Asset, Sequence[str]], Scores]
) -> list[RegressionResult]:
    """Measure a regression on each file.

    :param score: gives the scores ``(texts, 1)`` of an asset.
    :raises BuilderError: if a file cannot be read, or a label in it is no number.
    """
    scale = asset.description["scale"]
    results = []
    for file in files:
        texts, expected = read_values(file)
        found = scale["low"] + score(asset, texts)[:, 0] * (scale["high"] - scale["low"])
        error = float(np.abs(found - expected).mean())
        results.append(RegressionResult(str(file), len(texts), error, pearson(found, expected)))
    return results


def read_values(file: Path) -> tuple[list[str], Values]:
    """Texts and their values, where a classifier's data has labels.

    :raises BuilderError: naming the first line without one finite number.
    """
    if file.suffix.lower() not in FORMAT_OF:
        raise BuilderError(
            f"{file}: its name ends in none of {', '.join(FORMAT_OF)}",
            hint="rename it after its format",
            place=str(file),
        )
    texts, values = [], []
    for row in read_rows(file, FORMAT_OF[file.suffix.lower()]):
        try:
            (label,) = row.labels
            value = float(label)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            shown = ",".join(row.labels)[:40]
            raise wrong(file, row.line, f"'{shown}' is no number", "write it like 3.5")
        texts.append(row.text)
        values.append(value)
    return texts, np.array(values)


def pearson(first: Values, second: Values) -> float | None:
    """The correlation of two lists of values; None where one of them does not vary."""
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
