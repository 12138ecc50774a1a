"""A graph for one text at a time at its true length, as our engine runs it: the mask is all ones there, and the token types are zeros.

What is made of them is constant, and costs more than its time: the Cast of a mask calls the runtime's largest function (490 kB of wasm),
for which Chromium's optimizing compiler takes 90 MB and a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

MASK, TOKEN_TYPES = "attention_mask", "token_type_ids"
MASK_INPUT = {"Attention": 3, "MultiHeadAttention": 4}
"""Which input of a fused attention is its mask."""


def fold_inputs(model: onnx.ModelProto) -> None:
    """Take mask and token types out of a fused graph, in place, where nothing else comes of them than what attention and a table of
    embeddings make; what is then unused stays in the graph.
    """
    graph = model.graph
    sources = _Sources(graph)
    for node in graph.node:
        place = MASK_INPUT.get(node.op_type, len(node.input))
        if place < len(node.input) and sources.of(node.input[place]) == {MASK}:
            node.input[place] = ""
    _fold_token_types(graph)


class _Sources:
    """Which inputs of a graph a tensor is made of."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._maker = {name: node for node in graph.node for name in node.output}
        self._inputs = {entry.name for entry in graph.input}

    def of(self, name: str) -> set[str]:
        found, seen, waiting = set(), {""}, [name]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            if one in self._inputs:
                found.add(one)
            elif one in self._maker:
                waiting += self._maker[one].input
        return found


def _fold_token_types(graph: onnx.GraphProto) -> None:
    from onnx import numpy_helper

    tables = {tensor.name: tensor for tensor in graph.initializer}
    for node in list(graph.node):
        if node.op_type != "Gather" or node.input[1] != TOKEN_TYPES or node.input[0] not in tables:
            continue
        readers = [other for other in graph.node if node.output[0] in other.input]
        if all(reader.op_type == "Add" for reader in readers):
            row = numpy_helper.to_array(tables[node.input[0]])[0].copy()
            graph.node.remove(node)
            graph.initializer.append(numpy_helper.from_array(row, node.output[0]))
