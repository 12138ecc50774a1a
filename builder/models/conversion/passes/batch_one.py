"""Specialize a graph for batch 1: fold the constant attention mask and token types.

The engine runs one unpadded text at a time, so that the mask is all ones and the token types are
zeros. Folding them saves more than their time: the Cast of a mask calls a function of 490 kB in the
runtime, for which Chromium's optimizing compiler needs 90 MB and a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

MASK, TOKEN_TYPES = "attention_mask", "token_type_ids"
MASK_INPUT = {"Attention": 3, "MultiHeadAttention": 4}
"""The input of a fused attention that is its mask."""
RESHAPING = {"Cast", "Identity", "ReduceSum"}
"""Operators that fusion puts between a mask and an attention."""


def fold_constant_inputs(model: onnx.ModelProto) -> None:
    """Remove the mask and the token types from a fused graph, in place, if attention and embeddings
    read them unchanged. Nodes that become unused stay in the graph.
    """
    graph = model.graph
    maker = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        place = MASK_INPUT.get(node.op_type, len(node.input))
        if place < len(node.input) and _source(node.input[place], maker) == MASK:
            node.input[place] = ""
    _fold_token_types(graph)


def _source(name: str, maker: dict[str, onnx.NodeProto]) -> str:
    while name in maker and maker[name].op_type in RESHAPING:
        name = maker[name].input[0]
    return name


def _fold_token_types(graph: onnx.GraphProto) -> None:
    from onnx import helper, numpy_helper

    tables = {tensor.name: tensor for tensor in graph.initializer}
    outputs = {output.name for output in graph.output}
    for node in list(graph.node):
        if (
            node.op_type != "Gather"
            or node.input[1] != TOKEN_TYPES
            or node.input[0] not in tables
            or node.output[0] in outputs
        ):
            continue
        axis = next(
            (
                helper.get_attribute_value(attribute)
                for attribute in node.attribute
                if attribute.name == "axis"
            ),
            0,
        )
        readers = [other for other in graph.node if node.output[0] in other.input]
        if axis == 0 and all(reader.op_type == "Add" for reader in readers):
            # Shape (1, 1, hidden), which is added to each token.
            row = numpy_helper.to_array(tables[node.input[0]])[0].reshape(1, 1, -1)
            graph.node.remove(node)
            graph.initializer.append(numpy_helper.from_array(row, node.output[0]))
