"""Training and validation splits: texts with the targets of a model's outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
from builder.models.data.datasets import (
    read_dataset,
    read_label_names,
    read_plain_texts,
    read_rows,
)
from builder.models.data.recipe import NONE, DataSource, Recipe
from builder.models.data.selection import at_most_per_label, held_out_by_group

Targets = NDArray[np.float32]


@dataclass(frozen=True)
class Split:
    """Texts with their targets.

    ``targets`` has shape ``(texts, outputs)``. A row holds the probability of each class (one label
    or none) or of each label (several labels). It is NaN throughout if the data says nothing about
    this model's labels.
    """

    texts: list[str]
    targets: Targets
    sources: list[str]
    """The name of each text's data source."""

    @classmethod
    def empty(cls, recipe: Recipe) -> Split:
        return cls([], np.empty((0, outputs(recipe)), np.float32), [])

    def joined(self, other: Split) -> Split:
        """Both splits, one after the other."""
        return Split(
            [*self.texts, *other.texts],
            np.concatenate([self.targets, other.targets]),
            [*self.sources, *other.sources],
        )

    def take(self, rows: Iterable[int]) -> Split:
        """The given rows, in the given order."""
        rows = list(rows)
        return Split(
            [self.texts[row] for row in rows],
            self.targets[rows],
            [self.sources[row] for row in rows],
        )

    def repeated(self, times: Mapping[str, int]) -> Split:
        """Each text as often as ``times`` says for its source; once by default."""
        return self.take(
            row for row, source in enumerate(self.sources) for _ in range(times.get(source, 1))
        )


def outputs(recipe: Recipe) -> int:
    """The number of outputs in training: one for each label, and one more if "none of them" is an
    answer.
    """
    return len(recipe.labels) + (recipe.problem == "single_or_none")


def read_splits(recipe: Recipe, data: Path) -> tuple[Split, Split]:
    """The training and the validation texts of all data sources of a recipe.

    Training omits texts that are also in a validation file, and texts with conflicting labels. A
    repeated text is kept once.

    :param data: the folder that the recipe's data files are relative to.
    :raises BuilderError: if a file is missing or a line does not fit its format.
    """
    training, validation = Split.empty(recipe), Split.empty(recipe)
    for source in recipe.data:
        of_source = _read_source(recipe, source, data)
        training, validation = training.joined(of_source[0]), validation.joined(of_source[1])
    held_out = set(validation.texts)
    first: dict[str, int] = {}
    conflicting: set[str] = set()
    for row, text in enumerate(training.texts):
        if not np.array_equal(
            training.targets[first.setdefault(text, row)], training.targets[row], equal_nan=True
        ):
            conflicting.add(text)
    kept = [row for text, row in first.items() if text not in held_out and text not in conflicting]
    return training.take(kept), validation


def read_unlabelled(recipe: Recipe, data: Path, known: Iterable[str]) -> Split:
    """The texts of the recipe's unlabelled sources that are not ``known``; all targets are NaN."""
    seen = set(known)
    texts: list[str] = []
    sources: list[str] = []
    for source in recipe.unlabelled:
        for file in source.files:
            found = [
                text
                for text in dict.fromkeys(read_plain_texts(data / file))
                if text not in seen and len(text.split()) <= source.max_words
            ]
            chosen = [
                found[row]
                for row in at_most_per_label(found, [0] * len(found), source.per_file, "un")
            ]
            seen.update(chosen)
            texts += chosen
            sources += [source.name] * len(chosen)
    return Split(texts, np.full((len(texts), outputs(recipe)), np.nan, np.float32), sources)


def _read_source(recipe: Recipe, source: DataSource, data: Path) -> tuple[Split, Split]:
    rows = [row for file in source.train for row in _read_file(recipe, source, data, file)]
    if source.held_out:
        flags = held_out_by_group(
            [row.text for row in rows],
            [row.file in source.contrasts for row in rows],
            source.held_out,
            source.name,
        )
        checked = [row for row, held in zip(rows, flags, strict=True) if held]
        rows = [row for row, held in zip(rows, flags, strict=True) if not held]
    else:
        checked = [
            row for file in source.validation for row in _read_file(recipe, source, data, file)
        ]
    if source.per_label is not None:
        rows = [row for row in rows if not np.isnan(row.target[0])]
        chosen = at_most_per_label(
            [row.text for row in rows],
            [row.target.tobytes() for row in rows],
            source.per_label,
            source.name,
        )
        rows = [rows[number] for number in chosen]
    unsure = re.compile(source.distrusted_originals) if source.distrusted_originals else None
    rows = [
        replace(row, target=np.full_like(row.target, np.nan))
        if (source.trusted is not None and not set(row.labels) <= set(source.trusted))
        or (unsure is not None and unsure.search(row.original))
        else row
        for row in rows
    ]
    return _split(recipe, source, rows), _split(recipe, source, checked)


@dataclass(frozen=True)
class _Row:
    text: str
    labels: tuple[str, ...]
    """As the data names them."""
    target: Targets
    file: str
    original: str = ""


def _split(recipe: Recipe, source: DataSource, rows: Sequence[_Row]) -> Split:
    targets = np.array([row.target for row in rows], np.float32).reshape(-1, outputs(recipe))
    return Split([row.text for row in rows], targets, [source.name] * len(rows))


def _read_file(recipe: Recipe, source: DataSource, data: Path, file: str) -> list[_Row]:
    answers = [*recipe.label_ids, *([NONE] if recipe.problem == "single_or_none" else [])]
    index_of = {name: number for number, name in enumerate(answers)}
    path = source.path(data, file)
    if source.format == "labelled_tabs":
        rows = read_rows(path, source.format)
        found = [(row.text, row.labels, row.original) for row in rows]
        names = list(source.labels or dict.fromkeys(row.labels[0] for row in rows))
    else:
        if source.format == "tabs":
            names = read_label_names(source.path(data, str(source.label_names)))
        else:
            names = list(source.labels) if source.labels else recipe.label_ids
        found = [
            (entry.text, tuple(names[label] for label in entry.labels), "")
            for entry in read_dataset(path, source.format, names)
        ]
    mapping = source.labels or {name: name for name in names}
    for name in dict.fromkeys([*names, *(name for _, labels, _ in found for name in labels)]):
        if mapping.get(name) not in index_of:
            raise BuilderError(
                f"{path}: the recipe says nothing of its label '{name}'",
                hint=f"add it under data.labels of {source.name}",
                place=str(path),
            )
    return [
        _Row(text, labels, _target(recipe, {index_of[mapping[n]] for n in labels}), file, original)
        for text, labels, original in found
    ]


def _target(recipe: Recipe, labels: set[int]) -> Targets:
    row = np.zeros(outputs(recipe), dtype=np.float32)
    if recipe.problem != "multi" and len(labels) > 1:
        return np.full_like(row, np.nan)  # the model gives one label, so this text says nothing
    row[list(labels)] = 1
    return row
