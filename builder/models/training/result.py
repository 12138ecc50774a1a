"""What a training run returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trained:
    """The checkpoints of a run; the best epoch's metrics on the validation texts, in fp32 and before
    any weights are averaged; and the number of training texts.
    """

    checkpoints: list[Path]
    metrics: dict[str, float]
    train_examples: int
