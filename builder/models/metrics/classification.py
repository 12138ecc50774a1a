"""Figures of merit over plain arrays; no model, no file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

THRESHOLDS = 512  # tried for a label
SMOOTHING = 0.25  # of F1 over thresholds, in standard deviations of the logits


def macro_f1(predicted: NDArray[np.int64], true: NDArray[np.int64], labels: int) -> float:
    """Mean F1 over ``labels`` classes of two equally long lists of class numbers; a class with no
    text in either counts as 0.
    """
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


def steady_threshold(logits: Values, positive: Flags) -> float:
    """The threshold (a text counts if its logit is at least that) with the highest F1, averaged
    over thresholds nearby.

    Where a label is rare, a few texts decide where F1 itself is highest, and those of another
    sample decide otherwise. So F1 is taken at evenly spaced thresholds and smoothed by a Gaussian
    whose width is a share of the logits' standard deviation. A label that no text carries gets the
    highest logit.
    """
    tried = np.linspace(logits.max(), logits.min(), THRESHOLDS)
    if tried[0] == tried[-1]:
        return float(tried[0])
    answers, hits = (
        len(values) - np.searchsorted(np.sort(values), tried)
        for values in (logits, logits[positive])
    )
    f1 = 2 * hits / (answers + max(int(positive.sum()), 1))
    nearby = np.exp(-0.5 * ((tried[:, None] - tried) / (SMOOTHING * logits.std())) ** 2)
    return float(tried[(nearby @ f1 / nearby.sum(axis=1)).argmax()])
