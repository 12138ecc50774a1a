"""The files of a repository on the hub: what transformers.js and optimum look for, the model card,
and the asset itself for other builders of extensions.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from tokenizers import Tokenizer

from builder.errors import BuilderError
from builder.models.asset.asset import CARD, DESCRIPTION, Asset
from builder.models.asset.licence import FREE, UNKNOWN, front_matter
from builder.models.asset.tokenizer import TOKENIZER, VOCABULARY, reference_tokenizer
from builder.stores.hub.graph import write_graph
from builder.stores.hub.private import refuse_private

ASSET, ONNX = "asset", "onnx"
LICENCE = "LICENSE.md"
NONE = "none"
"""The label of the class "none of them"."""
_METRICS = (
    ("answer_accuracy", "accuracy", "Right answers, no clear answer among them"),
    ("accuracy", "accuracy", "Accuracy"),
    ("macro_f1", "f1", "Macro F1"),
)
"""Keys of model.json, types and names on the hub; the first that there is counts."""
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Layout:
    """``files``: paths in the folder, with sizes in bytes. ``licence``: as the hub names it."""

    files: dict[str, int]
    licence: str
    restricts_use: bool

    @property
    def bytes(self) -> int:
        return sum(self.files.values())


def write_layout(asset: Asset, folder: Path, repository: str) -> Layout:
    """Write the repository's files to ``folder``, which must not exist.

    :param repository: its name, for the examples of the card.
    :raises BuilderError: if a file names a path of this machine or holds a secret.
    """
    model = asset.description
    (folder / ONNX).mkdir(parents=True)
    (folder / ASSET).mkdir()
    for name in asset.shipped:
        (folder / ASSET / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(asset.folder / name, folder / ASSET / name)
    precision = "q8" if "quantization" in model else "fp32"
    graph = "model_quantized.onnx" if precision == "q8" else "model.onnx"
    write_graph(asset.folder, model, folder / ONNX / graph)
    size = _write_tokenizer(asset, folder)
    _write_json(folder / "config.json", _config(model, size, precision))
    licence = licence_on_the_hub(model["licence"])
    (folder / LICENCE).write_text(_render("hub-licence.md.jinja", model=model), encoding="utf-8")
    (folder / CARD).write_text(
        _card(asset, repository, graph=f"{ONNX}/{graph}", precision=precision, licence=licence),
        encoding="utf-8",
    )
    refuse_private(folder)
    files = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return Layout(files, licence, model["licence"]["restricts_use"])


def refuse_to_overwrite(folder: Path) -> None:
    """:raises BuilderError: if there is something else than what an earlier push wrote."""
    earlier = (folder / ASSET / DESCRIPTION).is_file() and (folder / ONNX).is_dir()
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not earlier):
        raise BuilderError(
            f"{folder}: exists, and is no repository that 'builder model push' wrote",
            hint="choose another folder",
            place=str(folder),
            code="would-overwrite",
        )


def licence_on_the_hub(licence: dict[str, Any]) -> str:
    """The hub's identifier of a licence; ``other`` for one that it does not know."""
    name = str(licence["name"]).lower().replace(" ", "-")
    return name if name in FREE or name == UNKNOWN else "other"


def _classes(model: dict[str, Any]) -> list[str]:
    labels = [str(label["id"]) for label in model["labels"]]
    return [*labels, NONE] if model["activation"] == "softmax_with_none" else labels


def _config(model: dict[str, Any], vocabulary_size: int, precision: str) -> dict[str, Any]:
    """``model_type`` chooses no code here: the graph is all that runs."""
    classes = _classes(model)
    problem = {"sigmoid": "multi_label_classification", "regression": "regression"}
    return {
        "model_type": "bert",
        "architectures": ["BertForSequenceClassification"],
        "problem_type": problem.get(model["activation"], "single_label_classification"),
        "id2label": dict(enumerate(classes)),
        "label2id": {label: number for number, label in enumerate(classes)},
        "max_position_embeddings": model["max_length"],
        "vocab_size": vocabulary_size,
        "transformers.js_config": {"dtype": precision},
    }


def _write_tokenizer(asset: Asset, folder: Path) -> int:
    """Write the tokenizer's files; gives the number of its tokens."""
    spec = asset.description["tokenizer"]
    tokenizer = reference_tokenizer(spec, asset.folder, max_length=None)
    tokenizer.save(str(folder / TOKENIZER))
    if spec["kind"] == "wordpiece":
        shutil.copyfile(asset.folder / spec["vocabulary"], folder / VOCABULARY)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": asset.description["max_length"],
            "model_input_names": [entry["role"] for entry in asset.description["inputs"]],
            **_special_tokens(tokenizer, spec),
        },
    )
    return int(tokenizer.get_vocab_size())


def _special_tokens(tokenizer: Tokenizer, spec: dict[str, Any]) -> dict[str, str]:
    """By role. Only a WordPiece names them in model.json; others have them by their usual names."""
    named = spec.get("special_tokens")
    if named:
        return {f"{role}_token": entry["token"] for role, entry in named.items()}
    known = tokenizer.get_vocab()
    frame = tokenizer.encode("").tokens
    usual = {"cls": frame[0], "sep": frame[-1], "unk": "<unk>", "pad": "<pad>", "mask": "<mask>"}
    return {f"{role}_token": token for role, token in usual.items() if token in known}


def _card(asset: Asset, repository: str, *, graph: str, precision: str, licence: str) -> str:
    model = asset.description
    text = (asset.folder / CARD).read_text(encoding="utf-8")
    own = front_matter(asset.folder / CARD)
    if own:
        text = text.partition("---\n")[2].partition("\n---")[2].lstrip("\n")
    import yaml

    matter = _front_matter(asset, licence) | own
    head = yaml.safe_dump(matter, sort_keys=False, allow_unicode=True, width=1000)
    use = _render(
        "hub-use.md.jinja",
        model=model,
        repository=repository,
        graph=graph,
        precision=precision,
        none_class=NONE,
    )
    return f"---\n{head}---\n{text.rstrip()}\n\n{use}"


def _front_matter(asset: Asset, licence: str) -> dict[str, Any]:
    model = asset.description
    matter: dict[str, Any] = {"license": licence}
    if licence == "other":
        matter["license_name"] = re.sub(r"[^a-z0-9]+", "-", model["licence"]["name"].lower())
        matter["license_link"] = LICENCE
    matter |= {
        "library_name": "transformers.js",
        "pipeline_tag": "text-classification",
        "tags": ["onnx", "text-classification", "lensmith"],
    }
    bases = [
        source["name"]
        for source in model["sources"]
        if source["what"] == "base checkpoint" and _HUB_ID.fullmatch(source["name"])
    ]
    if bases:
        matter["base_model"] = bases
    results = _results(model)
    if results:
        matter["model-index"] = [{"name": asset.name, "results": results}]
    return matter


def _results(model: dict[str, Any]) -> list[dict[str, Any]]:
    """What was measured of the weights that ship, one entry for each data set."""
    precision = "int8" if "quantization" in model else "fp32"
    found = []
    for entry in model.get("metrics", ()):
        if entry.get("precision") != precision:
            continue
        parts = entry.get("sources") or [entry | {"source": entry["data"]}]
        found += [_result(part, entry["split"]) for part in parts]
    return [result for result in found if result["metrics"]]


def _result(part: dict[str, Any], split: str) -> dict[str, Any]:
    metrics = [
        {"type": kind, "name": name, "value": part[key]}
        for key, kind, name in _METRICS
        if part.get(key) is not None
    ]
    name = part["source"]
    return {
        "task": {"type": "text-classification", "name": "Text classification"},
        "dataset": {
            "type": re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
            "name": name,
            "split": split,
        },
        "metrics": metrics[:1],
    }


def _write_json(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _render(template: str, **values: Any) -> str:
    environment = Environment(
        loader=PackageLoader("builder.stores"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown
    )
    return environment.get_template(template).render(**values)
