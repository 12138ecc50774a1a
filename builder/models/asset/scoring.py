"""From logits to probabilities to predictions.

extension/engine/scores.js does the same; tests compare both with one oracle
(tools/write_scores_oracle.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

REGRESSION = "regression"
ACTIVATIONS = ("softmax", "softmax_with_none", "sigmoid", REGRESSION)
"""How logits become scores.

- ``softmax``: exactly one label is true.
- ``softmax_with_none``: at most one label is true; a further class with the fixed logit 0 means
  "none of them".
- ``sigmoid``: each label is true or not, independently of the others.
- ``regression``: the one output is a value on a scale.
"""


@dataclass(frozen=True)
class Scoring:
    """How logits become a prediction, as model.json describes it.

    :param temperature: divides the logits.
    :param thresholds: sigmoid only: for each label the lowest score (0..1) that passes.
    :param min_score: in 0..1; a label with a lower score does not pass. If none passes, the model
        abstains.
    """

    activation: str
    temperature: float = 1.0
    thresholds: tuple[float, ...] | None = None
    min_score: float = 0.0
    scale: tuple[float, float] | None = None
    """Regression only: the values that the scores 0 and 1 stand for."""

    @classmethod
    def of(cls, description: dict[str, Any]) -> Self:
        """Read it from the content of model.json."""
        thresholds = description["thresholds"]
        return cls(
            description["activation"],
            description["temperature"],
            tuple(thresholds) if thresholds else None,
            description["min_score"],
            (scale["low"], scale["high"]) if (scale := description.get("scale")) else None,
        )

    @property
    def multi_label(self) -> bool:
        return self.activation == "sigmoid"

    @property
    def is_regression(self) -> bool:
        return self.activation == REGRESSION


def probabilities(logits: NDArray[Any], scoring: Scoring) -> Scores:
    """Scores in 0..1 of the shape of ``logits``, ``(texts, labels)``.

    A regression's score is the position of its value on the scale.

    A row sums to 1 with softmax. With softmax_with_none it sums to 1 minus the probability of "none
    of them".

    :raises ValueError: if a logit is NaN or infinite.
    """
    scaled = logits.astype(np.float64) / scoring.temperature
    if not np.isfinite(scaled).all():
        raise ValueError("the model gave a score that is not a number")
    if scoring.scale is not None:
        low, high = scoring.scale
        return np.asarray(np.clip((scaled - low) / (high - low), 0, 1))
    if scoring.activation == "sigmoid":
        with np.errstate(over="ignore"):  # exp overflows to infinity, which gives the score 0
            return np.asarray(1 / (1 + np.exp(-scaled)))
    if scoring.activation == "softmax_with_none":
        return softmax(np.concatenate([scaled, np.zeros((len(scaled), 1))], axis=1))[:, :-1]
    return softmax(scaled)


def softmax(logits: NDArray[Any]) -> Scores:
    """Probabilities of shape ``(texts, classes)``; each row sums to 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))  # so that exp cannot overflow
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def passes_threshold(scores: Scores, scoring: Scoring) -> Flags:
    """The predicted labels as flags of the shape of ``scores``, ``(texts, labels)``.

    Sigmoid: all labels that reach their thresholds. Otherwise the highest score at most; a row
    without a flag is an abstention. A regression never abstains.
    """
    if scoring.is_regression:
        return np.ones(scores.shape, dtype=bool)
    enough = scores >= np.maximum(
        0 if scoring.thresholds is None else np.array(scoring.thresholds), scoring.min_score
    )
    if scoring.multi_label:
        return np.asarray(enough)
    highest = np.zeros(scores.shape, dtype=bool)
    highest[np.arange(len(scores)), scores.argmax(axis=1)] = True
    return np.asarray(enough & highest)
