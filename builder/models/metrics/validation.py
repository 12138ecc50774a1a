"""What a model's answers to the validation texts say: how it has to be scored, how good it is, and
the one figure that gates it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Scoring, probabilities
from builder.models.data.recipe import Recipe
from builder.models.data.splits import Split
from builder.models.metrics.calibration import (
    SourceFigures,
    calibrate,
    figures_by_source,
    halves_macro_f1,
)


@dataclass(frozen=True)
class LabelFigures:
    """Precision, recall and F1 of one label, in 0..1, and how many texts carry it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Validation:
    """A model on its validation texts; rates in 0..1."""

    scoring: Scoring
    """Calibrated on these very texts."""
    metric: str
    value: float
    """What a quantized model is gated by. One label: accuracy on the recipe's first data, or the mean
    over the data that select of the share of right answers. Several:
    macro F1, each half of the texts scored with thresholds that were tuned on the other, mean of
    both.
    """
    n: int
    sources: tuple[SourceFigures, ...]
    """Of a model with one label, for each of its data."""
    halves: tuple[float, float] | None
    """Of a model with several: macro F1 of both halves."""
    labels: tuple[LabelFigures, ...]
    """One label: the highest score on the first data. Several: the shipped thresholds, tuned on all
    texts.
    """


def validate(recipe: Recipe, logits: NDArray[np.float32], split: Split) -> Validation:
    """Figures of a model whose logits ``(texts, labels)`` belong to the texts of ``split``."""
    scoring = calibrate(recipe, logits, split, none_share=recipe.none_share)
    scores = probabilities(logits, scoring)
    if recipe.problem == "multi":
        true = split.targets > 0
        halves = halves_macro_f1(scores, true)
        predicted = scores >= np.array(scoring.thresholds)
        return Validation(
            scoring,
            "macro F1",
            sum(halves) / 2,
            len(scores),
            (),
            halves,
            _by_label(recipe, predicted, true),
        )
    sources = figures_by_source(recipe, scores, scoring, split)
    first = np.array(split.sources) == recipe.data[0].name
    first &= (split.targets[:, : len(recipe.labels)] > 0).any(axis=1)
    predicted = np.eye(len(recipe.labels), dtype=bool)[scores[first].argmax(axis=1)]
    labels = _by_label(recipe, predicted, split.targets[first, : len(recipe.labels)] > 0)
    if any(data.selects for data in recipe.data):
        chosen = [source for source in sources if source.source in recipe.selecting]
        return Validation(
            scoring,
            "mean accuracy of answers",
            float(np.mean([source.answer_accuracy for source in chosen])),
            sum(source.n + source.none_n for source in chosen),
            tuple(sources),
            None,
            labels,
        )
    return Validation(
        scoring, "accuracy", sources[0].accuracy, sources[0].n, tuple(sources), None, labels
    )


def _by_label(
    recipe: Recipe, predicted: NDArray[np.bool_], true: NDArray[np.bool_]
) -> tuple[LabelFigures, ...]:
    hits, answers, support = (predicted & true).sum(axis=0), predicted.sum(axis=0), true.sum(axis=0)
    return tuple(
        LabelFigures(
            label,
            hits[i] / max(answers[i], 1),
            hits[i] / max(support[i], 1),
            2 * hits[i] / max(answers[i] + support[i], 1),
            int(support[i]),
        )
        for i, label in enumerate(recipe.label_ids)
    )
