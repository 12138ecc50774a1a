"""Weight interpolation (WiSE-FT: Wortsman et al., 2022): continue a training, then interpolate the
weights before and after.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.files import replacing
from builder.models.data.recipe import TrainingOptions
from builder.models.training.heads import Task, restore_task
from builder.models.training.result import Trained

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CHECKPOINT_WEIGHTS = "model.safetensors"


def train_then_continue(
    train: Callable[[PreTrainedModel, TrainingOptions, Path], Trained],
    model: PreTrainedModel,
    task: Task,
    out: Path,
) -> Trained:
    """Train a model. If its recipe interpolates weights, continue the training and interpolate.

    :param train: trains a model and saves it in the folder ``checkpoint`` of the given path. The
        first of two trainings gets ``out/first``.
    :returns: the result of the last training.
    """
    recipe = task.recipe
    if recipe.weight_interpolation is None:
        return train(model, recipe.training, out)
    first = train(model, recipe.training, out / "first")
    options = replace(
        recipe.training,
        epochs=recipe.weight_interpolation.epochs,
        learning_rate=recipe.weight_interpolation.learning_rate,
    )
    continued = train(restored(first.checkpoints[0], task), options, out)
    interpolate(
        first.checkpoints[0], continued.checkpoints[0], alpha=recipe.weight_interpolation.alpha
    )
    return continued


def restored(checkpoint: Path, task: Task) -> PreTrainedModel:
    """A task's checkpoint as a model to train."""
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint, num_labels=task.end, ignore_mismatched_sizes=True
    )
    restore_task(model, AutoModelForSequenceClassification.from_pretrained(checkpoint), task)
    return model


def interpolate(first: Path, second: Path, *, alpha: float) -> None:
    """Replace the second checkpoint's weights by ``(1 - alpha) * first + alpha * second``."""
    from safetensors.torch import load_file, save_file

    if int(os.environ.get("RANK", "0")):
        return  # in distributed training, the first process writes for all
    old, new = (load_file(folder / CHECKPOINT_WEIGHTS) for folder in (first, second))
    mean = {name: (1 - alpha) * old[name] + alpha * new[name] for name in old}
    with replacing(second / CHECKPOINT_WEIGHTS) as target:
        save_file(mean, target, metadata={"format": "pt"})
