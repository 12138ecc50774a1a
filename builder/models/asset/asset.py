"""An asset: a folder with one model ready to ship, described by model.json."""

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
from builder.models.asset.schema import validate_description
from builder.models.asset.scoring import REGRESSION

FORMAT = 1
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
    """A checked asset: every file of model.json exists with the right content."""

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
        """Whether the extension needs Hugging Face's tokenizer library, not our own WordPiece."""
        return bool(self.description["tokenizer"]["kind"] != "wordpiece")

    @property
    def shipped(self) -> list[str]:
        """The files that belong into a bundle, relative to the folder."""
        return [DESCRIPTION, CARD, *(file.path for file in self.files)]


def load_asset(folder: Path) -> Asset:
    """Read and check an asset.

    :raises BuilderError: if the folder or a file is missing, model.json violates its schema, a file
        has another hash than in model.json, or the graph has another number of scores than labels.
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
    validate_description(description, folder / DESCRIPTION)
    _check_thresholds(table)
    _check_scale(table)
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
                key, f"'{path}' is not listed under files", hint="add it with its bytes and sha256"
            )
    labels = description["labels"]
    _check_special_tokens(table, folder)
    graph = _read_graph(folder / description["graph"])
    _check_inputs(table, graph, folder / description["graph"])
    outputs = _output_width(graph, folder / description["graph"], description["output"]["name"])
    if outputs != len(labels):
        raise table.error(
            "labels",
            f"{len(labels)} labels, but the model gives {outputs} scores",
            hint="list one label for each score, in the order of the scores",
        )
    return Asset(folder, description, files)


def write_asset(
    folder: Path,
    description: dict[str, Any],
    names: Sequence[str],
    card: Callable[[dict[str, Any]], str],
) -> None:
    """Write model.json and the model card of an asset.

    :param folder: holds the asset's other files, ``names``.
    :param card: renders the card from the content of model.json.
    """
    whole = description | {"files": [asdict(AssetFile.of(folder, name)) for name in names]}
    (folder / DESCRIPTION).write_text(
        json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (folder / CARD).write_text(card(whole), encoding="utf-8")


def _check_thresholds(table: ConfigReader) -> None:
    activation, thresholds = table.values["activation"], table.values["thresholds"]
    labels = len(table.values["labels"])
    if thresholds is None:
        return
    if activation != "sigmoid":
        raise table.error(
            "thresholds",
            f"mean nothing with '{activation}'",
            hint="null; min_score is the one threshold there",
        )
    if len(thresholds) != labels:
        raise table.error(
            "thresholds",
            f"{len(thresholds)} for {labels} labels",
            hint="one for each label, in the order of the labels",
        )


def _check_scale(table: ConfigReader) -> None:
    scale, labels = table.values.get("scale"), table.values["labels"]
    if table.values["activation"] != REGRESSION:
        if scale is not None:
            raise table.error(
                "scale", f"means nothing with '{table.values['activation']}'", hint="remove it"
            )
        if len(labels) < 2:
            raise table.error("labels", "has 1 entry, and a classifier needs 2")
        return
    if scale is None:
        raise table.error("scale", "missing", hint='add "scale": {"low": 1, "high": 5}')
    if len(labels) != 1:
        raise table.error("labels", f"has {len(labels)} entries, and a regression has 1")
    if not scale["low"] < scale["high"]:
        raise table.error("scale", "its low end is not below its high end")


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


def _check_special_tokens(table: ConfigReader, folder: Path) -> None:
    """:raises BuilderError: if a special token of a WordPiece has another id in the vocabulary."""
    spec = table.values["tokenizer"]
    if spec["kind"] != "wordpiece":
        return
    lines = (folder / spec["vocabulary"]).read_text(encoding="utf-8", errors="replace").split("\n")
    ids = {token: number for number, token in enumerate(lines)}
    ids |= {added["token"]: added["id"] for added in spec["added_tokens"]}
    for role, special in spec["special_tokens"].items():
        unknown = role == "unk" and special["token"] not in lines
        if unknown or ids.get(special["token"]) != special["id"]:
            raise table.table("tokenizer").error(
                f"special_tokens.{role}",
                f"'{special['token'][:40]}' is not number {special['id']} of {spec['vocabulary']}",
                hint="import the model again: builder model import",
            )


def _read_graph(file: Path) -> Any:
    import onnx  # takes a tenth of a second

    try:
        graph = onnx.load(str(file), load_external_data=False).graph
        check_names(graph)
        return graph
    except Exception as error:  # protobuf raises its own classes, by backend
        raise BuilderError(
            f"{file}: cannot be read as an ONNX model", hint=str(error), place=str(file)
        ) from None


def check_names(graph: Any) -> None:
    """:raises ValueError: if a name in a graph is no UTF-8: protobuf gives bytes for it."""
    named = [*graph.input, *graph.output, *graph.initializer, *graph.node]
    names = [entry.name for entry in named]
    for entry in (*graph.input, *graph.output, *graph.value_info):
        names += [dimension.dim_param for dimension in entry.type.tensor_type.shape.dim]
    for node in graph.node:
        names += [node.op_type, *node.input, *node.output]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("a name in it is not UTF-8 text")


def _check_inputs(table: ConfigReader, graph: Any, file: Path) -> None:
    """:raises BuilderError: if model.json names other inputs than the graph."""
    weights = {tensor.name for tensor in graph.initializer}  # some exporters list them as inputs
    needed = sorted({entry.name for entry in graph.input} - weights)
    named = sorted(entry["name"] for entry in table.values["inputs"])
    if needed != named:
        raise table.error(
            "inputs",
            f"names {', '.join(named) or 'nothing'}, and {file.name} takes {', '.join(needed)}",
            hint="list each input of the graph once",
        )


def _output_width(graph: Any, file: Path, name: str) -> int:
    for output in graph.output:
        if output.name == name:
            dimensions = output.type.tensor_type.shape.dim
            if len(dimensions) != 2 or not dimensions[1].dim_value:
                raise BuilderError(
                    f"{file}: its output '{name}' has no shape (batch, labels) with a number of"
                    " labels",
                    hint="import the model again: builder model import",
                    place=str(file),
                )
            return int(dimensions[1].dim_value)
    found = ", ".join(output.name for output in graph.output)
    raise BuilderError(
        f"{file}: has no output '{name}'",
        hint=f"it has: {found}; set output.name in {DESCRIPTION}",
        place=str(file),
    )
