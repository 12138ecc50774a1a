"""How much of a model's quality a quantization scheme keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Scoring, passes_threshold, probabilities
from builder.models.data.eval_data import EvalData
from builder.models.metrics.evaluate import evaluate

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Gate:
    """The criterion for a quantized model.

    :param metric: its name, for the model card.
    :param data: a description of the texts, for the model card.
    :param judge: computes the metric (0..1) from logits ``(texts, labels)``.
    :param scoring_of: the scoring for logits, calibrated on them or fixed.
    """

    metric: str
    data: str
    texts: list[str]
    judge: Callable[[Logits], float]
    scoring_of: Callable[[Logits], Scoring]


def gate_of(
    eval_data: EvalData | None,
    texts: list[str],
    reference: Logits,
    scoring: Scoring,
    labels: Sequence[str],
) -> Gate:
    if scoring.is_regression:
        values = probabilities(reference, scoring)
        return Gate(
            "agreement with fp32",
            "the author's texts",
            texts,
            lambda logits: 1 - float(np.abs(probabilities(logits, scoring) - values).mean()),
            lambda _: scoring,
        )
    if eval_data is None:
        expected = answers_of(reference, scoring)
        return Gate(
            "agreement with fp32",
            "the author's texts",
            texts,
            lambda logits: float((answers_of(logits, scoring) == expected).all(axis=1).mean()),
            lambda _: scoring,
        )
    metric = "macro F1" if scoring.multi_label else "accuracy"

    def judge(logits: Logits) -> float:
        metrics = evaluate(probabilities(logits, scoring), eval_data.ground_truth, labels, scoring)
        return metrics.macro_f1 if scoring.multi_label else metrics.accuracy

    return Gate(metric, eval_data.file.name, texts, judge, lambda _: scoring)


def answers_of(logits: Logits, scoring: Scoring) -> NDArray[np.bool_]:
    return passes_threshold(probabilities(logits, scoring), scoring)
