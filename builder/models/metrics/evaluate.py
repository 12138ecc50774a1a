"""Metrics of a model over labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Flags, Scores, Scoring, passes_threshold
from builder.models.metrics.calibration import halves_macro_f1
from builder.models.metrics.classification import (
    LabelMetrics,
    ReliabilityBin,
    auroc,
    confusion_matrix,
    expected_calibration_error,
    macro_f1,
    metrics_by_label,
    reliability,
    share,
)


@dataclass(frozen=True)
class Calibration:
    """The distance between scores and observed accuracy."""

    expected_error: float
    bins: tuple[ReliabilityBin, ...]
    """Without empty bins."""


@dataclass(frozen=True)
class NoneMetrics:
    """Texts that carry none of the labels."""

    n: int
    no_clear_share: float
    """Share of them that get an abstention, which is right."""
    auroc: float | None
    """How well the highest score separates texts with a label from them; None if no text has a
    label.
    """


@dataclass(frozen=True)
class Evaluation:
    """Metrics over labelled texts; rates in 0..1."""

    accuracy: float
    """One label: the highest score is that of the true label, over the texts that carry one.
    Several: exactly the true labels pass their thresholds.
    """
    macro_f1: float
    """Mean F1 over the labels. One label: of the highest score, over the texts that carry one.
    Several: of the labels that pass their thresholds.
    """
    n: int
    classes: tuple[LabelMetrics, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows are true labels and, last, none of them; columns are predictions and, last, abstention.
    Several labels: the highest score, over the texts that carry at most one.
    """
    accuracy_if_clear: float
    """One label: like accuracy, but an abstention is an error."""
    no_clear_share: float
    """Share of all texts that get an abstention."""
    no_clear_share_of_labelled: float
    """Share of the texts with a label that get an abstention."""
    calibration: Calibration
    """One label: of the highest score. Several: of every score."""
    none: NoneMetrics | None
    """None if every text carries a label."""
    macro_f1_halves: tuple[float, float] | None
    """Several labels: two-fold macro F1, each half (even and odd texts) with thresholds tuned on
    the other.
    """


def evaluate(scores: Scores, truth: Flags, labels: Sequence[str], scoring: Scoring) -> Evaluation:
    """Compare predictions with the ground truth; both of shape ``(texts, labels)``.

    An empty row of ``truth`` is a text that carries none of the labels.
    """
    highest, answers = scores.argmax(axis=1), passes_threshold(scores, scoring)
    labelled, answered = np.asarray(truth.any(axis=1)), np.asarray(answers.any(axis=1))
    rows = np.arange(len(scores))
    right = truth[rows, highest]
    if scoring.multi_label:
        predicted, judged = answers, np.ones(len(scores), dtype=bool)
        accuracy = if_clear = float((answers == truth).all(axis=1).mean())
        confidence, correct = scores.reshape(-1), truth.reshape(-1)
    else:
        predicted, judged = np.zeros_like(truth), labelled
        predicted[rows, highest] = True
        accuracy = share(right[labelled])
        if_clear = share((right & answered)[labelled])
        confidence, correct = scores.max(axis=1), right
    bins = reliability(confidence, correct)
    return Evaluation(
        accuracy=accuracy,
        macro_f1=macro_f1(predicted[judged], truth[judged]),
        n=len(scores),
        classes=metrics_by_label(predicted[judged], truth[judged], labels),
        confusion=_confusion(truth, highest, answered),
        accuracy_if_clear=if_clear,
        no_clear_share=share(~answered),
        no_clear_share_of_labelled=share(~answered[labelled]),
        calibration=Calibration(expected_calibration_error(bins), bins),
        none=None if labelled.all() else _none_metrics(scores, labelled, answered),
        macro_f1_halves=(
            halves_macro_f1(scores, truth) if scoring.multi_label and len(scores) > 1 else None
        ),
    )


def _none_metrics(scores: Scores, labelled: Flags, answered: Flags) -> NoneMetrics:
    return NoneMetrics(
        int((~labelled).sum()),
        share(~answered[~labelled]),
        auroc(scores.max(axis=1), labelled) if labelled.any() else None,
    )


def _confusion(
    truth: Flags, highest: NDArray[np.int64], answered: Flags
) -> tuple[tuple[int, ...], ...]:
    none = truth.shape[1]
    single = truth.sum(axis=1) <= 1
    carried = np.where(truth.any(axis=1), truth.argmax(axis=1), none)
    return confusion_matrix(carried[single], np.where(answered, highest, none)[single], none + 1)
