"""From a model's answers to validation texts to what it should ship with: a temperature, and the
scores from which an answer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Scores, Scoring, counting, probabilities
from builder.models.data.recipe import Recipe
from builder.models.data.splits import Split
from builder.models.metrics.classification import Flags, auroc, macro_f1, steady_threshold

ACTIVATION_OF = {"single": "softmax", "single_or_none": "softmax_with_none", "multi": "sigmoid"}
BINS = 15  # of the expected calibration error, as in Guo et al., 2017
TEMPERATURES = np.geomspace(0.25, 4, 161)
MIN_SCORES = [round(step / 200, 3) for step in range(40, 180)]
ENOUGH_WITHOUT = 10  # texts without a label from which their share says something


def calibrate(
    recipe: Recipe, logits: NDArray[np.float32], validation: Split, *, none_share: float = 0.0
) -> Scoring:
    """The scoring that suits the answers to the validation texts.

    One label: the temperature with the lowest negative log-likelihood on the recipe's first data;
    with none of them as an answer, the lowest score under which the given share of the texts
    without a label falls. Several labels: a threshold for each.

    :param logits: as the asset gives them, ``(texts, labels)``; rows belong to those of
        ``validation``.
    :param none_share: in 0..1.
    """
    activation = ACTIVATION_OF[recipe.problem]
    known = ~np.isnan(validation.targets[:, 0])
    logits, targets = logits[known], validation.targets[known]
    true = targets[:, : len(recipe.labels)] > 0
    if recipe.problem == "multi":
        return fit_scoring(activation, logits, true)
    sources = np.array(validation.sources)[known]
    if recipe.problem == "single_or_none" and any(data.selects for data in recipe.data):
        groups = [np.flatnonzero(sources == name) for name in recipe.selecting]
        return _fit_over_sources(
            activation, logits, targets, [rows for rows in groups if len(rows)], none_share
        )
    first = sources == recipe.data[0].name
    temperature = fit_scoring(activation, logits[first], true[first]).temperature
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
    """Temperature and lowest score chosen by the mean over several sources, which count alike.

    The temperature has the lowest mean negative log-likelihood. The score has the highest mean
    share of right answers among those that leave at least ``none_share`` of the texts without a
    label unanswered (mean over the sources with ten such texts or more).
    """
    true = targets[:, :-1] > 0

    def loss(temperature: float) -> float:
        scores = probabilities(logits, Scoring(activation, temperature))
        return float(np.mean([_negative_log_likelihood(scores[g], true[g]) for g in groups]))

    temperature = round(float(min(TEMPERATURES, key=lambda value: loss(float(value)))), 3)
    scores = probabilities(logits, Scoring(activation, temperature))
    best, expected = scores.argmax(axis=1), targets.argmax(axis=1)
    highest, without = scores.max(axis=1), targets[:, -1] > 0
    found: tuple[float, float] | None = None
    for min_score in MIN_SCORES:
        answers = np.where(highest >= min_score, best, true.shape[1])
        shares = [
            float((answers[g] == expected[g])[without[g]].mean())
            for g in groups
            if without[g].sum() >= ENOUGH_WITHOUT
        ]
        if shares and np.mean(shares) < none_share:
            continue
        right = float(np.mean([(answers[g] == expected[g]).mean() for g in groups]))
        if found is None or right > found[0]:
            found = right, float(min_score)
    return Scoring(activation, temperature, min_score=found[1] if found else MIN_SCORES[-1])


def fit_scoring(activation: str, logits: NDArray[np.float32], true: Flags) -> Scoring:
    """For several labels a threshold for each, by F1; else the temperature with the lowest negative
    log-likelihood.

    :param true: of the shape of ``logits``, ``(texts, labels)``; a row without any is a text that
        carries none of the labels.
    """
    if activation == "sigmoid":
        return Scoring(
            activation, thresholds=tune_thresholds(probabilities(logits, Scoring(activation)), true)
        )
    if activation == "softmax":  # knows no text without a label
        logits, true = logits[true.any(axis=1)], true[true.any(axis=1)]
    losses = [
        _negative_log_likelihood(probabilities(logits, Scoring(activation, float(t))), true)
        for t in TEMPERATURES
    ]
    return Scoring(activation, round(float(TEMPERATURES[int(np.argmin(losses))]), 3))


def tune_thresholds(scores: Scores, true: Flags) -> tuple[float, ...]:
    """For each label the score from which it counts, for a high F1 on other texts too, from arrays
    ``(texts, labels)``.
    """
    inside = np.clip(scores, 1e-9, 1 - 1e-9)
    logits = np.log(inside / (1 - inside))
    found = [steady_threshold(logits[:, label], true[:, label]) for label in range(scores.shape[1])]
    return tuple(round(float(1 / (1 + np.exp(-logit))), 4) for logit in found)


def halves_macro_f1(scores: Scores, true: Flags) -> tuple[float, float]:
    """Macro F1 over labels on each half of the texts (even and odd rows) with thresholds that were
    tuned on the other.
    """
    even = np.arange(len(scores)) % 2 == 0
    figures = []
    for scored in (even, ~even):
        thresholds = np.array(tune_thresholds(scores[~scored], true[~scored]))
        figures.append(float(np.mean(label_f1(scores[scored] >= thresholds, true[scored]))))
    return figures[0], figures[1]


def label_f1(predicted: Flags, true: Flags) -> list[float]:
    """F1 of each column of two arrays ``(texts, labels)``; 0 for a label that is neither predicted
    nor true.
    """
    hits, total = (predicted & true).sum(axis=0), predicted.sum(axis=0) + true.sum(axis=0)
    return [float(value) for value in 2 * hits / np.maximum(total, 1)]


def expected_calibration_error(confidence: NDArray[np.float64], correct: Flags) -> float:
    """How far, on average, the confidence (0..1) of an answer is from the share of right answers
    among those of like confidence.
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(float((confidence[bins == b] - correct[bins == b]).sum())) for b in range(BINS)]
    return sum(gaps) / len(confidence)


@dataclass(frozen=True)
class SourceFigures:
    """How a model with one answer does on the texts of one source; rates in 0..1, None where it has
    no such texts.
    """

    source: str
    n: int
    """Texts with one label."""
    answer_accuracy: float
    """Of all texts, with a label or without: the answer is right, where no clear answer is right
    for a text without a label and wrong for one with a label.
    """
    accuracy: float
    """The highest label is the right one, whether it counts or not."""
    answered_accuracy: float
    """It is right and counts: no clear answer is an error."""
    macro_f1: float
    calibration_error: float
    abstained: float
    """Share of the texts with a label that get no clear answer."""
    none_n: int
    none_abstained: float | None
    """Share of the texts without a label that get no clear answer."""
    none_auroc: float | None
    """How well the highest score tells texts with a label from those without."""


def figures_by_source(
    recipe: Recipe, scores: Scores, scoring: Scoring, validation: Split
) -> list[SourceFigures]:
    """Figures of a model with one answer, for each of the recipe's data."""
    labels = len(recipe.labels)
    sources = np.array(validation.sources)
    found = []
    for source in dict.fromkeys(validation.sources):
        rows = (sources == source) & ~np.isnan(validation.targets[:, 0])
        true = validation.targets[rows].argmax(axis=1)
        of_source = scores[rows]
        some, counts = (
            np.asarray(true < labels),
            np.asarray(counting(of_source, scoring).any(axis=1)),
        )
        right = np.asarray(of_source[some].argmax(axis=1) == true[some])
        found.append(
            SourceFigures(
                source=source,
                n=int(some.sum()),
                answer_accuracy=float(
                    (np.where(counts, of_source.argmax(axis=1), labels) == true).mean()
                ),
                accuracy=float(right.mean()) if len(right) else 0.0,
                answered_accuracy=float((right & counts[some]).mean()) if len(right) else 0.0,
                macro_f1=macro_f1(of_source[some].argmax(axis=1), true[some], labels)
                if len(right)
                else 0.0,
                calibration_error=expected_calibration_error(of_source[some].max(axis=1), right)
                if len(right)
                else 0.0,
                abstained=float(1 - counts[some].mean()) if len(right) else 0.0,
                none_n=int((~some).sum()),
                none_abstained=None if some.all() else float(1 - counts[~some].mean()),
                none_auroc=None
                if some.all() or not some.any()
                else auroc(of_source.max(axis=1), some),
            )
        )
    return found


def _negative_log_likelihood(scores: Scores, true: Flags) -> float:
    of_true = np.where(true.any(axis=1), (scores * true).sum(axis=1), 1 - scores.sum(axis=1))
    return float(-np.log(np.clip(of_true, 1e-12, 1)).mean())
