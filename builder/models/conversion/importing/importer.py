"""Models that authors bring: a checkpoint folder, a hub id or an ONNX file becomes an asset, and is
compared with its source.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.config.reader import ConfigReader, read_json, read_text
from builder.errors import BuilderError, CheckFailed
from builder.files import replacing, sha256_of
from builder.models.asset.asset import FORMAT, write_asset
from builder.models.asset.card import render_imported
from builder.models.asset.licence import Licence, read_licence
from builder.models.asset.sample_texts import SAMPLE_TEXTS
from builder.models.asset.tokenizer import (
    TOKENIZER,
    describe_tokenizer,
    read_tokenizer,
    reference_tokenizer,
    write_vocabulary,
)
from builder.models.conversion.export import (
    INPUTS_OF,
    PICKLE,
    SAFETENSORS,
    fuse,
    inputs_of,
    load_checkpoint,
    require_torch,
    trace,
)
from builder.models.conversion.importing.hub import download
from builder.progress import work

TOLERANCE = 1e-3
"""How far a logit of the asset may be from the source's: fused operators add in another order."""

LARGEST_GRAPH = 1_900_000_000
"""Bytes of fp32 weights; an ONNX file ends at 2 GB, and a browser long before."""

PRECISION = "fp32: not quantized yet"
FAMILIES = (
    "supported families: BERT and MiniLM (bert), DistilBERT, ELECTRA, RoBERTa, XLM-RoBERTa, each"
    " ...ForSequenceClassification"
)
GRAPH, WEIGHTS = "model.onnx", "weights.bin"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_ROLES = {"input_ids", "attention_mask", "token_type_ids"}
_TOKENIZER_FILES = (
    TOKENIZER,
    "vocab.txt",
    "vocab.json",
    "sentencepiece.bpe.model",
    "spiece.model",
    "tokenizer.model",
)
_ONNX_PLACES = ("model.onnx", "onnx/model.onnx")


@dataclass(frozen=True)
class Check:
    """The asset beside its source on some texts."""

    texts: int
    built_in: bool
    """Whether they are ours rather than the author's."""
    same_ids: int
    """Texts whose token ids are the same."""
    largest_difference: float
    """Of any logit."""
    tolerance: float


@dataclass(frozen=True)
class Imported:
    """The asset that was written, what it came from, and what its author should know."""

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
    """What an author says of a model that its source does not, or says otherwise."""

    name: str | None = None
    labels: Sequence[str] | None = None
    licence: str | None = None
    revision: str | None = None
    allow_pickle: bool = False
    texts: Sequence[str] | None = None


@dataclass(frozen=True)
class _Source:
    """A model before it is an asset: its graph, and what gives ids and logits without us."""

    family: str
    graph: Path
    tokenizer: Path
    output: str
    heads: int
    hidden: int
    max_length: int
    ids: Callable[[str], list[int]]
    logits: Callable[[list[int]], NDArray[np.float32]]


def import_model(source: str, out: Path, options: ImportOptions) -> Imported:
    """Write an asset with fp32 weights for a model, if it gives the same token ids and logits as
    its source.

    :param source: a folder with a checkpoint or with an ONNX file, an ONNX file, or the id of a
        model on the Hugging Face hub.
    :raises BuilderError: if the model is not there or is none that the extension can run.
    :raises CheckFailed: if the asset would answer otherwise than its source; nothing is written
        then.
    """
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        folder, provenance = _locate(source, scratch, options)
        config = _read_config(folder if folder.is_dir() else folder.parent)
        if folder.is_file() or not _has_weights(folder):
            opened = _open_onnx(folder, config)
        else:
            opened = _open_checkpoint(folder, config, scratch, allow_pickle=options.allow_pickle)
        labels = _labels(config, options.labels, opened, folder)
        activation = _activation(config)
        home = folder if folder.is_dir() else folder.parent
        licence = read_licence(home, options.licence)
        with replacing(out) as target:
            target.mkdir()
            with work("Fusing the graph"):
                fused = _write_graph(opened, scratch, target)
            spec = describe_tokenizer(opened.tokenizer)
            write_vocabulary(opened.tokenizer, spec, target)
            description: dict[str, Any] = {
                "format": FORMAT,
                "name": options.name or _slug(source),
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
                "max_length": opened.max_length,
                "tokenizer": spec,
                "inputs": inputs_of(target / GRAPH),
                "output": {"name": opened.output},
                "graph": GRAPH,
                "weights": WEIGHTS,
                "quantization": {"scheme": PRECISION},
            }
            check = _check(opened, target, description, options.texts)
            description["imported"] = {
                "from": provenance.kind,
                "family": opened.family,
                "hidden": opened.hidden or None,
                "fused": fused,
                "check": asdict(check),
            }
            write_asset(target, description, (GRAPH, WEIGHTS, spec["vocabulary"]), render_imported)
            size = sum(
                (target / name).stat().st_size for name in (GRAPH, WEIGHTS, spec["vocabulary"])
            )
    return Imported(
        out,
        opened.family,
        labels,
        activation,
        spec["kind"],
        size,
        licence,
        check,
        _notes(labels, activation, licence, fused),
    )


@dataclass(frozen=True)
class _Provenance:
    kind: str
    name: str
    sha256: str


def _locate(source: str, scratch: Path, options: ImportOptions) -> tuple[Path, _Provenance]:
    path = Path(source)
    if path.exists():
        weights = (
            path
            if path.is_file()
            else next(
                (
                    path / name
                    for name in (*SAFETENSORS[:1], PICKLE, *_ONNX_PLACES, SAFETENSORS[1])
                    if (path / name).is_file()
                ),
                None,
            )
        )
        if path.is_file() and path.suffix != ".onnx":
            raise BuilderError(
                f"{path}: neither a checkpoint folder nor an ONNX file",
                hint="name the folder around it",
                place=str(path),
            )
        kind = (
            "an ONNX file"
            if weights is not None and weights.suffix == ".onnx"
            else "a checkpoint folder"
        )
        return path, _Provenance(kind, path.resolve().name, sha256_of(weights) if weights else "")
    if path.is_absolute() or source.startswith(".") or not _HUB_ID.fullmatch(source):
        raise BuilderError(
            f"{source}: no such file or folder",
            place=source,
            hint=(
                "name a checkpoint folder, an ONNX file, or the id of a model on the Hugging Face"
                " hub, like 'organisation/model'"
            ),
        )
    folder, revision = download(
        source, options.revision, scratch / "hub", allow_pickle=options.allow_pickle
    )
    weights = next(
        (
            folder / name
            for name in (SAFETENSORS[0], PICKLE, *_ONNX_PLACES)
            if (folder / name).is_file()
        ),
        None,
    )
    return folder, _Provenance(
        "the Hugging Face hub",
        f"{source}, revision {revision}",
        sha256_of(weights) if weights else "",
    )


def _has_weights(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (*SAFETENSORS, PICKLE))


def _read_config(folder: Path) -> ConfigReader | None:
    return read_json(folder / "config.json") if (folder / "config.json").is_file() else None


def _open_checkpoint(
    folder: Path, config: ConfigReader | None, scratch: Path, *, allow_pickle: bool
) -> _Source:
    if config is None:
        raise BuilderError(
            f"{folder / 'config.json'}: no such file",
            hint="name the folder that save_pretrained wrote",
            place=str(folder),
        )
    family = config.optional("model_type", str, "")
    if family not in INPUTS_OF:
        raise config.error(
            "model_type",
            f"the family '{family}' is not supported" if family else "missing",
            hint=FAMILIES,
        )
    architecture = next(iter(config.optional("architectures", list, [])), "")
    if not architecture.endswith("ForSequenceClassification"):
        raise config.error(
            "architectures",
            f"{architecture or 'nothing'} is no classifier of texts",
            hint=(
                "fine-tune it as ...ForSequenceClassification first, or import a model that is one"
            ),
        )
    if not any((folder / name).is_file() for name in SAFETENSORS) and not allow_pickle:
        raise BuilderError(
            f"{folder / PICKLE}: is a pickle, and loading a pickle can run any code that its maker"
            " put into it",
            place=str(folder / PICKLE),
            hint=(
                "convert it to safetensors (model.save_pretrained), or trust its maker and say"
                " --allow-pickle"
            ),
        )
    torch = require_torch()
    with work("Reading the checkpoint"):
        model = load_checkpoint(
            folder, allow_pickle=not any((folder / name).is_file() for name in SAFETENSORS)
        )
    if sum(weight.numel() for weight in model.parameters()) * 4 > LARGEST_GRAPH:
        raise BuilderError(
            f"{folder}: has more weights than a browser can take",
            hint="import a smaller model",
            place=str(folder),
        )
    encode, tokenizer = _slow_and_fast(folder, scratch)
    graph = scratch / "traced.onnx"
    with work("Tracing the model"):
        trace(model, graph)

    def logits(ids: list[int]) -> NDArray[np.float32]:
        with torch.no_grad():
            row = torch.tensor([ids])
            output: NDArray[np.float32] = (
                model(input_ids=row, attention_mask=torch.ones_like(row)).logits[0].numpy()
            )
        return output

    positions = config.optional("max_position_embeddings", int, 512)
    if family in ("roberta", "xlm-roberta"):
        positions -= (
            config.optional("pad_token_id", int, 1) + 1
        )  # their positions are counted from behind the padding's id
    return _Source(
        family,
        graph,
        tokenizer,
        "logits",
        model.config.num_attention_heads,
        model.config.hidden_size,
        positions,
        encode,
        logits,
    )


def _slow_and_fast(folder: Path, scratch: Path) -> tuple[Callable[[str], list[int]], Path]:
    """What the checkpoint's own tokenizer makes of a text, and its tokenizer.json."""
    from transformers import AutoTokenizer

    if not any(
        (folder / name).is_file() for name in _TOKENIZER_FILES
    ):  # transformers would make an empty one
        raise BuilderError(
            f"{folder}: holds no tokenizer",
            hint="save it beside the weights: tokenizer.save_pretrained(FOLDER)",
            place=str(folder),
        )
    try:
        theirs = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        theirs.save_pretrained(scratch / "tokenizer")
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{folder}: its tokenizer cannot be read: {first}",
            place=str(folder),
            hint="save it beside the weights: tokenizer.save_pretrained(FOLDER)",
        ) from None

    def encode(text: str) -> list[int]:
        ids: list[int] = theirs(text)["input_ids"]
        return ids

    own = folder / TOKENIZER
    saved = scratch / "tokenizer" / TOKENIZER
    if not own.is_file() and not saved.is_file():
        raise BuilderError(
            f"{own}: no such file, and the tokenizer has no fast form to write it from",
            hint=FAMILIES,
            place=str(own),
        )
    return encode, saved if saved.is_file() else own


def _open_onnx(source: Path, config: ConfigReader | None) -> _Source:
    import onnx
    import onnxruntime

    home = source.parent if source.is_file() else source
    graph = (
        source
        if source.is_file()
        else next((source / name for name in _ONNX_PLACES if (source / name).is_file()), None)
    )
    if graph is None:
        raise BuilderError(
            f"{source}: holds neither model.safetensors nor an ONNX file",
            place=str(source),
            hint="name the folder that save_pretrained wrote",
        )
    try:
        model = onnx.load(str(graph), load_external_data=False)
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{graph}: cannot be run as an ONNX model: {first}",
            hint="export it again",
            place=str(graph),
        ) from None
    if any(
        node.op_type in ("DynamicQuantizeLinear", "QuantizeLinear", "MatMulNBits")
        for node in model.graph.node
    ):
        raise BuilderError(
            f"{graph}: is quantized already, so that there is nothing to compare with",
            place=str(graph),
            hint=(
                "import the fp32 export (model.onnx); 'builder model quantize' shrinks it and"
                " measures what that costs"
            ),
        )
    inputs = []
    for entry in session.get_inputs():
        if entry.name not in _ROLES or entry.type not in ("tensor(int64)", "tensor(int32)"):
            raise BuilderError(
                f"{graph}: takes {entry.name} ({entry.type})",
                place=str(graph),
                hint=f"it may take {', '.join(sorted(_ROLES))}, as int64 or int32",
            )
        inputs.append({"name": entry.name, "role": entry.name, "type": entry.type[7:-1]})
    output = session.get_outputs()[0]
    if len(output.shape) != 2:
        raise BuilderError(
            f"{graph}: its first output, {output.name}, has {len(output.shape)} dimensions instead"
            " of (batch, labels)",
            place=str(graph),
            hint="export the classifier, not its encoder",
        )
    tokenizer = next(
        (place / TOKENIZER for place in (graph.parent, home) if (place / TOKENIZER).is_file()),
        home / TOKENIZER,
    )

    def logits(ids: list[int]) -> NDArray[np.float32]:
        values = {
            "input_ids": ids,
            "attention_mask": [1] * len(ids),
            "token_type_ids": [0] * len(ids),
        }
        feeds = {
            entry["name"]: np.array([values[entry["role"]]], dtype=entry["type"])
            for entry in inputs
        }
        row: NDArray[np.float32] = session.run([output.name], feeds)[0][0]
        return row

    theirs = read_tokenizer(tokenizer)

    def encode(text: str) -> list[int]:
        ids: list[int] = theirs.encode(text).ids
        return ids

    family = config.optional("model_type", str, "unknown") if config else "unknown"
    positions = config.optional("max_position_embeddings", int, 512) if config else 512
    if family in ("roberta", "xlm-roberta"):
        positions -= 2
    return _Source(
        family,
        graph,
        tokenizer,
        output.name,
        config.optional("num_attention_heads", int, 0) if config else 0,
        config.optional("hidden_size", int, 0) if config else 0,
        positions,
        encode,
        logits,
    )


def _labels(
    config: ConfigReader | None, given: Sequence[str] | None, source: _Source, place: Path
) -> list[str]:
    width = len(source.logits(source.ids("one")))
    names = list(given) if given else []
    if not names and config is not None and "id2label" in config.values:
        by_id = config.require("id2label", dict)
        names = [str(by_id[key]) for key in sorted(by_id, key=int)]
    if not names:
        raise BuilderError(
            f"{place}: nothing says what its {width} scores mean",
            hint="name them in order: --labels one,two,...",
            place=str(place),
        )
    if len(names) != width:
        raise BuilderError(
            f"{place}: {len(names)} labels, but the model gives {width} scores",
            hint="one label a score, in the order of the scores",
            place=str(place),
        )
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BuilderError(
            f"{place}: the label '{twice}' is there twice",
            hint="--labels names them anew",
            place=str(place),
        )
    if width < 2:
        raise BuilderError(
            f"{place}: gives one score, as a regression does",
            hint="a classifier has two labels at least",
            place=str(place),
        )
    return names


def _activation(config: ConfigReader | None) -> str:
    problem = config.values.get("problem_type") if config else None
    if problem == "regression":
        assert config is not None
        raise config.error("problem_type", "a regression has no labels", hint="import a classifier")
    return "sigmoid" if problem == "multi_label_classification" else "softmax"


def _write_graph(source: _Source, scratch: Path, target: Path) -> bool:
    """The fused graph with its weights beside it; whether attention was fused."""
    import onnx

    fused = scratch / "fused.onnx"
    counts = fuse(source.graph, fused, heads=source.heads, hidden=source.hidden)
    onnx.save_model(
        onnx.load(str(fused)),
        str(target / GRAPH),
        save_as_external_data=True,
        location=WEIGHTS,
        size_threshold=1024,
    )
    if not (target / WEIGHTS).is_file():
        (target / WEIGHTS).write_bytes(b"")
    return bool(counts.get("Attention"))


def _check(
    source: _Source, folder: Path, description: dict[str, Any], given: Sequence[str] | None
) -> Check:
    """:raises CheckFailed: if ids or logits differ."""
    from builder.models.metrics.evaluate import Scorer

    texts = list(given) if given else list(SAMPLE_TEXTS)
    ours = reference_tokenizer(description["tokenizer"], folder, max_length=None)
    room = description["max_length"]
    whole = {text: source.ids(text) for text in texts}
    differing = [text for text in texts if ours.encode(text).ids != whole[text]]
    if differing:
        raise CheckFailed(
            f"the asset's tokenizer gives other ids than its source for {len(differing)} of"
            f" {len(texts)} texts, first for {differing[0][:60]!r}: nothing was written",
            hint="report it with the model's name: this is ours to fix",
        )
    fitting = [text for text in texts if len(whole[text]) <= room]
    with work("Comparing with the source", len(fitting)) as advance:
        largest = 0.0
        scorer = Scorer(folder, description)
        for text in fitting:
            largest = max(
                largest, float(np.abs(scorer.logits([text])[0] - source.logits(whole[text])).max())
            )
            advance(1)
    if not largest <= TOLERANCE:
        raise CheckFailed(
            f"a logit of the asset is {largest:.4g} off its source's, more than {TOLERANCE}:"
            " nothing was written",
            hint="report it with the model's name: this is ours to fix",
        )
    return Check(len(texts), not given, len(texts), largest, TOLERANCE)


def _notes(labels: Sequence[str], activation: str, licence: Licence, fused: bool) -> list[str]:
    notes = []
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
            "every label counts from a score of 0.5: 'builder model quantize --calibrate' finds a"
            " threshold for each on your data"
        )
    if not fused:
        notes.append("its attention could not be fused: it will run slower than a BERT of its size")
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


def read_texts(path: Path) -> list[str]:
    """One text a line; empty lines are left out.

    :raises BuilderError: if the file cannot be read or holds none.
    """
    texts = [line for line in read_text(path).splitlines() if line.strip()]
    if not texts:
        raise BuilderError(f"{path}: holds no texts", hint="one text a line", place=str(path))
    return texts
