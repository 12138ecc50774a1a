"""Labelled texts as they are published: ``text;label`` lines (Emotion) and ``text<TAB>label
ids<TAB>id`` lines (GoEmotions).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.config.reader import read_text
from builder.errors import BuilderError

HEADER = "text;label_name"


@dataclass(frozen=True)
class Example:
    """A text with the index of its label."""

    text: str
    label: int


@dataclass(frozen=True)
class TaggedText:
    """A text with the indices of all its labels, ascending; at least one."""

    text: str
    labels: tuple[int, ...]


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
            raise BuilderError(
                f"{place}: expected 'text;label'",
                hint="one text a line, its label after the last ';'",
                place=place,
            )
        if label not in index:
            raise BuilderError(
                f"{place}: unknown label '{label}'",
                hint=f"labels of this model: {', '.join(labels)}",
                place=place,
            )
        examples.append(Example(text, index[label]))
    if not examples:
        raise BuilderError(f"{path}: holds no examples", place=str(path))
    return examples


@dataclass(frozen=True)
class NamedText:
    """A text with its label's name, and what a third column says of it (empty if there is none)."""

    text: str
    label: str
    original: str


def read_named_texts(path: Path) -> list[NamedText]:
    """Read a file of tab-separated lines without a header: text, label name, perhaps a third
    column.

    :raises BuilderError: naming the number of the first line that is not of that form.
    """
    texts = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line:
            continue
        text, *rest = line.split("\t")
        if not rest or not text.strip() or not rest[0]:
            place = f"{path}:{number}"
            raise BuilderError(
                f"{place}: expected 'text<TAB>label'",
                hint="tabs between the columns, one text a line",
                place=place,
            )
        texts.append(NamedText(text, rest[0], rest[1] if len(rest) > 1 else ""))
    if not texts:
        raise BuilderError(f"{path}: holds no examples", place=str(path))
    return texts


def read_plain_texts(path: Path) -> list[str]:
    """The lines of a UTF-8 file, gunzipped if its name ends in ``.gz``; empty lines are left out.

    :raises BuilderError: if the file cannot be read.
    """
    if path.suffix != ".gz":
        lines = read_text(path).split("\n")
    else:
        try:
            lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise BuilderError(f"{path}: cannot be read: {error}", place=str(path)) from None
    return [line for line in lines if line.strip()]


def read_label_names(path: Path) -> list[str]:
    """Label names, one a line, in index order.

    :raises BuilderError: if the file cannot be read, or names a label twice or not at all.
    """
    names = read_text(path).rstrip("\n").split("\n")
    for number, name in enumerate(names, start=1):
        if not name.strip() or name in names[: number - 1]:
            place = f"{path}:{number}"
            raise BuilderError(
                f"{place}: {'a repeated' if name.strip() else 'an empty'} label name",
                hint="one label a line",
                place=place,
            )
    return names


def read_tagged_texts(path: Path, labels: Sequence[str]) -> list[TaggedText]:
    """Read a file of tab-separated lines without a header: text, label ids separated by commas, and
    a comment id or nothing.

    :param labels: label names in index order; an id is an index into them, from 0.
    :raises BuilderError: naming the number of the first line that is not of that form.
    """
    texts = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line:
            continue
        place = f"{path}:{number}"
        text, *rest = line.split("\t")
        if len(rest) not in (1, 2) or not text.strip():
            raise BuilderError(
                f"{place}: expected 'text<TAB>label ids'",
                hint="tabs between the columns, commas between the ids",
                place=place,
            )
        ids = rest[0].split(",")
        for label in ids:
            if not label.isascii() or not label.isdigit() or int(label) >= len(labels):
                raise BuilderError(
                    f"{place}: '{label}' is no label id",
                    hint=f"ids go from 0 to {len(labels) - 1}",
                    place=place,
                )
        texts.append(TaggedText(text, tuple(sorted({int(label) for label in ids}))))
    if not texts:
        raise BuilderError(f"{path}: holds no examples", place=str(path))
    return texts
