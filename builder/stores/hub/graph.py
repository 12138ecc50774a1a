"""A graph whose softmax or sigmoid gives the asset's scores, in one file with its weights.

Libraries on the hub know neither temperatures nor "none of them". So both become part of the graph,
and the usual pipelines give the scores that the extension shows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.errors import BuilderError

if TYPE_CHECKING:
    import onnx

LOGITS = "logits"
"""The output that transformers.js and optimum look for."""
_RAW = "logits_of_the_asset"
_MOST_BYTES = 1_900_000_000
"""A little less than protobuf's limit of a file."""


def write_graph(folder: Path, description: dict[str, Any], target: Path) -> None:
    """Write ``target``: one ONNX file with the output ``logits`` of shape ``(batch, classes)``.

    With softmax_with_none there is one class more than labels, the last one. Comments and metadata
    are left out: exporters keep source paths there.

    :param folder: of the asset that ``description`` is of.
    :raises BuilderError: if the weights are too large for one file.
    """
    import onnx

    source = folder / description["graph"]
    weights = folder / description["weights"] if description.get("weights") else source
    if weights.stat().st_size > _MOST_BYTES:
        raise BuilderError(
            f"{weights}: too large for one ONNX file (at most {_MOST_BYTES:,} bytes)",
            hint="make it smaller: builder model quantize",
            place=str(weights),
        )
    model = onnx.load(str(source))
    _rename(model.graph, description["output"]["name"], _RAW)
    scaled = _scale(model.graph, _RAW, description["temperature"])
    classes = len(description["labels"])
    if description["activation"] == "softmax_with_none":
        classes += 1
        _append_none(model.graph, scaled)
    else:
        model.graph.node.append(onnx.helper.make_node("Identity", [scaled], [LOGITS]))
    del model.graph.output[:]
    shape = ["batch", classes]
    model.graph.output.append(
        onnx.helper.make_tensor_value_info(LOGITS, onnx.TensorProto.FLOAT, shape)
    )
    _forget_origin(model)
    onnx.save(model, str(target))


def _rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                if name == old:
                    names[index] = new
    kept = [entry for entry in graph.value_info if entry.name != old]
    del graph.value_info[:]
    graph.value_info.extend(kept)


def _scale(graph: onnx.GraphProto, name: str, temperature: float) -> str:
    """Divide ``name`` by the temperature; gives the name of the result."""
    if temperature == 1:
        return name
    from onnx import helper, numpy_helper

    graph.initializer.append(
        numpy_helper.from_array(np.array(temperature, dtype=np.float32), "temperature")
    )
    graph.node.append(helper.make_node("Div", [name, "temperature"], ["logits_scaled"]))
    return "logits_scaled"


def _append_none(graph: onnx.GraphProto, name: str) -> None:
    from onnx import helper, numpy_helper

    one_column = np.array([0, 0, 0, 1], dtype=np.int64)  # after the last one; Pad fills in zeros
    graph.initializer.append(numpy_helper.from_array(one_column, "none_column"))
    graph.node.append(helper.make_node("Pad", [name, "none_column"], [LOGITS]))


def _forget_origin(model: onnx.ModelProto) -> None:
    model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    graph.doc_string = ""
    for entry in (*graph.node, *graph.input, *graph.output, *graph.initializer, *graph.value_info):
        entry.doc_string = ""
        del entry.metadata_props[:]
