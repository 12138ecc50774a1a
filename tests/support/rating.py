"""A regression of a few numbers: it rates a text by the words that it holds, from 1 to 5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.support.tiny import WORDS, description, write_description

VALUE_OF = {"fine": 5.0, "poor": 1.0, "strange": 9.0}
"""Of a word: a text has the mean of its tokens, [CLS] and [SEP] among them."""


def write_rating_asset(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in WORDS))
    (folder / "README.md").write_text("# Model card: rating\n")
    table = np.array([[3 * VALUE_OF.get(word, 0)] for word in WORDS], dtype=np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("ReduceMean", ["rows"], ["logits"], axes=[1], keepdims=0),
        ],
        "rating",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(table, "table")],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9),
        str(folder / "model.onnx"),
    )
    write_description(folder, rating(folder))
    return folder


def rating(folder: Path) -> dict[str, Any]:
    return description(folder) | {
        "labels": [{"id": "rating", "name": {"en": "Rating"}}],
        "activation": "regression",
        "scale": {"low": 1, "high": 5},
    }
