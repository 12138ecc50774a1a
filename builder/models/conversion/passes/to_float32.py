"""Turn a graph of half or double precision into one of single precision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnx


def to_float32(model: onnx.ModelProto) -> bool:
    """Convert all float16, bfloat16 and float64 tensors of a graph, in place.

    :returns: whether there were any.
    """
    from onnx import TensorProto, numpy_helper

    others = {TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE}
    found = False
    for graph in _graphs(model.graph):
        for tensor in _tensors(graph):
            if tensor.data_type in others:
                values = numpy_helper.to_array(tensor).astype(np.float32)
                tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
                found = True
        for entry in (*graph.input, *graph.output, *graph.value_info):
            if entry.type.tensor_type.elem_type in others:
                entry.type.tensor_type.elem_type = TensorProto.FLOAT
                found = True
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.name in ("to", "dtype") and attribute.i in others:
                    attribute.i = TensorProto.FLOAT
                    found = True
    return found


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)
            for inner in attribute.graphs:
                yield from _graphs(inner)


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
