"""Files of labelled texts as people have them, read strictly: ``text;label``, tab-separated with
label ids, CSV and JSON lines.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builder.config.reader import read_text, read_toml
from builder.errors import BuilderError
from builder.models.data.datasets import HEADER, read_label_names
from builder.models.data.recipe import NONE, Recipe
from builder.models.metrics.classification import Flags

FORMATS = (".txt", ".tsv", ".csv", ".jsonl")
TEXT_COLUMNS = ("text", "sentence", "comment")
LABEL_COLUMNS = ("labels", "label", "label_name")
LABEL_NAMES = "labels.txt"


@dataclass(frozen=True)
class Labelled:
    """Texts with what is true of them, in terms of a model's labels."""

    file: Path
    texts: list[str]
    true: Flags
    """Shape ``(texts, labels)``; a row without any is a text that carries none of the labels."""
    left_out: int
    """Texts of the file that carry several labels where the model gives one."""


@dataclass(frozen=True)
class _Row:
    line: int
    text: str
    labels: list[str]


def read_labelled(
    file: Path, labels: Sequence[str], *, several: bool, mapping: Mapping[str, str] | None = None
) -> Labelled:
    """Read a file by what its name ends in.

    ``.txt``: ``text;label``, split at the last semicolon, perhaps under the header
    ``text;label_name``. ``.tsv``: text, label names or ids, anything or nothing, without a header; a file
    labels.txt beside it names the ids, else they count the model's labels. ``.csv``: columns
    ``text`` and ``label`` or ``labels`` under a header; ``.jsonl``: an object of such keys on each
    line. Labels are names or ids there, several of them separated by commas (in JSON also a list).

    :param labels: the model's labels, in the order of its scores.
    :param several: whether the model gives several labels; if not, texts that carry several are
        left out.
    :param mapping: the model's label for each label of the data, ``none`` for none of them.
    :raises BuilderError: naming the number of the first line that is not of that form.
    """
    readers = {".txt": _semicolons, ".tsv": _tabs, ".csv": _csv, ".jsonl": _json_lines}
    if file.suffix not in readers:
        raise BuilderError(
            f"{file}: its name ends in none of {', '.join(FORMATS)}",
            hint="rename it after its format",
            place=str(file),
        )
    names = (
        read_label_names(file.parent / LABEL_NAMES)
        if file.suffix == ".tsv" and (file.parent / LABEL_NAMES).is_file()
        else list(labels)
    )
    place_of = {label: index for index, label in enumerate(labels)} | {NONE: -1}
    texts, rows, left_out = [], [], 0
    for row in readers[file.suffix](file):
        found = {_place(name, names, mapping, place_of, file, row.line) for name in row.labels}
        if not several and len(found) > 1:
            left_out += 1
            continue
        flags = np.zeros(len(labels), dtype=bool)
        flags[[index for index in found if index >= 0]] = True
        texts.append(row.text)
        rows.append(flags)
    if not texts:
        raise BuilderError(
            f"{file}: holds no texts that this model can be measured on", place=str(file)
        )
    return Labelled(file, texts, np.stack(rows), left_out)


def mapping_for(file: Path, given: Path | None, asset: Path) -> dict[str, str] | None:
    """How the labels of a data file lead to a model's: as ``given`` says under ``[labels]``, else
    as the recipe beside the asset does.

    :raises BuilderError: if the file that says so cannot be read.
    """
    if given is not None:
        table = read_toml(given)
        labels = table.table("labels")
        return {name: labels.require(name, str) for name in labels.values}
    if not (asset / "recipe.toml").is_file():
        return None
    for data in Recipe.read(asset / "recipe.toml").data:
        for path in (*data.train, *data.validation):
            if Path(path).parts[-2:] == file.parts[-len(Path(path).parts[-2:]) :]:
                return data.labels
    return None


def _place(
    name: str,
    names: Sequence[str],
    mapping: Mapping[str, str] | None,
    place_of: Mapping[str, int],
    file: Path,
    line: int,
) -> int:
    """The index of the model's label that a label of the data leads to; -1 for none of them."""
    place = f"{file}:{line}"
    theirs = name
    if name not in (mapping or place_of) and name.isascii() and name.isdigit():
        if int(name) >= len(names):
            raise BuilderError(
                f"{place}: '{name}' is no label id",
                hint=f"ids go from 0 to {len(names) - 1}",
                place=place,
            )
        theirs = names[int(name)]
    ours = mapping.get(theirs) if mapping else theirs
    if ours is None or ours not in place_of:
        known = ", ".join(mapping or [label for label in place_of if label != NONE])
        raise BuilderError(
            f"{place}: unknown label '{theirs}'",
            place=place,
            hint=f"known labels: {known}"
            if mapping
            else f"labels of this model: {known}; --map leads other names to them",
        )
    return place_of[ours]


def _split(labels: str) -> list[str]:
    return [label.strip() for label in labels.split(",") if label.strip()] or [NONE]


def _semicolons(file: Path) -> Iterator[_Row]:
    for number, line in _lines(file):
        if number == 1 and line == HEADER:
            continue
        text, separator, label = line.rpartition(";")
        if not separator or not text.strip() or not label:
            raise _wrong(
                file,
                number,
                "expected 'text;label'",
                "one text a line, its label after the last ';'",
            )
        yield _Row(number, text, [label])


def _tabs(file: Path) -> Iterator[_Row]:
    for number, line in _lines(file):
        text, *rest = line.split("\t")
        if len(rest) not in (1, 2) or not text.strip():
            raise _wrong(
                file,
                number,
                "expected 'text<TAB>labels'",
                "tabs between the columns, commas between label names or ids, no header",
            )
        yield _Row(number, text, rest[0].split(","))


def _csv(file: Path) -> Iterator[_Row]:
    reader = csv.reader(read_text(file).splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        text, label = _columns(file, header)
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise _wrong(
                    file,
                    reader.line_num,
                    f"{len(cells)} columns instead of {len(header)}",
                    "quote texts that hold a comma",
                )
            if not cells[text].strip():
                raise _wrong(file, reader.line_num, "the text is empty", "remove the line")
            yield _Row(reader.line_num, cells[text], _split(cells[label]))
    except csv.Error as error:
        raise _wrong(
            file,
            reader.line_num,
            f"no CSV: {error}",
            "close what is quoted, and double quotes inside",
        ) from None


def _json_lines(file: Path) -> Iterator[_Row]:
    for number, line in _lines(file):
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise _wrong(file, number, f"no JSON: {error.msg}", "one object a line") from None
        if not isinstance(values, dict):
            raise _wrong(
                file, number, "expected a JSON object", 'like {"text": "...", "label": "..."}'
            )
        text, label = _columns(file, list(values), number)
        content = list(values.values())[text]
        if not isinstance(content, str) or not content.strip():
            raise _wrong(file, number, "the text is no string or empty", "remove the line")
        yield _Row(number, content, _labels_of(file, number, list(values.values())[label]))


def _labels_of(file: Path, line: int, value: Any) -> list[str]:
    if value is None:
        return [NONE]
    if isinstance(value, str):
        return _split(value)
    entries = value if isinstance(value, list) else [value]
    if any(isinstance(entry, bool) or not isinstance(entry, (str, int)) for entry in entries):
        raise _wrong(
            file,
            line,
            "a label is neither a name nor an id",
            "a string, a whole number, or a list of them",
        )
    return [str(entry) for entry in entries] or [NONE]


def _columns(file: Path, header: Sequence[str], line: int = 1) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    for wanted in (TEXT_COLUMNS, LABEL_COLUMNS):
        if not any(name in names for name in wanted):
            found = ", ".join(header) or "nothing"
            raise _wrong(
                file,
                line,
                f"no column '{wanted[0]}'",
                f"name it one of: {', '.join(wanted)}; found: {found}",
            )
    text, label = (
        next(names.index(name) for name in wanted if name in names)
        for wanted in (TEXT_COLUMNS, LABEL_COLUMNS)
    )
    return text, label


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        if line.strip("\r"):
            yield number, line.rstrip("\r")


def _wrong(file: Path, line: int, problem: str, hint: str) -> BuilderError:
    place = f"{file}:{line}"
    return BuilderError(f"{place}: {problem}", hint=hint, place=place)
