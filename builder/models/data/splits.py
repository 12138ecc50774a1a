"""What a model should answer to each text: the rows that training, soft labels and validation
share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
from builder.models.data.datasets import read_examples, read_label_names, read_tagged_texts
from builder.models.data.recipe import NONE, DataSource, Recipe

Targets = NDArray[np.float32]


@dataclass(frozen=True)
class Split:
    """Texts with what is true of them.

    ``targets`` has a row for each text and a column for each output; a row is the probability of
    each class (one label or none) or of each label (several), and NaN throughout where the data
    says nothing for this model.
    """

    texts: list[str]
    targets: Targets
    sources: list[str]
    """The name of the data that each text is from."""

    def take(self, rows: Iterable[int]) -> Split:
        """The given rows, in the given order."""
        rows = list(rows)
        return Split(
            [self.texts[row] for row in rows],
            self.targets[rows],
            [self.sources[row] for row in rows],
        )

    def repeated(self, times: Mapping[str, int]) -> Split:
        """Each source's texts as often as ``times`` says, once where it says nothing."""
        return self.take(
            row for row, source in enumerate(self.sources) for _ in range(times.get(source, 1))
        )


def outputs(recipe: Recipe) -> int:
    """How many outputs training works with: one a label, and one more for "none of them" where that
    is an answer.
    """
    return len(recipe.labels) + (recipe.problem == "single_or_none")


def read_splits(recipe: Recipe, data: Path) -> tuple[Split, Split]:
    """Training and validation texts of all the recipe's data.

    Training leaves out texts that also stand in any validation file, and texts that stand there
    with different labels; a repetition with the same labels is kept once.

    :raises BuilderError: if a file is missing, or a line of it is not of its form.
    """
    validation = _read(recipe, data, "validation")
    held_out = set(validation.texts)
    training = _read(recipe, data, "train")
    first: dict[str, int] = {}
    blemished: set[str] = set()
    for row, text in enumerate(training.texts):
        if not np.array_equal(
            training.targets[first.setdefault(text, row)], training.targets[row], equal_nan=True
        ):
            blemished.add(text)
    kept = [row for text, row in first.items() if text not in held_out and text not in blemished]
    return training.take(kept), validation


def _read(recipe: Recipe, data: Path, split: str) -> Split:
    parts = [_read_source(recipe, source, data, getattr(source, split)) for source in recipe.data]
    texts, rows, sources = [], [], []
    for source, part in zip(recipe.data, parts, strict=True):
        for text, row in part:
            texts.append(text)
            rows.append(row)
            sources.append(source.name)
    return Split(texts, np.stack(rows), sources)


def _read_source(
    recipe: Recipe, source: DataSource, data: Path, file: str
) -> list[tuple[str, Targets]]:
    ours = {
        name: number
        for number, name in enumerate(
            [*recipe.label_ids, *([NONE] if recipe.problem == "single_or_none" else [])]
        )
    }
    if source.format == "tabs":
        names = read_label_names(data / str(source.label_names))
        tagged = [
            (text.text, [names[label] for label in text.labels])
            for text in read_tagged_texts(data / file, names)
        ]
    else:
        names = list(source.labels) if source.labels else recipe.label_ids
        tagged = [
            (example.text, [names[example.label]]) for example in read_examples(data / file, names)
        ]
    mapping = source.labels or {name: name for name in names}
    for name in names:
        if mapping.get(name) not in ours:
            raise BuilderError(
                f"{data / file}: the recipe says nothing of its label '{name}'",
                hint=f"add it under data.labels of {source.name}",
            )
    return [
        (text, _target(recipe, {ours[mapping[name]] for name in labels})) for text, labels in tagged
    ]


def _target(recipe: Recipe, labels: set[int]) -> Targets:
    row = np.zeros(outputs(recipe), dtype=np.float32)
    if recipe.problem != "multi" and len(labels) > 1:
        return np.full_like(
            row, np.nan
        )  # several answers where the model gives one: nothing to learn, nothing to judge
    row[list(labels)] = 1
    return row
