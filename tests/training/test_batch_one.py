"""Without mask and token types a graph answers to one text at its true length as it did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from builder.models.conversion.export import fuse, inputs_of, load_checkpoint, trace
from builder.models.conversion.passes.batch_one import fold_constant_inputs
from tests.support.checkpoints import write_checkpoint
from tests.support.graphs import copy, fused, outputs


@pytest.mark.parametrize("family", ["bert", "electra", "roberta", "xlm-roberta"])
def test_the_logits_stay(family: str, tmp_path: Path) -> None:
    whole = fused(tmp_path, family)
    folded = copy(whole)
    fold_constant_inputs(folded)
    assert not any(
        node.input[3]
        for node in folded.graph.node
        if node.op_type == "Attention" and len(node.input) > 3
    )
    read = {name for node in folded.graph.node for name in node.input}
    assert "token_type_ids" not in read
    for length in (2, 7, 33, 60):
        np.testing.assert_allclose(outputs(folded, length)[0], outputs(whole, length)[0], atol=1e-4)


@pytest.mark.parametrize("family", ["bert", "distilbert", "electra", "roberta", "xlm-roberta"])
def test_a_fused_graph_takes_no_more_than_it_reads(family: str, tmp_path: Path) -> None:
    trace(load_checkpoint(write_checkpoint(tmp_path / family, family)), tmp_path / "traced.onnx")
    fuse(tmp_path / "traced.onnx", tmp_path / "fused.onnx", heads=2, hidden=32)
    assert inputs_of(tmp_path / "fused.onnx") == [
        {"name": "input_ids", "role": "input_ids", "type": "int64"}
    ]
    graphs = [onnx.load(str(tmp_path / name)) for name in ("traced.onnx", "fused.onnx")]
    for length in (2, 7, 33):
        before, after = (outputs(graph, length)[0] for graph in graphs)
        np.testing.assert_allclose(before, after, atol=1e-4)


def test_weights_that_are_listed_as_inputs_are_none(tmp_path: Path) -> None:
    model = fused(tmp_path, "bert")
    weights = model.graph.initializer[0]
    model.graph.input.append(
        helper.make_tensor_value_info(weights.name, weights.data_type, weights.dims)
    )
    onnx.save(model, str(tmp_path / "listed.onnx"))
    assert [entry["name"] for entry in inputs_of(tmp_path / "listed.onnx")] == [
        "input_ids",
        "attention_mask",
        "token_type_ids",
    ]


def test_a_mask_that_is_more_than_ones_stays(tmp_path: Path) -> None:
    model = fused(tmp_path, "bert")
    model.graph.initializer.append(numpy_helper.from_array(np.array(1), "one"))
    model.graph.node.insert(0, helper.make_node("Sub", ["attention_mask", "one"], ["none"]))
    for node in model.graph.node[1:]:
        node.input[:] = ["none" if name == "attention_mask" else name for name in node.input]
    fold_constant_inputs(model)
    assert all(node.input[3] for node in model.graph.node if node.op_type == "Attention")


def test_token_types_that_more_is_made_of_stay(tmp_path: Path) -> None:
    model = fused(tmp_path, "bert")
    (gather,) = [node for node in model.graph.node if "token_type_ids" in node.input]
    model.graph.output.append(
        helper.make_tensor_value_info(gather.output[0], onnx.TensorProto.FLOAT, None)
    )
    fold_constant_inputs(model)
    assert gather in model.graph.node
