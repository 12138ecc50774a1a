"""Calibrate a model on the validation split and compute its metrics, with the value that gates
quantization.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Scores, Scoring, passes_threshold, probabilities
from builder.models.data.recipe import Recipe
from builder.models.data.splits import Split
from builder.models.metrics.calibration import calibrate, halves_macro_f1
from builder.models.metrics.classification import (
    LabelMetrics,
    auroc,
    expected_calibration_error,
    macro_f1,
    metrics_by_label,
    one_hot,
    reliability,
    share,
)


@dataclass(frozen=True)
class SourceMetrics:
    """A model with one answer on the texts of one data source. Rates are in 0..1, and None if the
    source has no such texts.
    """

    source: str
    n: int
    """Texts with one label."""
    answer_accuracy: float
    """Over all texts: the share of right answers. An abstention is right for a text without a label
    and wrong for a text with one.
    """
    accuracy: float
    """The highest label is right, with or without passing the threshold."""
    answered_accuracy: float
    """The highest label is right and passes the threshold: an abstention is an error."""
    macro_f1: float
    calibration_error: float
    abstained: float
    """Share of the texts with a label that get an abstention."""
    none_n: int
    none_abstained: float | None
    """Share of the texts without a label that get an abstention."""
    none_auroc: float | None
    """How well the highest score separates texts with a label from those without."""


@dataclass(frozen=True)
class Validation:
    """A model on its validation texts; rates in 0..1."""

    scoring: Scoring
    """Calibrated on these same texts."""
    metric: str
    value: float
    """The gate of quantization. One label: accuracy on the recipe's first data source, or the mean
    ``answer_accuracy`` over the sources that select. Several: the mean of ``halves``.
    """
    n: int
    sources: tuple[SourceMetrics, ...]
    """One label: for each data source."""
    halves: tuple[float, float] | None
    """Several labels: two-fold macro F1, each half with thresholds tuned on the other."""
    labels: tuple[LabelMetrics, ...]
    """One label: the highest score on the first data source. Several: the shipped thresholds, tuned
    on all texts.
    """


def validate(recipe: Recipe, logits: NDArray[np.float32], split: Split) -> Validation:
    """Metrics of a model, from its logits ``(texts, labels)`` for the texts of ``split``."""
    scoring = calibrate(recipe, logits, split, none_share=recipe.none_share)
    scores = probabilities(logits, scoring)
    if recipe.problem == "multi":
        truth = split.targets > 0
        halves = halves_macro_f1(scores, truth)
        return Validation(
            scoring=scoring,
            metric="macro F1",
            value=sum(halves) / 2,
            n=len(scores),
            sources=(),
            halves=halves,
            labels=metrics_by_label(passes_threshold(scores, scoring), truth, recipe.label_ids),
        )
    sources = metrics_by_source(recipe, scores, scoring, split)
    first = np.array(split.sources) == recipe.data[0].name
    first &= (split.targets[:, : len(recipe.labels)] > 0).any(axis=1)
    metric, value, n = "accuracy", sources[0].accuracy, sources[0].n
    if recipe.selects_by_mean:
        chosen = [source for source in sources if source.source in recipe.selecting]
        metric = "mean accuracy of answers"
        value = float(np.mean([source.answer_accuracy for source in chosen]))
        n = sum(source.n + source.none_n for source in chosen)
    return Validation(
        scoring=scoring,
        metric=metric,
        value=value,
        n=n,
        sources=tuple(sources),
        halves=None,
        labels=metrics_by_label(
            one_hot(scores[first].argmax(axis=1), len(recipe.labels)),
            split.targets[first, : len(recipe.labels)] > 0,
            recipe.label_ids,
        ),
    )


def metrics_by_source(
    recipe: Recipe, scores: Scores, scoring: Scoring, validation: Split
) -> list[SourceMetrics]:
    """Metrics of a model with one answer, for each data source of the recipe."""
    labels = len(recipe.labels)
    sources = np.array(validation.sources)
    found = []
    for source in dict.fromkeys(validation.sources):
        rows = (sources == source) & ~np.isnan(validation.targets[:, 0])
        truth = validation.targets[rows].argmax(axis=1)
        of_source = scores[rows]
        labelled = np.asarray(truth < labels)
        answered = np.asarray(passes_threshold(of_source, scoring).any(axis=1))
        highest = of_source[labelled].argmax(axis=1)
        right = np.asarray(highest == truth[labelled])
        confidence = of_source[labelled].max(axis=1)
        found.append(
            SourceMetrics(
                source=source,
                n=int(labelled.sum()),
                answer_accuracy=share(
                    np.where(answered, of_source.argmax(axis=1), labels) == truth
                ),
                accuracy=share(right),
                answered_accuracy=share(right & answered[labelled]),
                macro_f1=macro_f1(one_hot(highest, labels), one_hot(truth[labelled], labels)),
                calibration_error=expected_calibration_error(reliability(confidence, right)),
                abstained=share(~answered[labelled]),
                none_n=int((~labelled).sum()),
                none_abstained=None if labelled.all() else share(~answered[~labelled]),
                none_auroc=(
                    auroc(of_source.max(axis=1), labelled)
                    if labelled.any() and not labelled.all()
                    else None
                ),
            )
        )
    return found
