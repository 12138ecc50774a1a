"""What a training run returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trained:
    """The checkpoints of a run, its best epoch's metrics, and the number of training texts.

    The metrics are on the validation texts, in fp32 and before any weights are averaged.
    """

    checkpoints: list[Path]
    metrics: dict[str, float]
    train_examples: int
