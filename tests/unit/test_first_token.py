"""A last layer for the first token alone gives the logits that the whole layer gave."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper

from builder.models.candidates import WEIGHTS, Candidate
from builder.models.export import load_checkpoint, trace
from builder.models.first_token import keep_first_token
from tests.checkpoints import write_checkpoint

LAYERS = 3


def fused(folder: Path, family: str) -> onnx.ModelProto:
    """A classifier whose attention is fused, with all tokens in its last layer."""
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    trace(load_checkpoint(write_checkpoint(folder / family, family, num_hidden_layers=LAYERS)), folder / "traced.onnx")
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False
    found = optimizer.optimize_model(
        str(folder / "traced.onnx"), "bert", num_heads=2, hidden_size=32, opt_level=0, optimization_options=options,
    )
    found.save_model_to_file(str(folder / "fused.onnx"))
    return onnx.load(str(folder / "fused.onnx"))


def logits(model: onnx.ModelProto, length: int, batch: int) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.random.default_rng(length).integers(5, 30, (batch, length))
    mask = np.ones_like(ids)
    mask[1:, max(1, length // 2):] = 0
    values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    (found,) = session.run(None, {entry.name: values[entry.name] for entry in session.get_inputs()})
    return np.asarray(found)


@pytest.mark.parametrize("family", ["bert", "electra", "roberta"])
def test_the_logits_stay(family: str, tmp_path: Path) -> None:
    whole = fused(tmp_path, family)
    cut = onnx.ModelProto.FromString(whole.SerializeToString())
    assert keep_first_token(cut)
    before, after = (Counter(node.op_type for node in model.graph.node) for model in (whole, cut))
    assert (before["Attention"], after["Attention"], after["MultiHeadAttention"]) == (LAYERS, LAYERS - 1, 1)
    for length, batch in ((2, 1), (7, 1), (33, 3), (60, 2)):
        np.testing.assert_allclose(logits(cut, length, batch), logits(whole, length, batch), atol=1e-4)
    assert not keep_first_token(cut), "there is no more to leave out"


def test_the_rest_of_the_layer_sees_one_token(tmp_path: Path) -> None:
    cut = fused(tmp_path, "bert")
    keep_first_token(cut)
    last = [node for node in cut.graph.node if f"layer.{LAYERS - 1}" in node.name and node.op_type == "MatMul"]
    seen = ["query", "key", "value", "attention/output/dense", "intermediate/dense", f"layer.{LAYERS - 1}/output/dense"]
    assert [any(part in node.name for node in last) for part in seen] == [True] * len(seen)
    del cut.graph.output[:]
    cut.graph.output.extend(helper.make_tensor_value_info(node.output[0], onnx.TensorProto.FLOAT, None) for node in last)
    session = onnxruntime.InferenceSession(cut.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.full((1, 9), 7)
    values = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    found = session.run(None, {entry.name: values[entry.name] for entry in session.get_inputs()})
    tokens = {node.name: value.shape[1] for node, value in zip(last, found, strict=True)}
    assert {name for name, count in tokens.items() if count == 9} == {name for name in tokens if "/key/" in name or "/value/" in name}
    assert set(tokens.values()) == {1, 9}


def test_a_graph_that_gives_all_tokens_stays_as_it_is(tmp_path: Path) -> None:
    whole = fused(tmp_path, "bert")
    (head,) = [node for node in whole.graph.node if node.op_type == "Gather" and "pooler" in node.name]
    whole.graph.output.append(helper.make_tensor_value_info(head.input[0], onnx.TensorProto.FLOAT, None))
    same = whole.SerializeToString()
    assert not keep_first_token(whole)
    assert whole.SerializeToString() == same


def test_a_graph_that_reads_another_token_stays_as_it_is(tmp_path: Path) -> None:
    whole = fused(tmp_path, "bert")
    (head,) = [node for node in whole.graph.node if node.op_type == "Gather" and "pooler" in node.name]
    whole.graph.initializer.append(numpy_helper.from_array(np.array(1), "second"))
    head.input[1] = "second"
    assert not keep_first_token(whole)


def test_tokens_that_are_mixed_after_the_attention_are_all_kept(tmp_path: Path) -> None:
    whole = fused(tmp_path, "bert")
    (head,) = [node for node in whole.graph.node if node.op_type == "Gather" and "pooler" in node.name]
    mixed = helper.make_node("Softmax", [head.input[0]], ["mixed"], name="mixed", axis=1)
    whole.graph.node.insert(list(whole.graph.node).index(head), mixed)
    head.input[0] = "mixed"
    assert not keep_first_token(whole)


@pytest.mark.parametrize("way", ["s8-tensor+e8x16", "s8-channel+e8x16+float-last"])
def test_it_is_quantized_like_any_layer(way: str, tmp_path: Path) -> None:
    cut = fused(tmp_path, "bert")
    keep_first_token(cut)
    onnx.save(cut, str(tmp_path / "cut.onnx"))
    Candidate.parse(way).write(tmp_path / "cut.onnx", tmp_path / "small")
    graph = onnx.load(str(tmp_path / "small" / "model.onnx"), load_external_data=False).graph
    kinds = Counter(node.op_type for node in graph.node)
    assert kinds["QAttention"] == LAYERS - 1
    assert kinds["MatMul"] == (6 if way.endswith("last") else 0)
    assert (tmp_path / "small" / WEIGHTS).stat().st_size > 0
