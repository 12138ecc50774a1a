"""Fine-tune a classifier with transformers' Trainer. Runs are seeded and can be resumed; the best
epoch on the validation texts is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
from builder.models.asset.scoring import Scoring, probabilities, softmax
from builder.models.checkpoints import WEIGHTS, unpack_weights
from builder.models.data.recipe import Recipe, TeacherRecipe, TrainingOptions
from builder.models.data.splits import Split, read_splits
from builder.models.metrics.calibration import halves_macro_f1
from builder.models.metrics.classification import auroc, macro_f1, one_hot
from builder.models.torch_extra import require_torch
from builder.models.training.heads import Task, restore_task, save_task
from builder.models.training.result import Trained
from builder.models.training.weight_interpolation import train_then_continue

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Logits = NDArray[np.float32]
SEVERAL_LABELS_WEIGHT = (
    0.5  # of the loss summed over labels, so that it is about as large as that of one label
)


def train(
    recipe: Recipe | TeacherRecipe, data: Path, out: Path, *, start: Path | None = None
) -> Trained:
    """Fine-tune the recipe's base model and save the best epoch in ``out/checkpoint``; a teacher's
    in ``out/<task>/checkpoint``.

    An interrupted run resumes from the last checkpoint in ``out/epochs``.

    :param data: the folder that the recipe's data files are relative to.
    :param start: a checkpoint to start from instead of the recipe's base. Its last layer is kept if
        it has the same labels.
    :raises BuilderError: if a data file, the base or an optional dependency is missing.
    """
    torch = require_torch()
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tasks = Task.of(recipe.tasks if isinstance(recipe, TeacherRecipe) else [recipe])
    training, validation = read_task_splits(tasks, data)
    tasks = [balanced(task, training) for task in tasks]
    base = checkpoint_folder(start) if start is not None else recipe.base.locate()
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(base)
    torch.manual_seed(recipe.training.seed)  # the head is initialized before Trainer sets its seed
    model = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=tasks[-1].end, ignore_mismatched_sizes=True
    )
    if len(tasks) == 1 and start is not None:
        restore_task(model, AutoModelForSequenceClassification.from_pretrained(base), tasks[0])
    repeated = training.repeated(recipe.training.repeats)

    def run(model: PreTrainedModel, options: TrainingOptions, out: Path) -> Trained:
        return fit(model, tokenizer, tasks, repeated, validation, options, out)

    if isinstance(recipe, TeacherRecipe):
        return run(model, recipe.training, out)
    return train_then_continue(run, model, tasks[0], out)


def bfloat16_pays() -> bool:
    """Whether the hardware has units for bfloat16. A processor without them is many times slower
    than with float32.
    """
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # Versions of torch before 2.6 cannot tell.
    has: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(has.get(unit) for unit in ("avx512_bf16", "amx_bf16", "bf16"))


def checkpoint_folder(folder: Path) -> Path:
    """Check that a folder holds weights, and return it.

    :raises BuilderError: if it does not.
    """
    unpack_weights(folder)
    if not (folder / WEIGHTS).is_file():
        raise BuilderError(
            f"{folder}: holds no model.safetensors",
            hint="name a checkpoint folder that 'builder model train' wrote",
        )
    return folder


def read_task_splits(tasks: Sequence[Task], data: Path) -> tuple[Split, Split]:
    """The training and validation texts of all tasks, each text once. Targets are NaN for tasks
    whose data does not have the text.
    """
    splits = [read_splits(task.recipe, data) for task in tasks]
    validation = _side_by_side(tasks, [split[1] for split in splits])
    held_out = set(validation.texts)
    training = _side_by_side(tasks, [split[0] for split in splits])
    kept = [row for row, text in enumerate(training.texts) if text not in held_out]
    return training.take(kept), validation


def _side_by_side(tasks: Sequence[Task], splits: Sequence[Split]) -> Split:
    if len(tasks) == 1:
        return splits[0]
    rows: dict[str, int] = {}
    sources: list[str] = []
    for split in splits:
        for text, source in zip(split.texts, split.sources, strict=True):
            if rows.setdefault(text, len(rows)) == len(sources):
                sources.append(source)
    targets = np.full((len(rows), tasks[-1].end), np.nan, dtype=np.float32)
    for task, split in zip(tasks, splits, strict=True):
        targets[[rows[text] for text in split.texts], task.start : task.end] = split.targets
    return Split(list(rows), targets, sources)


def balanced(task: Task, training: Split) -> Task:
    """The task with positive weights, against rare labels.

    A weight is the ratio of texts without the label to texts with it, raised to the power
    ``balance`` of the task's recipe.
    """
    power = task.recipe.training.balance
    if task.recipe.problem != "multi" or power == 0:
        return task
    targets = training.targets[~np.isnan(training.targets[:, task.start]), task.start : task.end]
    carried = np.maximum(targets.sum(axis=0), 1)
    return replace(
        task,
        positive_weights=tuple(
            float(weight) for weight in ((len(targets) - carried) / carried) ** power
        ),
    )


def fit(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    tasks: Sequence[Task],
    training: Split,
    validation: Split,
    options: TrainingOptions,
    out: Path,
    *,
    loss: Callable[..., Tensor] | None = None,
) -> Trained:
    """Train a model on the training split, and keep the best epoch on the validation split.

    :param loss: computed from the model's outputs and the targets ``(texts, outputs)``; by default
        ``task_loss``.
    """
    import torch
    from transformers import DataCollatorWithPadding, Trainer, TrainingArguments

    class OrderedTrainer(Trainer):  # type: ignore[misc]
        """Reads the validation texts in their own order. Grouping by length would change it, and
        ``task_metrics`` relies on it.
        """

        def _get_eval_sampler(self, eval_dataset: Any) -> Any:
            return torch.utils.data.SequentialSampler(eval_dataset)

    epochs = out / "epochs"
    several_without_gpu = (
        int(os.environ.get("WORLD_SIZE", "1")) > 1 and not torch.cuda.is_available()
    )
    # torch.distributed chooses its own backend if there are GPUs.
    backend = "gloo" if several_without_gpu else None
    trainer = OrderedTrainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(epochs),
            seed=options.seed,
            num_train_epochs=options.epochs,
            per_device_train_batch_size=options.batch_size,
            per_device_eval_batch_size=64,
            learning_rate=options.learning_rate,
            warmup_steps=options.warmup_ratio,
            weight_decay=options.weight_decay,
            bf16=options.bf16 and bfloat16_pays(),
            use_cpu=not torch.cuda.is_available(),
            ddp_backend=backend,
            average_tokens_across_devices=False,  # the losses are already means
            train_sampling_strategy="group_by_length",
            eval_strategy="epoch",
            save_strategy="epoch",
            save_total_limit=options.average_last + 1,
            load_best_model_at_end=True,
            metric_for_best_model="score",
            report_to="none",
            logging_steps=50,
        ),
        train_dataset=encode(training, tokenizer, options.max_length),
        eval_dataset=encode(validation, tokenizer, options.max_length),
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_loss_func=loss
        or (lambda answer, targets, **_: task_loss(tasks, answer.logits, targets)),
        compute_metrics=lambda outcome: task_metrics(tasks, outcome.predictions, validation),
    )
    trainer.train(resume_from_checkpoint=any(epochs.glob("checkpoint-*")) or None)
    if options.average_last > 1:
        in_order = sorted(
            epochs.glob("checkpoint-*"), key=lambda folder: int(folder.name.split("-")[1])
        )
        _average(trainer.model, in_order[-options.average_last :])
    folders = (
        [out / "checkpoint"]
        if len(tasks) == 1
        else [out / task.recipe.name / "checkpoint" for task in tasks]
    )
    if trainer.is_world_process_zero():
        for task, folder in zip(tasks, folders, strict=True):
            save_task(trainer.model, tokenizer, task, folder)
    trainer.accelerator.wait_for_everyone()
    best = max(
        (entry for entry in trainer.state.log_history if "eval_score" in entry),
        key=lambda entry: entry["eval_score"],
    )
    metrics = {
        name: float(best[f"eval_{name}"])
        for name in task_metrics(tasks, np.zeros_like(validation.targets), validation)
    }
    return Trained(folders, metrics, len(training.texts))


def _average(model: PreTrainedModel, checkpoints: Sequence[Path]) -> None:
    """Set the model's weights to the mean of the checkpoints' weights."""
    from safetensors.torch import load_file

    weights = [load_file(folder / "model.safetensors") for folder in checkpoints]
    model.load_state_dict(
        {name: sum(one[name] for one in weights) / len(weights) for name in weights[0]},
        strict=False,
    )


def task_loss(tasks: Sequence[Task], logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy for tasks with one label, binary cross-entropy for tasks with several. Rows of
    NaN are ignored.
    """
    from torch.nn import functional

    total = logits.sum() * 0.0
    for task in tasks:
        rows = ~targets[:, task.start].isnan()
        if not rows.any():
            continue
        answer, target = (
            logits[rows, task.start : task.end].float(),
            targets[rows, task.start : task.end],
        )
        if task.recipe.problem == "multi":
            weights = answer.new_tensor(task.positive_weights) if task.positive_weights else None
            summed = (
                functional.binary_cross_entropy_with_logits(
                    answer, target, reduction="none", pos_weight=weights
                )
                .sum(1)
                .mean()
            )
            total = total + SEVERAL_LABELS_WEIGHT * summed
        else:
            total = total + functional.cross_entropy(answer, target)
    return total


def task_metrics(tasks: Sequence[Task], logits: Logits, validation: Split) -> dict[str, float]:
    """Metrics of each task on each of its data sources, and ``score``, their mean.

    The best epoch is the one with the highest ``score``.
    Several labels: two-fold macro F1. One label: accuracy. If "none of them" is an answer, also the
    macro F1 over the texts with a label, and the AUROC between texts with and without one.
    """
    metrics: dict[str, float] = {}
    chosen: list[float] = []
    sources = np.array(validation.sources)
    for task in tasks:
        labels = len(task.recipe.labels)
        for source in dict.fromkeys(data.name for data in task.recipe.data):
            rows = (sources == source) & ~np.isnan(validation.targets[:, task.start])
            answer, target = (
                logits[rows, task.start : task.end],
                validation.targets[rows, task.start : task.end],
            )
            name = f"{task.recipe.name}_{source}"
            if task.recipe.problem == "multi":
                metrics[f"{name}_macro_f1"] = float(
                    np.mean(halves_macro_f1(probabilities(answer, Scoring("sigmoid")), target > 0))
                )
                chosen.append(metrics[f"{name}_macro_f1"])
                continue
            truth = target.argmax(1)
            metrics[f"{name}_accuracy"] = float((answer.argmax(1) == truth).mean())
            by_mean = task.recipe.selects_by_mean
            if not by_mean or source in task.recipe.selecting:
                chosen.append(metrics[f"{name}_accuracy"])
            if by_mean:
                continue
            labelled = truth < labels
            if not labelled.all():
                metrics[f"{name}_labelled_macro_f1"] = macro_f1(
                    one_hot(answer[labelled, :labels].argmax(1), labels),
                    one_hot(truth[labelled], labels),
                )
                highest = softmax(answer)[:, :labels].max(axis=1)
                metrics[f"{name}_auroc"] = auroc(highest, labelled)
                chosen += [metrics[f"{name}_labelled_macro_f1"], metrics[f"{name}_auroc"]]
    return metrics | {"score": float(np.mean(chosen))}


def encode(
    split: Split, tokenizer: PreTrainedTokenizerBase, max_length: int
) -> list[dict[str, Any]]:
    """Examples for Trainer: ids, attention mask, and the targets as ``labels``."""
    encoded = tokenizer(split.texts, truncation=True, max_length=max_length)
    return [
        {"input_ids": ids, "attention_mask": mask, "labels": target}
        for ids, mask, target in zip(
            encoded["input_ids"], encoded["attention_mask"], split.targets.tolist(), strict=True
        )
    ]
