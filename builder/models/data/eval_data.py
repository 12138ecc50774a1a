"""Labelled texts in terms of a model's labels, to evaluate and calibrate it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.config.reader import read_toml
from builder.errors import BuilderError
from builder.models.asset.scoring import Flags
from builder.models.data.datasets import FORMAT_OF, Row, read_label_names, read_rows, wrong
from builder.models.data.recipe import NONE, Recipe

LABEL_NAMES = "labels.txt"


@dataclass(frozen=True)
class EvalData:
    """Texts with their ground truth."""

    file: Path
    texts: list[str]
    ground_truth: Flags
    """Shape ``(texts, labels)``; an empty row is a text that carries none of the labels."""
    omitted: int
    """Texts of the file with several labels, if the model gives one."""


def read_eval_data(
    file: Path,
    labels: Sequence[str],
    *,
    multi_label: bool,
    mapping: Mapping[str, str] | None = None,
) -> EvalData:
    """Read a file whose suffix tells its format (see ``read_rows``).

    Labels are names or ids. Ids count the lines of a ``labels.txt`` beside a .tsv file, or else the
    model's labels. No label, or ``none``, is a text that carries none of them.

    :param labels: the model's labels, in the order of its scores.
    :param multi_label: whether the model gives several labels; if not, texts with several are
        omitted.
    :param mapping: the model's label for each label of the data, ``none`` for none of them.
    :raises BuilderError: naming the first line that does not fit.
    """
    if file.suffix.lower() not in FORMAT_OF:
        raise BuilderError(
            f"{file}: its name ends in none of {', '.join(FORMAT_OF)}",
            hint="rename it after its format",
            place=str(file),
        )
    names = (
        read_label_names(file.parent / LABEL_NAMES)
        if file.suffix.lower() == ".tsv" and (file.parent / LABEL_NAMES).is_file()
        else list(labels)
    )
    index_of = {label: index for index, label in enumerate(labels)} | {NONE: -1}
    known = list(mapping or index_of)
    texts, rows, omitted = [], [], 0
    for row in read_rows(file, FORMAT_OF[file.suffix.lower()], known):
        found = {_index(name, names, mapping, index_of, file, row) for name in row.labels}
        if not multi_label and len(found) > 1:
            omitted += 1
            continue
        flags = np.zeros(len(labels), dtype=bool)
        flags[[index for index in found if index >= 0]] = True
        texts.append(row.text)
        rows.append(flags)
    if not texts:
        raise BuilderError(
            f"{file}: holds no texts that this model can be measured on", place=str(file)
        )
    return EvalData(file, texts, np.stack(rows), omitted)


def mapping_for(file: Path, given: Path | None, asset: Path) -> dict[str, str] | None:
    """The model's label for each label of a data file, from the table ``[labels]`` of ``given``, or
    else from the recipe beside the asset; None if both use the same names.

    :raises BuilderError: if one of these files cannot be read.
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


def _index(
    name: str,
    names: Sequence[str],
    mapping: Mapping[str, str] | None,
    index_of: Mapping[str, int],
    file: Path,
    row: Row,
) -> int:
    """The index of the model's label for a label of the data; -1 for none of them."""
    theirs = name
    if name not in (mapping or index_of) and name.isascii() and name.isdigit():
        if len(name) > 9 or int(name) >= len(names):
            raise wrong(
                file,
                row.line,
                f"'{name}' is no label id",
                f"ids go from 0 to {len(names) - 1}",
            )
        theirs = names[int(name)]
    ours = mapping.get(theirs) if mapping else theirs
    if ours is None or ours not in index_of:
        known = ", ".join(mapping or [label for label in index_of if label != NONE])
        raise wrong(
            file,
            row.line,
            f"unknown label '{theirs}'",
            f"known labels: {known}"
            if mapping
            else f"labels of this model: {known}; --map translates other names",
        )
    return index_of[ours]
