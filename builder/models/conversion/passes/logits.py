"""Make the output of an author's graph what an asset needs: raw fp32 logits, one for each label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnx

ACTIVATIONS = {"Softmax": "softmax", "LogSoftmax": "softmax", "Sigmoid": "sigmoid"}
"""Final operators of a graph, and the activation that they stand for. A log-softmax gives logits
up to a constant, which a softmax ignores.
"""
_PASSING = ("Identity", "Cast", "Squeeze")


def logits_output(names: list[str]) -> str:
    """The output that holds the logits: ``logits``, or else the first one."""
    return "logits" if "logits" in names else names[0]


def strip_activation(model: onnx.ModelProto) -> str | None:
    """Remove a final softmax or sigmoid from a graph, in place.

    :returns: the activation that was removed.
    """
    graph = model.graph
    maker = {name: node for node in graph.node for name in node.output}
    name = logits_output([entry.name for entry in graph.output])
    while (node := maker.get(name)) is not None and node.op_type in _PASSING:
        name = node.input[0]
    if node is None or node.op_type not in ACTIVATIONS:
        return None
    readers = [other for other in graph.node if name in other.input]
    if len(readers) > 1:
        return None
    activation = ACTIVATIONS[node.op_type]
    node.op_type = "Identity"
    del node.attribute[:]
    return activation


def add_negative_logit(model: onnx.ModelProto, output: str) -> None:
    """Put a zero before the single logit of a binary classifier, in place: a softmax over both is
    the sigmoid of that logit.
    """
    from onnx import helper, numpy_helper

    graph = model.graph
    single = f"{output}/positive"
    for node in graph.node:
        node.output[:] = [single if name == output else name for name in node.output]
        node.input[:] = [single if name == output else name for name in node.input]
    zero, negative = f"{output}/zero", f"{output}/negative"
    graph.initializer.append(numpy_helper.from_array(np.array(0, dtype=np.float32), zero))
    graph.node.append(helper.make_node("Mul", [single, zero], [negative], name=negative))
    graph.node.append(
        helper.make_node("Concat", [negative, single], [output], name=f"{output}/both", axis=1)
    )
    state_width(model, output, 2)


def state_width(model: onnx.ModelProto, output: str, labels: int) -> None:
    """State the shape of the logits, ``(batch, labels)``, in place: some exporters omit it."""
    shape = next(entry for entry in model.graph.output if entry.name == output)
    shape.type.tensor_type.ClearField("shape")
    shape.type.tensor_type.shape.dim.add().dim_param = "batch"
    shape.type.tensor_type.shape.dim.add().dim_value = labels
