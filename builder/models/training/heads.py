"""Classification heads: from the outputs of training to the outputs that ship."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from builder.models.data.recipe import Recipe
from builder.models.data.splits import outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Task:
    """A range of a model's outputs, and the recipe that defines them."""

    recipe: Recipe
    start: int
    end: int
    positive_weights: tuple[float, ...] = ()
    """Several labels: the weight of texts with a label, for each label; empty for equal weights."""

    @classmethod
    def of(cls, recipes: Sequence[Recipe]) -> list[Self]:
        """The recipes' tasks, side by side."""
        tasks: list[Self] = []
        for recipe in recipes:
            start = tasks[-1].end if tasks else 0
            tasks.append(cls(recipe, start, start + outputs(recipe)))
        return tasks


def save_task(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: Task, folder: Path
) -> None:
    """Save a checkpoint with one output for each label: the task's rows of the last layer.

    Training with ``pos_weight`` shifts each logit by log(pos_weight). That is subtracted, so that
    scores are probabilities. If "none of them" is an answer, its output is subtracted from the
    others: its logit becomes 0 and need not ship, and no probability changes.
    """
    import torch

    whole = _last_layer(model)
    rows = slice(task.start, task.start + len(task.recipe.labels))
    weight, bias = whole.weight.detach()[rows], whole.bias.detach()[rows]
    if task.recipe.problem == "single_or_none":
        weight, bias = (
            weight - whole.weight.detach()[task.end - 1],
            bias - whole.bias.detach()[task.end - 1],
        )
    if task.positive_weights:
        bias = bias - torch.tensor(task.positive_weights).log()
    share = torch.nn.Linear(weight.shape[1], weight.shape[0])
    share.load_state_dict({"weight": weight, "bias": bias})
    config, model.config = model.config, copy.deepcopy(model.config)
    try:
        _last_layer(model, share)
        names = task.recipe.label_ids
        model.config.id2label, model.config.label2id = (
            dict(enumerate(names)),
            {name: i for i, name in enumerate(names)},
        )
        model.config.problem_type = (
            "multi_label_classification"
            if task.recipe.problem == "multi"
            else "single_label_classification"
        )
        model.save_pretrained(str(folder))
        tokenizer.save_pretrained(str(folder))
    finally:
        _last_layer(model, whole)
        model.config = config


def restore_task(model: PreTrainedModel, saved: PreTrainedModel, task: Task) -> None:
    """Load the last layer of a checkpoint that ``save_task`` wrote, and undo its changes: "none of
    them" gets the logit 0, and each label gets log(pos_weight) back.

    A checkpoint with other labels changes nothing.
    """
    import torch

    if [saved.config.id2label[i] for i in range(saved.config.num_labels)] != task.recipe.label_ids:
        return
    ours, theirs = _last_layer(model), _last_layer(saved)
    with torch.no_grad():
        for new, old in ((ours.weight, theirs.weight), (ours.bias, theirs.bias)):
            new.zero_()
            new[: len(task.recipe.labels)] = old
        if task.positive_weights:
            ours.bias += torch.tensor(task.positive_weights).log()
    model.config.problem_type = None  # the loss is the task's own


def _last_layer(model: Any, new: Any = None) -> Any:
    """The linear layer that computes the logits, replaced first if ``new`` is given. BERT and
    ELECTRA name it differently.
    """
    owner, name = (
        (model.classifier, "out_proj")
        if hasattr(model.classifier, "out_proj")
        else (model, "classifier")
    )
    if new is not None:
        setattr(owner, name, new)
    return getattr(owner, name)
