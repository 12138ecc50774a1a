"""The tiny model with 100 MB of weights beside its graph."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from builder.models.asset.asset import AssetFile
from tests.support.tiny import write_description, write_tiny_asset

BYTES = 100_000_000


def write_large_asset(folder: Path) -> Path:
    """It answers as the tiny model does. The weights are random, so that they hardly compress; the
    graph reads one of them, so that the runtime has to load them.
    """
    write_tiny_asset(folder)
    model = onnx.load(str(folder / "model.onnx"))
    graph = model.graph
    graph.node[-1].output[0] = "tiny_logits"
    weights = np.random.default_rng(7).random(BYTES // 4, dtype=np.float32)
    graph.initializer.extend(
        [
            numpy_helper.from_array(weights.reshape(-1, 100), "ballast"),
            numpy_helper.from_array(np.array([3], dtype=np.int64), "row"),
            numpy_helper.from_array(np.zeros((100, 3), dtype=np.float32), "zeros"),
        ]
    )
    graph.node.extend(
        [
            helper.make_node("Gather", ["ballast", "row"], ["weighed"]),
            helper.make_node("MatMul", ["weighed", "zeros"], ["nothing"]),
            helper.make_node("Add", ["tiny_logits", "nothing"], ["logits"]),
        ]
    )
    assert graph.output[0].type.tensor_type.elem_type == TensorProto.FLOAT
    onnx.save(
        model,
        str(folder / "model.onnx"),
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=1024,
    )
    described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    described["weights"] = "weights.bin"
    names = ("model.onnx", "weights.bin", "vocab.txt")
    described["files"] = [vars(AssetFile.of(folder, name)) for name in names]
    write_description(folder, described)
    return folder
