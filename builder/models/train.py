"""Fine-tuning of a classifier with transformers' Trainer; resumable, seeded, selected on the validation split."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.errors import missing_extra
from builder.models.dataset import Example, drop_blemishes, read_examples
from builder.models.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Trained:
    """Where the best checkpoint lies, and its validation accuracy in 0..1 (fp32)."""

    checkpoint: Path
    validation_accuracy: float
    train_examples: int


def train(recipe: Recipe, data: Path, out: Path) -> Trained:
    """Fine-tune the recipe's base model and save the checkpoint of the best epoch under ``out/checkpoint``.

    A run that was interrupted goes on from the last epoch that ``out/epochs`` holds.

    :param data: the folder that the recipe's data files are relative to.
    :raises BuilderError: if a data file, the base or an optional dependency is missing.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import torch
        from transformers import (
            AutoModelForSequenceClassification,
            AutoTokenizer,
            DataCollatorWithPadding,
            Trainer,
            TrainingArguments,
        )
    except ImportError as error:
        raise missing_extra(str(error.name), "train") from None
    validation = read_examples(data / recipe.data.validation, recipe.label_ids)
    training = drop_blemishes(read_examples(data / recipe.data.train, recipe.label_ids), validation)
    base = recipe.base.locate()
    options = recipe.training
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(base)
    torch.manual_seed(options.seed)  # the classification head is drawn before Trainer seeds itself
    model = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=len(recipe.label_ids),
        id2label=dict(enumerate(recipe.label_ids)), label2id={name: i for i, name in enumerate(recipe.label_ids)},
    )
    epochs = out / "epochs"
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(epochs), seed=options.seed, num_train_epochs=options.epochs,
            per_device_train_batch_size=options.batch_size, per_device_eval_batch_size=64,
            learning_rate=options.learning_rate, warmup_steps=options.warmup_ratio, weight_decay=options.weight_decay,
            label_smoothing_factor=options.label_smoothing, bf16=options.bf16, use_cpu=not torch.cuda.is_available(),
            train_sampling_strategy="group_by_length", eval_strategy="epoch", save_strategy="epoch", save_total_limit=2,
            load_best_model_at_end=True, metric_for_best_model="accuracy", report_to="none", logging_steps=50,
        ),
        train_dataset=_encode(training, tokenizer, options.max_length),
        eval_dataset=_encode(validation, tokenizer, options.max_length),
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=lambda outcome: {"accuracy": float((outcome.predictions.argmax(-1) == outcome.label_ids).mean())},
    )
    trainer.train(resume_from_checkpoint=any(epochs.glob("checkpoint-*")) or None)
    checkpoint = out / "checkpoint"
    trainer.save_model(str(checkpoint))
    tokenizer.save_pretrained(str(checkpoint))
    return Trained(checkpoint, trainer.evaluate()["eval_accuracy"], len(training))


def _encode(examples: list[Example], tokenizer: PreTrainedTokenizerBase, max_length: int) -> list[dict[str, Any]]:
    encoded = tokenizer([example.text for example in examples], truncation=True, max_length=max_length)
    return [
        {"input_ids": ids, "attention_mask": mask, "labels": example.label}
        for ids, mask, example in zip(encoded["input_ids"], encoded["attention_mask"], examples, strict=True)
    ]
