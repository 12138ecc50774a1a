"""Compute the last layer for [CLS] only: a classifier's head reads no other token.

Keys and values are still computed for all tokens; the query, the rest of the attention and the
feed-forward layers for [CLS]. Of a layer's 12 h² multiply-adds per token (h: hidden size,
feed-forward layers four times as wide) 2 h² remain. No score changes: the other rows were unused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

ELEMENTWISE = {
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Pow",
    "Sqrt",
    "Erf",
    "Tanh",
    "Relu",
    "Identity",
    "Gelu",
    "FastGelu",
    "QuickGelu",
    "BiasGelu",
}
NORMALIZATIONS = {"LayerNormalization", "SkipLayerNormalization"}
"""Normalizations over a row, as exporters write them."""
KNOWN_ATTRIBUTES = {"num_heads", "scale", "mask_filter_value", "unidirectional"}
FIRST_OPSET = 10
"""The first opset of ai.onnx whose Slice takes its bounds as inputs."""
QUERY, KEY, VALUE = "query", "key", "value"


def compute_cls_only(model: onnx.ModelProto) -> bool:
    """Rewrite the last layer of a fused graph without a mask, in place.

    That needs operators that treat each token by itself after the last attention, and a head that
    reads the first token only. Any other graph stays as it is. Nodes that become unused stay in it.

    :returns: whether the graph was rewritten.
    """
    graph = _Graph(model.graph)
    if (
        any(
            entry.domain in ("", "ai.onnx") and entry.version < FIRST_OPSET
            for entry in model.opset_import
        )
        or graph.branches
    ):
        return False
    for head in graph.nodes:
        if graph.takes_first_token(head):
            attention = graph.last_attention(head)
            after = None if attention is None else graph.between(attention, head)
            if attention is not None and after is not None:
                _rewrite(graph, attention, after)
                return True
    return False


class _Graph:
    """A graph with its nodes by the tensors that they write."""

    def __init__(self, proto: onnx.GraphProto) -> None:
        self.proto = proto
        self.nodes = list(proto.node)
        self.maker = {name: node for node in self.nodes for name in node.output}
        self.constants = {tensor.name: tensor for tensor in proto.initializer}
        for node in self.nodes:
            if node.op_type == "Constant" and node.attribute[0].name == "value":
                self.constants[node.output[0]] = node.attribute[0].t

    @property
    def branches(self) -> bool:
        """Whether nodes have subgraphs, which may read any tensor."""
        return any(
            attribute.HasField("g") or attribute.graphs
            for node in self.nodes
            for attribute in node.attribute
        )

    def array(self, name: str) -> NDArray[Any]:
        """The values of a constant."""
        from onnx import numpy_helper

        values: NDArray[Any] = numpy_helper.to_array(self.constants[name])
        return values

    def takes_first_token(self, node: onnx.NodeProto) -> bool:
        """Whether a node takes index 0 of axis 1, the axis of the tokens."""
        if (
            node.op_type != "Gather"
            or node.input[1] not in self.constants
            or _attributes(node).get("axis") != 1
        ):
            return False
        index = self.array(node.input[1])
        return index.shape == () and int(index) == 0

    def last_attention(self, head: onnx.NodeProto) -> onnx.NodeProto | None:
        """The last attention before ``head`` that can be rewritten."""
        before = [
            node for node in self.nodes[: self.nodes.index(head)] if node.op_type == "Attention"
        ]
        if not before:
            return None
        node = before[-1]
        attributes = _attributes(node)
        plain = (
            attributes.keys() <= KNOWN_ATTRIBUTES
            and not attributes.get("unidirectional")
            and not any(node.input[3:])
        )
        return (
            node
            if plain and node.input[1] in self.constants and node.input[2] in self.constants
            else None
        )

    def between(
        self, attention: onnx.NodeProto, head: onnx.NodeProto
    ) -> list[onnx.NodeProto] | None:
        """The nodes on all paths from an attention and its input to ``head``; None if one of them
        mixes tokens, or if another node reads them.
        """
        limits = {attention.output[0], attention.input[0]}
        found: list[onnx.NodeProto] = []
        wanted = [head.input[0]]
        while wanted:
            name = wanted.pop()
            if name in limits:
                continue
            node = self.maker.get(name)
            if node is None or not self._row_by_row(node):
                return None
            if node not in found:
                found.append(node)
                wanted += [other for other in node.input if other and other not in self.constants]
        made = {name for node in (attention, *found) for name in node.output if name}
        others = [node for node in self.nodes if node not in found and node is not head]
        read_elsewhere = {name for node in others for name in node.input} | {
            output.name for output in self.proto.output
        }
        return None if made & read_elsewhere else found

    def _row_by_row(self, node: onnx.NodeProto) -> bool:
        """Whether each token's row depends on its own rows only."""
        constants = [self.constants[name] for name in node.input if name in self.constants]
        if node.op_type == "MatMul":
            return (
                node.input[0] not in self.constants
                and len(constants) == 1
                and len(constants[0].dims) == 2
            )
        by_row = node.op_type in ELEMENTWISE or (
            node.op_type in NORMALIZATIONS and _attributes(node).get("axis", -1) == -1
        )
        return by_row and all(len(tensor.dims) < 2 for tensor in constants)


def _rewrite(graph: _Graph, attention: onnx.NodeProto, after: list[onnx.NodeProto]) -> None:
    from onnx import helper, numpy_helper

    tokens, packed, bias = attention.input[:3]
    layer = attention.output[0]  # its name contains the layer's number, which schemes.py reads
    first = f"{layer}/first_token"
    bounds = [f"{layer}/{name}" for name in ("start", "end", "axis")]
    graph.proto.initializer.extend(
        numpy_helper.from_array(np.array([value], dtype=np.int64), name)
        for name, value in zip(bounds, (0, 1, 1), strict=True)
    )
    made = [helper.make_node("Slice", [tokens, *bounds], [first], name=f"{first}/Slice")]
    for part, weight in zip(
        (QUERY, KEY, VALUE), np.split(graph.array(packed), 3, axis=1), strict=True
    ):
        name = f"{layer}/{part}"
        graph.proto.initializer.append(
            numpy_helper.from_array(np.ascontiguousarray(weight), f"{name}_weight")
        )
        made.append(
            helper.make_node(
                "MatMul",
                [first if part == QUERY else tokens, f"{name}_weight"],
                [name],
                name=f"{name}/MatMul",
            )
        )
    attributes = {
        name: value for name, value in _attributes(attention).items() if name != "unidirectional"
    }
    made.append(
        helper.make_node(
            "MultiHeadAttention",
            [f"{layer}/{QUERY}", f"{layer}/{KEY}", f"{layer}/{VALUE}", bias],
            [layer],
            name=f"{layer}/MultiHeadAttention",
            domain="com.microsoft",
            **attributes,
        )
    )
    for node in after:
        node.input[:] = [first if name == tokens else name for name in node.input]
    place = graph.nodes.index(attention)
    nodes = [*graph.nodes[:place], *made, *graph.nodes[place + 1 :]]
    graph.proto.ClearField("node")
    graph.proto.node.extend(nodes)


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    from onnx import helper

    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
