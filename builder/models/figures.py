"""Figures of merit over plain arrays; no model, no file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]


def macro_f1(predicted: NDArray[np.int64], true: NDArray[np.int64], labels: int) -> float:
    """Mean F1 over ``labels`` classes of two equally long lists of class numbers; a class with no text in either counts as 0."""
    scores = []
    for label in range(labels):
        hits = int(((predicted == label) & (true == label)).sum())
        scores.append(2 * hits / max(int((predicted == label).sum() + (true == label).sum()), 1))
    return float(np.mean(scores))


def auroc(scores: Values, positive: Flags) -> float:
    """The chance that a positive text scores higher than a negative one; ties count half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = int(positive.sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def best_threshold(scores: Values, positive: Flags) -> tuple[float, float]:
    """The threshold (text counts if its score is at least that) with the highest F1, and that F1.

    It lies in the middle between two scores, so that a small change of the scores does not move a text across it.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(positive[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + max(int(positive.sum()), 1))
    f1[:-1][ranked[:-1] == ranked[1:]] = 0  # equal scores cannot be parted
    cut = int(f1.argmax())
    below = ranked[cut + 1] if cut + 1 < len(ranked) else 0.0
    return float((ranked[cut] + below) / 2), float(f1[cut])
