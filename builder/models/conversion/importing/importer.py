"""Import a checkpoint folder, a hub id or an ONNX file as an asset.

The asset gives the same token ids and logits as its source.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from builder.config.reader import read_text
from builder.errors import BuilderError
from builder.files import replacing
from builder.models.asset.asset import FORMAT, GRAPH, WEIGHTS, write_asset
from builder.models.asset.card import render_imported
from builder.models.asset.licence import Licence, read_licence
from builder.models.asset.scoring import REGRESSION
from builder.models.asset.tokenizer import (
    describe_tokenizer,
    describe_wordpiece_json,
    read_tokenizer,
    write_vocabulary,
)
from builder.models.conversion.export import fuse, inputs_of, save_with_weights
from builder.models.conversion.importing.added_tokens import check_added_tokens
from builder.models.conversion.importing.binary import with_both_logits
from builder.models.conversion.importing.check import Check, compare
from builder.models.conversion.importing.checkpoint import open_checkpoint
from builder.models.conversion.importing.labels import (
    activation_of,
    configured_labels,
    labels_of,
    scale_of,
)
from builder.models.conversion.importing.limits import (
    check_vocabulary,
    max_length,
    run_once,
    short_text,
)
from builder.models.conversion.importing.onnx_file import open_onnx
from builder.models.conversion.importing.opened import OpenedModel
from builder.models.conversion.importing.source import Provenance, locate
from builder.progress import work

VALUE = "value"
"""The label of a regression that has no other."""
PRECISION = "fp32: not quantized yet"


@dataclass(frozen=True)
class Imported:
    """The asset, its origin, and notes for its author."""

    asset: Path
    family: str
    labels: list[str]
    activation: str
    tokenizer: str
    bytes: int
    licence: Licence
    check: Check
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """Facts that the author states; None takes them from the source."""

    name: str | None = None
    labels: Sequence[str] | None = None
    licence: str | None = None
    revision: str | None = None
    allow_pickle: bool = False
    multi_label: bool | None = None
    scale: tuple[float, float] | None = None
    """Of a regression: the values at the ends of its scale."""
    texts: Sequence[str] | None = None


def import_model(source: str, out: Path, options: ImportOptions) -> Imported:
    """Write an asset with fp32 weights, if it gives the same token ids and logits as its source.

    :param source: a folder with a checkpoint or an ONNX file, an ONNX file, or the id of a model on
        the Hugging Face hub.
    :raises BuilderError: if there is no such model, or the extension cannot run it.
    :raises CheckFailed: if the asset would differ from its source. Nothing is written then.
    """
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        found = locate(
            source, scratch, revision=options.revision, allow_pickle=options.allow_pickle
        )
        config = found.config()
        names = list(options.labels) if options.labels else configured_labels(config)
        if found.is_checkpoint:
            model = open_checkpoint(found.path, config, scratch, allow_pickle=options.allow_pickle)
        else:
            model = open_onnx(found.path, config, scratch, home=found.folder)
        tokenizer = read_tokenizer(model.tokenizer)
        ids = short_text(model)
        width = run_once(model.logits, ids, found.path)
        if width == 1 and len(names or ()) == 2:
            model, width = with_both_logits(model, scratch), 2
        scale = None
        if width == 1:
            names = names or [VALUE]
            scale = scale_of(config, options.scale, found.path, in_graph=model.activation)
            activation = REGRESSION
        else:
            activation = activation_of(
                config, in_graph=model.activation, multi_label=options.multi_label
            )
        labels = labels_of(names, width, found.path)
        check_vocabulary(model.logits, ids, tokenizer, found.path)
        licence = read_licence(found.folder, options.licence)
        with replacing(out) as target:
            target.mkdir()
            with work("Fusing the graph"):
                fused = scratch / "fused.onnx"
                counts = fuse(model.graph, fused, heads=model.heads, hidden=model.hidden)
                save_with_weights(fused, target, logits=(model.output, width))
            spec = _write_tokenizer(model, tokenizer, target, found.path)
            description = _describe(
                options.name or _slug(source), licence, found.provenance, labels, activation
            )
            if scale is not None:
                description["scale"] = {"low": scale[0], "high": scale[1]}
            description |= {
                "max_length": max_length(model, config),
                "tokenizer": spec,
                "inputs": inputs_of(target / GRAPH),
                "output": {"name": model.output},
            }
            check = compare(model, target, description, options.texts)
            attention_fused = bool(counts.get("Attention"))
            description["imported"] = {
                "from": found.provenance.kind,
                "family": model.family,
                "hidden": model.hidden or None,
                "fused": attention_fused,
                "check": asdict(check),
            }
            files = (GRAPH, WEIGHTS, spec["vocabulary"])
            write_asset(target, description, files, render_imported)
            size = sum((target / name).stat().st_size for name in files)
    return Imported(
        asset=out,
        family=model.family,
        labels=labels,
        activation=activation,
        tokenizer=spec["kind"],
        bytes=size,
        licence=licence,
        check=check,
        notes=_notes(labels, activation, licence, attention_fused, check),
    )


def read_texts(path: Path) -> list[str]:
    """Read one text a line; empty lines are omitted.

    :raises BuilderError: if the file cannot be read or has no text.
    """
    texts = [line for line in read_text(path, utf16=True).split("\n") if line.strip()]
    if not texts:
        raise BuilderError(f"{path}: holds no texts", hint="one text a line", place=str(path))
    return texts


def _write_tokenizer(
    model: OpenedModel, tokenizer: Tokenizer, target: Path, place: Path
) -> dict[str, Any]:
    """Write the vocabulary, and return the ``tokenizer`` entry of model.json.

    :raises BuilderError: if the extension cannot run the tokenizer as it is.
    """
    spec = describe_tokenizer(model.tokenizer)
    write_vocabulary(model.tokenizer, spec, target)
    try:
        check_added_tokens(place, tokenizer, model.ids, spec, target)
    except BuilderError:
        if spec["kind"] != "wordpiece":
            raise
        # Hugging Face's library knows more rules of added tokens than our own WordPiece.
        whole = describe_wordpiece_json(model.tokenizer)
        (target / spec["vocabulary"]).unlink()
        write_vocabulary(model.tokenizer, whole, target)
        if not check_added_tokens(place, tokenizer, model.ids, whole, target):
            raise  # without Node, nobody knows whether the library knows this rule
        return whole
    return spec


def _describe(
    name: str, licence: Licence, provenance: Provenance, labels: Sequence[str], activation: str
) -> dict[str, Any]:
    """The part of model.json that does not depend on the graph and the tokenizer."""
    return {
        "format": FORMAT,
        "name": name,
        "version": "1.0.0",
        "licence": asdict(licence),
        "sources": [
            {
                "what": "model",
                "name": provenance.name,
                "licence": licence.name,
                "sha256": provenance.sha256,
            }
        ],
        "labels": [{"id": label, "name": {"en": _display(label)}} for label in labels],
        "activation": activation,
        "temperature": 1.0,
        "thresholds": None,
        "min_score": 0.5 if activation == "sigmoid" else 0.0,
        "graph": GRAPH,
        "weights": WEIGHTS,
        "quantization": {"scheme": PRECISION},
    }


def _notes(
    labels: Sequence[str], activation: str, licence: Licence, fused: bool, check: Check
) -> list[str]:
    notes = []
    if check.browser_same_ids is None:
        notes.append(
            "the browser's tokenizer was not compared, as Node 20 is missing: 'builder verify' on"
            " the package compares its answers"
        )
    elif check.browser_same_ids < check.texts:
        notes.append(
            f"the browser's tokenizer gives other ids for {check.texts - check.browser_same_ids} of"
            f" {check.texts} texts: it treats rare characters otherwise"
        )
    if all(re.fullmatch(r"LABEL_\d+", label) for label in labels):
        notes.append(
            "its labels have no names (LABEL_0, ...): name them with --labels, or in model.json"
            " under labels"
        )
    if not licence.known:
        notes.append(
            "no licence is stated: the card says so; name it with --licence once you know it"
        )
    if activation == "sigmoid":
        notes.append(
            "every label passes from a score of 0.5: 'builder model quantize --calibrate' finds a"
            " threshold for each on your data"
        )
    if not fused:
        cost = "" if check.text_ms is None else f" (a text took {check.text_ms} ms here, in fp32)"
        notes.append(
            f"its attention could not be fused: it will run slower than a BERT of its size{cost}"
        )
    return notes


def _slug(source: str) -> str:
    path = Path(source)
    name = (
        path.parent.resolve().name
        if path.suffix == ".onnx"
        else path.resolve().name
        if path.exists()
        else path.name
    )
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "model"


def _display(label: str) -> str:
    words = label.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
