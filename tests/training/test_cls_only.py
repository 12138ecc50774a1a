"""A last layer for the first token alone gives the logits that the whole layer gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from builder.models.asset.asset import WEIGHTS
from builder.models.conversion.passes.batch_one import fold_constant_inputs
from builder.models.conversion.passes.cls_only import compute_cls_only
from builder.models.quantization.schemes import QuantizationScheme
from tests.support.graphs import LAYERS, copy, fused, outputs


def unmasked(folder: Path, family: str = "bert") -> onnx.ModelProto:
    model = fused(folder, family)
    fold_constant_inputs(model)
    return model


def head_of(model: onnx.ModelProto) -> onnx.NodeProto:
    """The node that takes the first token."""
    (head,) = [
        node for node in model.graph.node if node.op_type == "Gather" and "pooler" in node.name
    ]
    return head


@pytest.mark.parametrize("family", ["bert", "electra", "roberta", "xlm-roberta"])
def test_the_logits_stay(family: str, tmp_path: Path) -> None:
    whole = unmasked(tmp_path, family)
    cut = copy(whole)
    assert compute_cls_only(cut)
    before, after = (Counter(node.op_type for node in model.graph.node) for model in (whole, cut))
    assert (before["Attention"], after["Attention"], after["MultiHeadAttention"]) == (
        LAYERS,
        LAYERS - 1,
        1,
    )
    for length in (2, 7, 33, 60):
        np.testing.assert_allclose(outputs(cut, length)[0], outputs(whole, length)[0], atol=1e-4)
    assert not compute_cls_only(cut), "there is no more to leave out"


def test_the_rest_of_the_layer_sees_one_token(tmp_path: Path) -> None:
    cut = unmasked(tmp_path)
    compute_cls_only(cut)
    last = [
        node
        for node in cut.graph.node
        if f"layer.{LAYERS - 1}" in node.name and node.op_type == "MatMul"
    ]
    seen = [
        "query",
        "key",
        "value",
        "attention/output/dense",
        "intermediate/dense",
        f"layer.{LAYERS - 1}/output/dense",
    ]
    assert [any(part in node.name for node in last) for part in seen] == [True] * len(seen)
    del cut.graph.output[:]
    cut.graph.output.extend(
        helper.make_tensor_value_info(node.output[0], onnx.TensorProto.FLOAT, None) for node in last
    )
    tokens = {node.name: value.shape[1] for node, value in zip(last, outputs(cut, 9), strict=True)}
    assert {name for name, count in tokens.items() if count == 9} == {
        name for name in tokens if "/key/" in name or "/value/" in name
    }
    assert set(tokens.values()) == {1, 9}


def give_all_tokens(model: onnx.ModelProto) -> None:
    model.graph.output.append(
        helper.make_tensor_value_info(head_of(model).input[0], onnx.TensorProto.FLOAT, None)
    )


def read_the_second_token(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array(1), "second"))
    head_of(model).input[1] = "second"


def mix_tokens(model: onnx.ModelProto) -> None:
    head = head_of(model)
    model.graph.node.insert(
        list(model.graph.node).index(head),
        helper.make_node("Softmax", [head.input[0]], ["mixed"], axis=1),
    )
    head.input[0] = "mixed"


def scale_tokens_apart(model: onnx.ModelProto) -> None:
    head = head_of(model)
    model.graph.initializer.append(
        numpy_helper.from_array(np.ones((9, 32), dtype=np.float32), "scales")
    )
    model.graph.node.insert(
        list(model.graph.node).index(head),
        helper.make_node("Mul", [head.input[0], "scales"], ["scaled"]),
    )
    head.input[0] = "scaled"


def mask_again(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([9], dtype=np.int32), "length"))
    (*_, last) = [node for node in model.graph.node if node.op_type == "Attention"]
    last.input[3] = "length"


def read_in_a_branch(model: onnx.ModelProto) -> None:
    logits = model.graph.output[0].name
    branch = helper.make_graph(
        [
            helper.make_node(
                "ReduceMax", [head_of(model).input[0]], ["highest"], axes=[1, 2], keepdims=0
            )
        ],
        "branch",
        [],
        [helper.make_tensor_value_info("highest", onnx.TensorProto.FLOAT, None)],
    )
    model.graph.initializer.append(numpy_helper.from_array(np.array(True), "always"))
    model.graph.node.append(
        helper.make_node("If", ["always"], ["more"], then_branch=branch, else_branch=branch)
    )
    model.graph.node.append(helper.make_node("Add", [logits, "more"], ["sum"]))
    model.graph.output[0].name = "sum"


@pytest.mark.parametrize(
    "change",
    [
        give_all_tokens,
        read_the_second_token,
        mix_tokens,
        scale_tokens_apart,
        mask_again,
        read_in_a_branch,
    ],
    ids=lambda change: change.__name__,
)
def test_a_graph_that_needs_more_stays_as_it_is(
    change: Callable[[onnx.ModelProto], None], tmp_path: Path
) -> None:
    model = unmasked(tmp_path)
    change(model)
    same = model.SerializeToString()
    assert not compute_cls_only(model)
    assert model.SerializeToString() == same


def test_an_older_graph_stays_as_it_is(tmp_path: Path) -> None:
    model = unmasked(tmp_path)
    model.opset_import[0].version = 9
    assert not compute_cls_only(model)


@pytest.mark.parametrize("way", ["s8-tensor+e8x16", "s8-channel+e8x16+float-last"])
def test_it_is_quantized_like_any_layer(way: str, tmp_path: Path) -> None:
    cut = unmasked(tmp_path)
    compute_cls_only(cut)
    onnx.save(cut, str(tmp_path / "cut.onnx"))
    QuantizationScheme.parse(way).write(tmp_path / "cut.onnx", tmp_path / "small")
    graph = onnx.load(str(tmp_path / "small" / "model.onnx"), load_external_data=False).graph
    kinds = Counter(node.op_type for node in graph.node)
    assert kinds["QAttention"] == LAYERS - 1
    assert kinds["MatMul"] == (6 if way.endswith("last") else 0)
    assert (tmp_path / "small" / WEIGHTS).stat().st_size > 0
