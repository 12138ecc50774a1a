"""Labelled texts, one a line, as ``text;label`` (the format in which the Emotion data set is published)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuilderError
from builder.tables import read_text

HEADER = "text;label_name"


@dataclass(frozen=True)
class Example:
    """A text with the index of its label."""

    text: str
    label: int


def read_examples(path: Path, labels: Sequence[str]) -> list[Example]:
    """Read a file of ``text;label`` lines, split at the last semicolon; a header line is allowed.

    :param labels: label names in index order.
    :raises BuilderError: naming the number of the first line that is not of that form.
    """
    index = {name: number for number, name in enumerate(labels)}
    examples = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line or (number == 1 and line == HEADER):
            continue
        text, separator, label = line.rpartition(";")
        place = f"{path}:{number}"
        if not separator or not text.strip():
            raise BuilderError(f"{place}: expected 'text;label'", hint="one text a line, its label after the last ';'", place=place)
        if label not in index:
            raise BuilderError(f"{place}: unknown label '{label}'", hint=f"labels of this model: {', '.join(labels)}", place=place)
        examples.append(Example(text, index[label]))
    if not examples:
        raise BuilderError(f"{path}: holds no examples", place=str(path))
    return examples


def drop_blemishes(train: Iterable[Example], validation: Iterable[Example]) -> list[Example]:
    """Training examples without texts that also stand in validation, and without texts that carry two labels.

    Exact repetitions of a text with the same label are kept once.
    """
    held_out = {example.text for example in validation}
    labels_of: defaultdict[str, set[int]] = defaultdict(set)
    for example in (train := list(train)):
        labels_of[example.text].add(example.label)
    return [
        example for example in dict.fromkeys(train)
        if example.text not in held_out and len(labels_of[example.text]) == 1
    ]
