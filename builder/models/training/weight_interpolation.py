"""A second training from where a first one ended, and the mean of both ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.files import replacing
from builder.models.training.heads import Task, restore_task

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from builder.models.data.recipe import TrainingOptions
    from builder.models.training.trainer import Trained

WEIGHTS = "model.safetensors"


def learn_twice(
    learn: Callable[[PreTrainedModel, TrainingOptions, Path], Trained],
    model: PreTrainedModel,
    task: Task,
    out: Path,
) -> Trained:
    """Train the model once, or twice if the recipe has a second training; the latter's weights are
    the mean of both ends then.

    :param learn: trains a model and saves it under ``checkpoint`` of the folder that it is given:
        ``out/first`` for the first of two.
    :returns: what the last training gave.
    """
    recipe = task.recipe
    if recipe.second is None:
        return learn(model, recipe.training, out)
    first = learn(model, recipe.training, out / "first")
    options = replace(
        recipe.training, epochs=recipe.second.epochs, learning_rate=recipe.second.learning_rate
    )
    second = learn(restored(first.checkpoints[0], task), options, out)
    blend(first.checkpoints[0], second.checkpoints[0], recipe.second.share)
    return second


def restored(checkpoint: Path, task: Task) -> PreTrainedModel:
    """A task's checkpoint, ready to be trained on."""
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint, num_labels=task.end, ignore_mismatched_sizes=True
    )
    restore_task(model, AutoModelForSequenceClassification.from_pretrained(checkpoint), task)
    return model


def blend(first: Path, second: Path, share: float) -> None:
    """Give the second checkpoint the mean of both, in which its own weights have the given share."""
    from safetensors.torch import load_file, save_file

    if int(os.environ.get("RANK", "0")):
        return  # the first process writes for all
    weights = [load_file(folder / WEIGHTS) for folder in (first, second)]
    mean = {name: (1 - share) * weights[0][name] + share * weights[1][name] for name in weights[0]}
    with replacing(second / WEIGHTS) as target:
        save_file(mean, target, metadata={"format": "pt"})
