"""A model of a few numbers with everything that an asset has: it scores a text by the words that it
holds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from builder.files import sha256_of

LABELS = ("good", "bad", "odd")
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "fine", "poor", "strange", "##ly")


def write_tiny_asset(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in WORDS), encoding="utf-8")
    (folder / "README.md").write_text("# Model card: tiny\n", encoding="utf-8")
    weights = np.zeros((len(WORDS), len(LABELS)), dtype=np.float32)
    for label in range(len(LABELS)):
        weights[WORDS.index("fine") + label, label] = 9
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("ReduceMean", ["rows"], ["logits"], axes=[1], keepdims=0),
        ],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(LABELS)])],
        [numpy_helper.from_array(weights, "table")],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9),
        str(folder / "model.onnx"),
    )
    write_description(folder, description(folder))
    return folder


def description(folder: Path, tokenizer: dict[str, Any] | None = None) -> dict[str, Any]:
    """Of what ``folder`` holds; with another ``tokenizer`` entry if one is given."""
    special = {
        role: {"token": f"[{role.upper()}]", "id": WORDS.index(f"[{role.upper()}]")}
        for role in ("pad", "unk", "cls", "sep")
    }
    return {
        "format": 1,
        "name": "tiny",
        "version": "1.0.0",
        "licence": {"name": "CC0-1.0", "restricts_use": False},
        "sources": [],
        "labels": [
            {"id": label, "name": {"en": label.title()}, "sample": f"a {word} text"}
            for label, word in zip(LABELS, ("fine", "poor", "strange"), strict=True)
        ],
        "activation": "softmax",
        "temperature": 1.0,
        "thresholds": None,
        "min_score": 0.0,
        "max_length": 32,
        "tokenizer": (
            tokenizer
            or {
                "kind": "wordpiece",
                "vocabulary": "vocab.txt",
                "lowercase": True,
                "strip_accents": None,
                "handle_chinese_chars": True,
                "clean_text": True,
                "continuing_prefix": "##",
                "max_word_chars": 100,
                "special_tokens": special,
                "added_tokens": [
                    {"token": word, "id": number} for number, word in enumerate(WORDS[:5])
                ],
            }
        ),
        "inputs": [{"name": "input_ids", "role": "input_ids", "type": "int64"}],
        "output": {"name": "logits"},
        "graph": "model.onnx",
        "files": [
            {
                "path": name,
                "bytes": (folder / name).stat().st_size,
                "sha256": sha256_of(folder / name),
            }
            for name in ("model.onnx", tokenizer["vocabulary"] if tokenizer else "vocab.txt")
        ],
    }


def write_description(folder: Path, value: dict[str, Any]) -> None:
    (folder / "model.json").write_text(json.dumps(value), encoding="utf-8")


def write_extension(file: Path, asset: str) -> Path:
    file.write_text(
        '[extension]\nslug = "tiny-lens"\nversion = "1.2.3"\ngecko_id = "tiny@lens.example"\nname'
        ' = "Tiny Lens"\ndescription = "Says how a text sounds."\nmenu_title = "How does this'
        f' sound?"\n\n[model]\nasset = "{asset}"\n',
        encoding="utf-8",
    )
    return file


def pack_tiny(folder: Path) -> Path:
    """Write a tiny extension and its asset into ``folder``, and pack it; the folder of its zips."""
    from click.testing import CliRunner

    from builder.cli import main

    write_tiny_asset(folder / "asset")
    config = write_extension(folder / "extension.toml", "asset")
    out = folder / "dist"
    result = CliRunner().invoke(main, ["pack", str(config), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out
