"""An asset: a folder with one model ready to ship, described by its model.json (schema in
docs/reference/model.schema.json).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builder.config.reader import ConfigReader, read_json
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.asset.scoring import ACTIVATIONS

FORMAT = 1
TOKENIZER_KINDS = ("wordpiece", "bpe", "unigram")
DESCRIPTION = "model.json"
CARD = "README.md"
GRAPH, WEIGHTS = "model.onnx", "weights.bin"
"""The names of an asset's graph and of its weights, as our commands write them."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AssetFile:
    """A file of the asset with its size in bytes and its SHA-256."""

    path: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, folder: Path, path: str) -> AssetFile:
        return cls(path, (folder / path).stat().st_size, sha256_of(folder / path))


@dataclass(frozen=True)
class Asset:
    """A checked asset: every file that model.json names is there, with the bytes that it names."""

    folder: Path
    description: dict[str, Any]
    files: tuple[AssetFile, ...]

    @property
    def name(self) -> str:
        return str(self.description["name"])

    @property
    def label_ids(self) -> list[str]:
        """Labels in logit order."""
        return [label["id"] for label in self.description["labels"]]

    @property
    def needs_tokenizers(self) -> bool:
        """Whether its texts are tokenized by Hugging Face's library rather than by our own
        WordPiece.
        """
        return bool(self.description["tokenizer"]["kind"] != "wordpiece")

    @property
    def shipped(self) -> list[str]:
        """What of the folder belongs into a bundle, relative to it."""
        return [DESCRIPTION, CARD, *(file.path for file in self.files)]


def load_asset(folder: Path) -> Asset:
    """Read and check an asset.

    :raises BuilderError: if the folder, a key or a file is missing, a file is not the one that
        model.json describes, or the number of labels is not that of the model's output.
    """
    if not folder.is_dir():
        raise BuilderError(
            f"{folder}: no such asset folder",
            hint="set model.asset in extension.toml to a folder that holds model.json",
            place=str(folder),
        )
    log.debug("reading %s and comparing its files with their SHA-256", folder)
    table = read_json(folder / DESCRIPTION)
    description = table.values
    if (version := table.require("format", int)) != FORMAT:
        raise table.error(
            "format",
            f"{version} is not the format that this builder reads ({FORMAT})",
            hint="build the asset again",
        )
    for key, kind in (
        ("name", str),
        ("version", str),
        ("licence", dict),
        ("activation", str),
        ("max_length", int),
        ("tokenizer", dict),
        ("inputs", list),
        ("output", dict),
        ("graph", str),
    ):
        table.require(key, kind)
    tokenizer = table.table("tokenizer")
    if (tokens := tokenizer.require("kind", str)) not in TOKENIZER_KINDS:
        raise tokenizer.error(
            "kind", f"'{tokens}' is not known", hint=f"use one of: {', '.join(TOKENIZER_KINDS)}"
        )
    labels = table.tables("labels")
    for label in labels:
        label.require("id", str)
        label.require("name", dict)
    _check_scoring(table, len(labels))
    if not (folder / CARD).is_file():
        raise BuilderError(
            f"{folder / CARD}: missing",
            hint="every asset ships with its model card",
            place=str(folder / CARD),
        )
    files = tuple(_check_file(folder, entry) for entry in table.tables("files"))
    named = {file.path for file in files}
    for key, path in (
        ("graph", description["graph"]),
        ("weights", description.get("weights")),
        ("tokenizer", description["tokenizer"].get("vocabulary")),
    ):
        if path is not None and path not in named:
            raise table.error(
                key, f"'{path}' does not stand under files", hint="add it with its bytes and sha256"
            )
    outputs = _output_width(folder / description["graph"], description["output"].get("name", ""))
    if outputs != len(labels):
        raise table.error(
            "labels",
            f"{len(labels)} labels, but the model gives {outputs} scores",
            hint="list one label a score, in the order of the scores",
        )
    return Asset(folder, description, files)


def write_asset(
    folder: Path,
    description: dict[str, Any],
    names: Sequence[str],
    card: Callable[[dict[str, Any]], str],
) -> None:
    """Complete an asset whose files, ``names``, lie in ``folder``: its model.json and its card,
    which ``card`` makes of that.
    """
    whole = description | {"files": [asdict(AssetFile.of(folder, name)) for name in names]}
    (folder / DESCRIPTION).write_text(
        json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (folder / CARD).write_text(card(whole), encoding="utf-8")


def _check_scoring(table: ConfigReader, labels: int) -> None:
    activation = table.require("activation", str)
    if activation not in ACTIVATIONS:
        raise table.error(
            "activation",
            f"'{activation}' is not known",
            hint=f"use one of: {', '.join(ACTIVATIONS)}",
        )
    if not table.require("temperature", float) > 0:
        raise table.error(
            "temperature", "has to be above 0", hint="1.0 leaves the scores as they are"
        )
    thresholds = table.values.get("thresholds")
    if thresholds is not None:
        if activation != "sigmoid":
            raise table.error(
                "thresholds",
                f"mean nothing with '{activation}'",
                hint="null; min_score is the one threshold there",
            )
        if len(table.require("thresholds", list)) != labels:
            raise table.error(
                "thresholds",
                f"{len(thresholds)} for {labels} labels",
                hint="one a label, in the order of the labels",
            )
    for key, values in (
        ("thresholds", thresholds or []),
        ("min_score", [table.require("min_score", float)]),
    ):
        for value in values:
            if (
                isinstance(value, bool)
                or not isinstance(value, (int, float))
                or not 0 <= value <= 1
            ):
                raise table.error(key, f"{value} is not a score in 0..1")


def _check_file(folder: Path, entry: ConfigReader) -> AssetFile:
    file = AssetFile(
        entry.require("path", str), entry.require("bytes", int), entry.require("sha256", str)
    )
    entry.finish()
    path = folder / file.path
    if ".." in Path(file.path).parts or Path(file.path).is_absolute():
        raise entry.error("path", f"'{file.path}' leads out of the asset's folder")
    if not path.is_file():
        raise BuilderError(
            f"{path}: missing",
            hint=f"{DESCRIPTION} names it; restore it or build the asset again",
            place=str(path),
        )
    if path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
        raise BuilderError(
            f"{path}: not the file that {DESCRIPTION} describes (SHA-256 differs)",
            hint="restore the file, or build the asset again so that both fit",
            place=str(path),
        )
    return file


def _output_width(graph: Path, name: str) -> int:
    import onnx  # takes a tenth of a second

    try:
        model = onnx.load(str(graph), load_external_data=False)
    except Exception as error:  # protobuf raises its own classes, by backend
        raise BuilderError(
            f"{graph}: cannot be read as an ONNX model", hint=str(error), place=str(graph)
        ) from None
    for output in model.graph.output:
        if output.name == name:
            return int(output.type.tensor_type.shape.dim[-1].dim_value)
    found = ", ".join(output.name for output in model.graph.output)
    raise BuilderError(
        f"{graph}: has no output '{name}'",
        hint=f"it has: {found}; set output.name in {DESCRIPTION}",
        place=str(graph),
    )
