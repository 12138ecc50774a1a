"""Classification metrics over plain arrays. Each metric is computed here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Flags

Values = NDArray[np.floating[Any]]

BINS = 15  # of the expected calibration error, as in Guo et al., 2017


@dataclass(frozen=True)
class LabelMetrics:
    """Precision, recall and F1 of one label, in 0..1, and how many texts carry it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class ReliabilityBin:
    """Predictions of similar confidence, from ``low`` to ``high`` (0..1): their number, their mean
    confidence, and the share that is right.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def one_hot(classes: NDArray[np.int64], labels: int) -> Flags:
    """Class numbers of shape ``(texts,)`` as flags of shape ``(texts, labels)``."""
    return np.asarray(np.eye(labels, dtype=bool)[classes])


def share(flags: Flags) -> float:
    """The share of true values; 0 if there are none."""
    return float(flags.mean()) if len(flags) else 0.0


def f1_by_label(predicted: Flags, truth: Flags) -> list[float]:
    """F1 of each column of two arrays ``(texts, labels)``; 0 for a label that is neither predicted
    nor true.
    """
    hits, total = (predicted & truth).sum(axis=0), predicted.sum(axis=0) + truth.sum(axis=0)
    return [float(value) for value in 2 * hits / np.maximum(total, 1)]


def macro_f1(predicted: Flags, truth: Flags) -> float:
    """Mean of ``f1_by_label``."""
    return float(np.mean(f1_by_label(predicted, truth)))


def metrics_by_label(
    predicted: Flags, truth: Flags, labels: Sequence[str]
) -> tuple[LabelMetrics, ...]:
    """Metrics of each column of two arrays ``(texts, labels)``; a division by zero gives 0."""
    hits, answers = (predicted & truth).sum(axis=0), predicted.sum(axis=0)
    support = truth.sum(axis=0)
    return tuple(
        LabelMetrics(
            label,
            precision=float(hits[i] / max(answers[i], 1)),
            recall=float(hits[i] / max(support[i], 1)),
            f1=f1,
            support=int(support[i]),
        )
        for i, (label, f1) in enumerate(zip(labels, f1_by_label(predicted, truth), strict=True))
    )


def confusion_matrix(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> tuple[tuple[int, ...], ...]:
    """Counts by true class (rows) and predicted class (columns), from class numbers."""
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (truth, predicted), 1)
    return tuple(tuple(int(count) for count in row) for row in matrix)


def auroc(scores: Values, positive: Flags) -> float:
    """The chance that a positive text scores higher than a negative one; ties count half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = int(positive.sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def reliability(confidence: NDArray[np.float64], correct: Flags) -> tuple[ReliabilityBin, ...]:
    """Predictions in ``BINS`` bins of equal width by confidence (0..1); empty bins are omitted."""
    numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
    found = []
    for number in range(BINS):
        inside = numbers == number
        if inside.any():
            found.append(
                ReliabilityBin(
                    low=number / BINS,
                    high=(number + 1) / BINS,
                    n=int(inside.sum()),
                    confidence=float(confidence[inside].mean()),
                    accuracy=float(correct[inside].mean()),
                )
            )
    return tuple(found)


def expected_calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """The mean distance of confidence and accuracy, weighted by bin size; 0 without bins."""
    gaps = sum(found.n * abs(found.confidence - found.accuracy) for found in bins)
    return gaps / max(sum(found.n for found in bins), 1)
