"""From logits to probabilities to an answer; extension/engine/scores.js does the same, and one
oracle judges both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

ACTIVATIONS = ("softmax", "softmax_with_none", "sigmoid")
"""``softmax``: exactly one label is true. ``softmax_with_none``: at most one; one more class, whose
logit is fixed at 0, stands for "none of them". ``sigmoid``: each label is true or not, whatever the
others.
"""


@dataclass(frozen=True)
class Scoring:
    """How logits become an answer, as model.json says it.

    :param temperature: divides the logits.
    :param thresholds: with sigmoid, for each label the score from which it counts, in 0..1.
    :param min_score: in 0..1; under it no label counts, and where none does, the answer is "no
        clear label".
    """

    activation: str
    temperature: float = 1.0
    thresholds: tuple[float, ...] | None = None
    min_score: float = 0.0

    @classmethod
    def of(cls, description: dict[str, Any]) -> Self:
        thresholds = description["thresholds"]
        return cls(
            description["activation"],
            description["temperature"],
            tuple(thresholds) if thresholds else None,
            description["min_score"],
        )

    @property
    def multi_label(self) -> bool:
        return self.activation == "sigmoid"


def probabilities(logits: NDArray[Any], scoring: Scoring) -> Scores:
    """Scores in 0..1 of the shape of ``logits``, ``(texts, labels)``.

    With softmax a row sums to 1, with softmax_with_none to 1 less the probability of "none of
    them".

    :raises ValueError: if a logit is not a finite number.
    """
    scaled = logits.astype(np.float64) / scoring.temperature
    if not np.isfinite(scaled).all():
        raise ValueError("the model gave a score that is not a number")
    if scoring.activation == "sigmoid":
        with np.errstate(over="ignore"):  # exp of a large number is infinite, and the score 0
            return np.asarray(1 / (1 + np.exp(-scaled)))
    if scoring.activation == "softmax_with_none":
        return softmax(np.concatenate([scaled, np.zeros((len(scaled), 1))], axis=1))[:, :-1]
    return softmax(scaled)


def softmax(logits: NDArray[Any]) -> Scores:
    """Probabilities of shape ``(texts, classes)`` that sum to 1 in each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))  # exp cannot overflow so
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def counting(scores: Scores, scoring: Scoring) -> NDArray[np.bool_]:
    """Which labels count, of the shape of ``scores``: with sigmoid all that reach their thresholds,
    else at most the highest.
    """
    enough = scores >= np.maximum(
        0 if scoring.thresholds is None else np.array(scoring.thresholds), scoring.min_score
    )
    if scoring.multi_label:
        return np.asarray(enough)
    highest = np.zeros(scores.shape, dtype=bool)
    highest[np.arange(len(scores)), scores.argmax(axis=1)] = True
    return np.asarray(enough & highest)


def labels_that_count(
    scores: Sequence[float], labels: Sequence[str], scoring: Scoring
) -> list[str]:
    """The labels of one text's answer, best first; empty where there is no clear one."""
    row = np.array([scores])
    indices: list[int] = np.flatnonzero(counting(row, scoring)[0]).tolist()
    return [labels[index] for index in sorted(indices, key=lambda index: (-row[0, index], index))]
