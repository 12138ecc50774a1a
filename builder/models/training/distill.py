"""Knowledge distillation: train a small student on the soft labels of a teacher."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zipfile import BadZipFile

import numpy as np

from builder.errors import BuilderError
from builder.files import replacing
from builder.models.data.augment import variants
from builder.models.data.datasets import read_dataset
from builder.models.data.recipe import NONE, Recipe, StudentOptions, TrainingOptions
from builder.models.data.splits import Split, Targets, outputs, read_unlabelled
from builder.models.torch_extra import require_torch
from builder.models.training.heads import Task, restore_task
from builder.models.training.neurons import keep_strongest, strengths
from builder.models.training.result import Trained
from builder.models.training.trainer import (
    bfloat16_pays,
    checkpoint_folder,
    fit,
    read_task_splits,
)
from builder.models.training.weight_interpolation import interpolate, train_then_continue
from builder.progress import work

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_UNREADABLE = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,  # a single array instead of an npz
    RuntimeError,  # encrypted, or compressed by a method that Python lacks
    MemoryError,
    BadZipFile,
    struct.error,
    zlib.error,
)
BATCH = 128  # texts of similar length in a batch of the teacher
SAMPLE = 4096  # texts that the projection of the embeddings is fitted on


@dataclass(frozen=True)
class Teacher:
    """A checkpoint as ``builder model train`` saves it, and the data source whose texts it labels.

    It has one output for each label.
    """

    folder: Path
    source: str | None = None
    """The name of a data source; by default all sources without a teacher of their own."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``FOLDER`` or ``SOURCE=FOLDER``."""
        source, found, folder = text.partition("=")
        return cls(Path(folder), source) if found else cls(Path(text))


def write_soft_labels(recipe: Recipe, teachers: Sequence[Teacher], data: Path) -> tuple[Path, int]:
    """Compute the teachers' logits for all training texts and their variants.

    A text with several teachers gets the mean of their logits. The result is an npz file:
    ``logits``, float16 ``(texts, labels)``, without "none of them", whose logit is 0; and
    ``texts_sha256``, the hash of the texts joined by line feeds, which identifies them.

    :returns: the file that the recipe names, and the number of texts.
    :raises BuilderError: if a teacher has other labels or an unknown source, or if a source has no
        teacher.
    """
    require_torch()
    student = _student(recipe)
    names = [source.name for source in recipe.data]
    for teacher in teachers:
        if teacher.source not in (None, *names):
            raise BuilderError(
                f"{teacher.source}={teacher.folder}: the recipe has no data of that name",
                hint=f"it has: {', '.join(names)}",
            )
    training = student_texts(recipe, student, data)[0]
    logits = np.empty((len(training.texts), len(recipe.labels)), dtype=np.float32)
    for source in names:
        rows = [row for row, of in enumerate(training.sources) if of == source]
        own = [teacher for teacher in teachers if teacher.source == source] or [
            teacher for teacher in teachers if teacher.source is None
        ]
        if not own:
            raise BuilderError(
                f"{source}: no teacher answers its texts", hint="add --teacher FOLDER"
            )
        texts = [training.texts[row] for row in rows]
        logits[rows] = np.mean([_answers_of(teacher, recipe, texts) for teacher in own], axis=0)
    with replacing(student.soft_labels) as target, target.open("wb") as file:
        np.savez_compressed(
            file, logits=logits.astype(np.float16), texts_sha256=_digest(training.texts)
        )
    return student.soft_labels, len(training.texts)


def _answers_of(teacher: Teacher, recipe: Recipe, texts: list[str]) -> Targets:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(checkpoint_folder(teacher.folder))
    if (
        names := [model.config.id2label[i] for i in range(model.config.num_labels)]
    ) != recipe.label_ids:
        raise BuilderError(
            f"{teacher.folder}: the teacher has other labels ({', '.join(names)})",
            hint=f"expected: {', '.join(recipe.label_ids)}",
        )
    return answers(
        model,
        AutoTokenizer.from_pretrained(teacher.folder),
        texts,
        max_length=recipe.training.max_length,
    )


def distill(
    recipe: Recipe, data: Path, out: Path, *, teacher: Path | None, start: Path | None = None
) -> Trained:
    """Train the recipe's student and save it in ``out/checkpoint``. An interrupted run resumes, as
    with ``train``.

    :param teacher: the checkpoint whose layers and embeddings initialize the student; by default
        the recipe's base.
    :param start: a student of the same shape to continue from, instead of layers of a teacher.
    :raises BuilderError: if the soft labels belong to other texts, or something is missing.
    """
    torch = require_torch()
    from transformers import AutoModel, AutoTokenizer

    (task,) = Task.of([recipe])
    student = _student(recipe)
    training, validation = student_texts(recipe, student, data)
    soft = read_soft_labels(student.soft_labels, recipe, training.texts)
    soft[~np.isin(training.sources, student.soft_sources)] = np.nan
    base = checkpoint_folder(teacher) if teacher is not None else recipe.base.locate()
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(base)
    torch.manual_seed(recipe.training.seed)
    model = make_student(
        AutoModel.from_pretrained(base), tokenizer, student, training.texts, task.end
    )
    if start is not None:
        _continue_from(model, checkpoint_folder(start), task)
    repeated = Split(
        training.texts, np.concatenate([training.targets, soft], axis=1), training.sources
    ).repeated(recipe.training.repeats)

    def run(model: PreTrainedModel, options: TrainingOptions, out: Path) -> Trained:
        return fit(
            model, tokenizer, [task], repeated, validation, options, out, loss=_loss(task, student)
        )

    trained = train_then_continue(run, model, task, out)
    if start is not None and student.start_share:
        interpolate(start, trained.checkpoints[0], alpha=1 - student.start_share)
    return trained


def _continue_from(model: PreTrainedModel, start: Path, task: Task) -> None:
    """Load the weights of another student, its last layer as well if it has the same labels."""
    from transformers import AutoModelForSequenceClassification

    saved = AutoModelForSequenceClassification.from_pretrained(start)
    ours, theirs = model.base_model.state_dict(), saved.base_model.state_dict()
    if {name: value.shape for name, value in ours.items()} != {
        name: value.shape for name, value in theirs.items()
    }:
        raise BuilderError(
            f"{start}: a student of another shape than the recipe's",
            hint="start from a student whose recipe has the same [student] table",
        )
    model.base_model.load_state_dict(theirs)
    model.classifier.dense.load_state_dict(saved.classifier.dense.state_dict())
    restore_task(model, saved, task)


def student_texts(recipe: Recipe, student: StudentOptions, data: Path) -> tuple[Split, Split]:
    """The student's training texts with variants, whose targets are NaN, and validation texts."""
    training, validation = read_task_splits(Task.of([recipe]), data)
    known = {*training.texts, *validation.texts}
    if recipe.held_out is not None:
        known.update(
            example.text
            for example in read_dataset(
                recipe.held_out.file, "semicolon", [*recipe.label_ids, NONE]
            )
        )
    training = training.joined(read_unlabelled(recipe, data, known))
    texts, sources, targets = list(training.texts), list(training.sources), [training.targets]
    for source, copies in student.variants.items():
        rows = [row for row, of in enumerate(training.sources) if of == source]
        for copy in range(copies):
            texts += variants([training.texts[row] for row in rows], recipe.training.seed + copy)
            sources += [source] * len(rows)
            targets.append(np.full_like(training.targets[rows], np.nan))
    return Split(texts, np.concatenate(targets), sources), validation


def read_soft_labels(file: Path, recipe: Recipe, texts: list[str]) -> Targets:
    """Read the logits of shape ``(texts, outputs)`` that ``write_soft_labels`` wrote.

    :raises BuilderError: if the file is missing or belongs to other texts.
    """
    most = 8 * len(texts) * len(recipe.labels) + 4096  # of float64, with the header
    try:
        with np.load(file) as stored:
            if any(entry.file_size > most for entry in stored.zip.infolist()):
                raise ValueError("it holds more than the logits of these texts")
            logits, digest = stored["logits"].astype(np.float32), str(stored["texts_sha256"])
    except _UNREADABLE as error:
        raise BuilderError(
            f"{file}: no soft labels: {error}",
            hint="make them with 'builder model soft-labels'",
            place=str(file),
        ) from None
    if digest != _digest(texts) or logits.shape != (len(texts), len(recipe.labels)):
        raise BuilderError(
            f"{file}: soft labels of other texts than the recipe and the data give",
            hint="make them again with 'builder model soft-labels'",
            place=str(file),
        )
    return np.pad(logits, ((0, 0), (0, outputs(recipe) - logits.shape[1])))


def make_student(
    teacher: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    student: StudentOptions,
    texts: list[str],
    labels: int,
) -> PreTrainedModel:
    """An ELECTRA classifier (BERT with embeddings narrower than its layers), initialized from some
    of the teacher's layers.

    Its embeddings are the principal components of the teacher's, weighted by token frequency. The
    projection behind them is fitted by least squares to the input of the teacher's first layer.
    """
    import torch
    from transformers import ElectraConfig, ElectraForSequenceClassification

    shape = teacher.config
    if max(student.layers) >= shape.num_hidden_layers:
        raise BuilderError(
            f"student.layers: the teacher has {shape.num_hidden_layers} layers",
            hint="layers count from 0",
        )
    sizes = student.feed_forward_sizes or (shape.intermediate_size,) * len(student.layers)
    if max(sizes) > shape.intermediate_size:
        raise BuilderError(
            f"student.feed_forward_sizes: the teacher has {shape.intermediate_size} neurons a layer"
        )
    model = ElectraForSequenceClassification(
        ElectraConfig(
            vocab_size=shape.vocab_size,
            embedding_size=student.embedding_size,
            hidden_size=shape.hidden_size,
            num_hidden_layers=len(student.layers),
            num_attention_heads=shape.num_attention_heads,
            intermediate_size=max(sizes),
            hidden_dropout_prob=student.dropout,
            attention_probs_dropout_prob=0.0,
            max_position_embeddings=shape.max_position_embeddings,
            type_vocab_size=shape.type_vocab_size,
            layer_norm_eps=shape.layer_norm_eps,
            pad_token_id=shape.pad_token_id,
            num_labels=labels,
            # torch's fused attention is twice as slow backwards on a processor in bfloat16 (2.9).
            attn_implementation="eager",
        )
    )
    ids: list[list[int]] = tokenizer(texts, truncation=True, max_length=128)["input_ids"]
    sample = ids[:: max(1, len(ids) // SAMPLE)]
    strength = strengths(teacher, sample)
    layers = model.electra.encoder.layer
    for number, (source, kept) in enumerate(zip(student.layers, sizes, strict=True)):
        weights = teacher.encoder.layer[source].state_dict()
        layers[number].load_state_dict(keep_strongest(weights, strength[source], kept, max(sizes)))
    model.classifier.dense.load_state_dict(teacher.pooler.dense.state_dict())
    with torch.no_grad():
        _start_embeddings(model.electra, teacher.embeddings, ids, sample)
    return model


def _start_embeddings(
    student: Any, teacher: Any, ids: list[list[int]], sample: list[list[int]]
) -> None:
    import torch

    counts = torch.bincount(
        torch.tensor([token for row in ids for token in row]),
        minlength=teacher.word_embeddings.num_embeddings,
    )
    weight = counts.float().pow(0.25)[:, None]  # tokens that do not occur get no weight
    words = teacher.word_embeddings.weight
    centre = (words * weight).sum(0) / weight.sum()
    components = (
        torch.linalg.svd((words - centre) * weight.sqrt(), full_matrices=False)
        .Vh[: student.config.embedding_size]
        .T
    )
    small = student.embeddings
    small.word_embeddings.weight.copy_((words - centre) @ components)
    small.position_embeddings.weight.copy_(teacher.position_embeddings.weight @ components)
    small.token_type_embeddings.weight.copy_(teacher.token_type_embeddings.weight @ components)
    seen, wanted = [], []
    student.eval()
    teacher.eval()
    for row in sample:
        batch = torch.tensor([row])
        seen.append(small(batch)[0])
        wanted.append(teacher(batch)[0])
    student.train()
    inputs = torch.cat(seen)
    solution = torch.linalg.lstsq(
        torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1), torch.cat(wanted), driver="gelsd"
    ).solution
    student.embeddings_project.weight.copy_(solution[:-1].T)
    student.embeddings_project.bias.copy_(solution[-1])


def _loss(task: Task, student: StudentOptions) -> Callable[..., Tensor]:
    def loss(answer: Any, targets: Tensor, **_: Any) -> Tensor:
        return student_loss(task, student, answer.logits.float(), targets)

    return loss


def student_loss(task: Task, student: StudentOptions, logits: Tensor, targets: Tensor) -> Tensor:
    """The mean loss over texts: against the teacher's logits and against the true labels, as far as
    a text has them.

    :param targets: true labels, then the teacher's logits, side by side; unknown ones are NaN.
        Validation texts have true labels only.
    """
    import torch
    from torch.nn import functional

    hard, soft = targets[:, : task.end], targets[:, task.end :]
    known, several = ~hard[:, 0].isnan(), task.recipe.problem == "multi"
    if not soft.numel():
        soft = hard.new_full(hard.shape, torch.nan)
    taught = ~soft[:, 0].isnan()
    rows = logits.new_zeros(len(logits))
    if several:
        true = functional.binary_cross_entropy_with_logits(
            logits[known], hard[known], reduction="none"
        ).sum(1)
        teachers = functional.binary_cross_entropy_with_logits(
            logits[taught], soft[taught].sigmoid(), reduction="none"
        ).sum(1)
    else:
        true = functional.cross_entropy(logits[known], hard[known], reduction="none")
        ours, theirs = (
            (values[taught] / student.temperature).log_softmax(1) for values in (logits, soft)
        )
        teachers = student.temperature**2 * functional.kl_div(
            ours, theirs, reduction="none", log_target=True
        ).sum(1)
    weight = logits.new_ones(len(logits)).masked_fill(taught, student.hard_weight)
    rows = rows.masked_scatter(known, true * weight[known])
    return (rows + logits.new_zeros(len(logits)).masked_scatter(taught, teachers)).mean()


def answers(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: list[str], *, max_length: int
) -> Targets:
    """Logits of shape ``(texts, outputs)``. A batch holds texts of similar length; bfloat16 is used
    if the hardware has units for it.
    """
    import torch

    ids = tokenizer(texts, truncation=True, max_length=max_length)["input_ids"]
    order = sorted(range(len(texts)), key=lambda row: len(ids[row]))
    logits = np.empty((len(texts), model.config.num_labels), dtype=np.float32)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device, torch.bfloat16 if bfloat16_pays() else torch.float32).eval()
    with torch.inference_mode(), work("Computing the teacher's logits", len(order)) as advance:
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            batch = tokenizer.pad(
                {"input_ids": [ids[row] for row in rows]}, return_tensors="pt"
            ).to(device)
            logits[rows] = model(**batch).logits.float().cpu().numpy()
            advance(len(rows))
    return logits


def _student(recipe: Recipe) -> StudentOptions:
    if recipe.student is None:
        raise BuilderError(
            f"the recipe of {recipe.name} describes no student", hint="add a [student] table"
        )
    return recipe.student


def _digest(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
