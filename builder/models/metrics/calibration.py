"""Calibration: find the temperature and the thresholds that a model ships with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Flags, Scores, Scoring, probabilities
from builder.models.data.recipe import Recipe
from builder.models.data.splits import Split
from builder.models.metrics.classification import Values, macro_f1

ACTIVATION_OF = {"single": "softmax", "single_or_none": "softmax_with_none", "multi": "sigmoid"}
TEMPERATURES = np.geomspace(0.25, 4, 161)
THRESHOLDS = 512  # tried for each label
SMOOTHING = 0.25  # of F1 over thresholds, in standard deviations of the logits
MIN_SCORES = [round(step / 200, 3) for step in range(40, 180)]
ENOUGH_WITHOUT = 10  # texts without a label from which their share is informative


def calibrate(
    recipe: Recipe, logits: NDArray[np.float32], validation: Split, *, none_share: float = 0.0
) -> Scoring:
    """The scoring that fits the validation texts best.

    One label: the temperature with the lowest negative log-likelihood on the recipe's first data
    source. If "none of them" is an answer, also the lowest score that rejects ``none_share`` of the
    texts without a label. If the recipe names sources that select, both are chosen by the mean over
    these. Several labels: a threshold for each.

    :param logits: of the asset, shape ``(texts, labels)``, one row for each text of ``validation``.
    :param none_share: in 0..1.
    """
    activation = ACTIVATION_OF[recipe.problem]
    known = ~np.isnan(validation.targets[:, 0])
    logits, targets = logits[known], validation.targets[known]
    truth = targets[:, : len(recipe.labels)] > 0
    if recipe.problem == "multi":
        return fit_scoring(activation, logits, truth)
    sources = np.array(validation.sources)[known]
    if recipe.problem == "single_or_none" and recipe.selects_by_mean:
        groups = [np.flatnonzero(sources == name) for name in recipe.selecting]
        return _fit_over_sources(
            activation, logits, targets, [rows for rows in groups if len(rows)], none_share
        )
    first = sources == recipe.data[0].name
    temperature = fit_scoring(activation, logits[first], truth[first]).temperature
    if recipe.problem == "single":
        return Scoring(activation, temperature)
    highest = probabilities(logits, Scoring(activation, temperature)).max(axis=1)
    without = np.sort(highest[targets[:, -1] > 0])
    if not len(without) or not none_share:
        return Scoring(activation, temperature)
    last_below = without[int(np.ceil(none_share * len(without))) - 1]
    min_score = float(np.floor(last_below * 1000 + 1) / 1000)  # the next thousandth above it
    return Scoring(activation, temperature, min_score=min_score)


def _fit_over_sources(
    activation: str,
    logits: NDArray[np.float32],
    targets: NDArray[np.float32],
    groups: Sequence[NDArray[np.intp]],
    none_share: float,
) -> Scoring:
    """Choose the temperature and the lowest score by the mean over sources of equal weight.

    The temperature has the lowest mean negative log-likelihood. The score has the highest mean
    share of right answers among those that leave at least ``none_share`` of the texts without a
    label unanswered (mean over the sources with ``ENOUGH_WITHOUT`` such texts).
    """
    truth = targets[:, :-1] > 0

    def loss(temperature: float) -> float:
        scores = probabilities(logits, Scoring(activation, temperature))
        return float(np.mean([_negative_log_likelihood(scores[g], truth[g]) for g in groups]))

    temperature = round(float(min(TEMPERATURES, key=lambda value: loss(float(value)))), 3)
    scores = probabilities(logits, Scoring(activation, temperature))
    best, expected = scores.argmax(axis=1), targets.argmax(axis=1)
    highest, without = scores.max(axis=1), targets[:, -1] > 0
    found: tuple[float, float] | None = None
    for min_score in MIN_SCORES:
        right = np.where(highest >= min_score, best, truth.shape[1]) == expected
        shares = [
            float(right[g][without[g]].mean()) for g in groups if without[g].sum() >= ENOUGH_WITHOUT
        ]
        if shares and np.mean(shares) < none_share:
            continue
        value = float(np.mean([right[g].mean() for g in groups]))
        if found is None or value > found[0]:
            found = value, float(min_score)
    return Scoring(activation, temperature, min_score=found[1] if found else MIN_SCORES[-1])


def fit_scoring(activation: str, logits: NDArray[np.float32], truth: Flags) -> Scoring:
    """Several labels: the threshold of each with the highest smoothed F1. One label: the
    temperature with the lowest negative log-likelihood.

    :param truth: of the shape of ``logits``, ``(texts, labels)``; an empty row is a text that
        carries none of the labels.
    """
    if activation == "sigmoid":
        scores = probabilities(logits, Scoring(activation))
        return Scoring(activation, thresholds=tune_thresholds(scores, truth))
    if activation == "softmax":  # it cannot answer "none of them"
        logits, truth = logits[truth.any(axis=1)], truth[truth.any(axis=1)]
    losses = [
        _negative_log_likelihood(probabilities(logits, Scoring(activation, float(t))), truth)
        for t in TEMPERATURES
    ]
    return Scoring(activation, round(float(TEMPERATURES[int(np.argmin(losses))]), 3))


def tune_thresholds(scores: Scores, truth: Flags) -> tuple[float, ...]:
    """A threshold (0..1) for each label, from arrays of shape ``(texts, labels)``."""
    inside = np.clip(scores, 1e-9, 1 - 1e-9)
    logits = np.log(inside / (1 - inside))
    found = [
        smoothed_f1_threshold(logits[:, label], truth[:, label]) for label in range(scores.shape[1])
    ]
    return tuple(round(float(1 / (1 + np.exp(-logit))), 4) for logit in found)


def smoothed_f1_threshold(logits: Values, positive: Flags) -> float:
    """The threshold with the highest F1 after Gaussian smoothing over nearby thresholds. A text
    counts if its logit is at least the threshold.

    The raw maximum is noise for a rare label: a few texts decide it, and another sample would
    decide otherwise. The Gaussian's width is ``SMOOTHING`` standard deviations of the logits. A
    label that no text carries gets the highest logit.
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


def halves_macro_f1(scores: Scores, truth: Flags) -> tuple[float, float]:
    """Two-fold macro F1: each half of the texts (even and odd rows) with thresholds that were tuned
    on the other half.
    """
    even = np.arange(len(scores)) % 2 == 0
    first, second = (
        macro_f1(
            scores[half] >= np.array(tune_thresholds(scores[~half], truth[~half])), truth[half]
        )
        for half in (even, ~even)
    )
    return first, second


def _negative_log_likelihood(scores: Scores, truth: Flags) -> float:
    of_true = np.where(truth.any(axis=1), (scores * truth).sum(axis=1), 1 - scores.sum(axis=1))
    return float(-np.log(np.clip(of_true, 1e-12, 1)).mean())
