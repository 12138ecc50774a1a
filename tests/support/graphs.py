"""Graphs of small classifiers, and what they answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from builder.models.conversion.export import load_checkpoint, trace
from tests.support.checkpoints import write_checkpoint

LAYERS = 3


def fused(folder: Path, family: str) -> onnx.ModelProto:
    """A classifier of three layers whose attention is fused; it takes several texts with a mask,
    and computes all tokens.
    """
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    trace(
        load_checkpoint(write_checkpoint(folder / family, family, num_hidden_layers=LAYERS)),
        folder / "traced.onnx",
    )
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False
    found = optimizer.optimize_model(
        str(folder / "traced.onnx"),
        "bert",
        num_heads=2,
        hidden_size=32,
        opt_level=0,
        optimization_options=options,
    )
    found.save_model_to_file(str(folder / "fused.onnx"))
    return onnx.load(str(folder / "fused.onnx"))


def copy(model: onnx.ModelProto) -> onnx.ModelProto:
    return onnx.ModelProto.FromString(model.SerializeToString())


def outputs(model: onnx.ModelProto, length: int) -> list[NDArray[np.float32]]:
    """Of one text of so many tokens."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    ids = np.random.default_rng(length).integers(5, 30, (1, length))
    values = {
        "input_ids": ids,
        "attention_mask": np.ones_like(ids),
        "token_type_ids": np.zeros_like(ids),
    }
    found: list[NDArray[np.float32]] = session.run(
        None, {entry.name: values[entry.name] for entry in session.get_inputs()}
    )
    return found
