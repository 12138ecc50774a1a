"""Turn a BERT encoder that was published as an ONNX file back into a checkpoint to train from."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from builder.errors import BuilderError
from builder.files import replacing
from builder.models.torch_extra import require_torch

CONFIG = "config.json"
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")
_PART = re.compile(r"(?:^|[./])((?:embeddings|encoder)[./].+)$")


def write_checkpoint(graph: Path, like: Path, out: Path) -> None:
    """Write a folder with the weights of the graph, and the config and tokenizer of another BERT
    whose shape is the same but for the number of layers.

    PyTorch's exporter keeps the names of embeddings, biases and norms. It renames the matrices; the
    names of their MatMul nodes tell which is which. A missing pooler becomes the identity.

    :param graph: an fp32 ONNX file.
    :param like: a checkpoint folder.
    :raises BuilderError: if the graph is no BERT encoder of that shape.
    """
    torch = require_torch()
    from transformers import BertConfig, BertModel

    found = {name: torch.tensor(value) for name, value in _weights(graph).items()}
    config = BertConfig.from_pretrained(like)
    config.num_hidden_layers = 1 + max(
        (int(match[1]) for match in map(_LAYER.match, found) if match), default=-1
    )
    config.architectures = ["BertModel"]
    identity = {
        "pooler.dense.weight": torch.eye(config.hidden_size),
        "pooler.dense.bias": torch.zeros(config.hidden_size),
    }
    model = BertModel(config)
    expected = model.state_dict()
    weights = {name: value for name, value in (identity | found).items() if name in expected}
    for name, value in expected.items():
        if name not in weights or weights[name].shape != value.shape:
            raise BuilderError(
                f"{graph}: no {name} of shape {tuple(value.shape)}",
                hint=f"name a BERT encoder of the shape of {like / CONFIG}",
            )
    model.load_state_dict(weights)
    with replacing(out) as target:
        model.save_pretrained(target)
        for file in like.iterdir():
            if file.name.startswith(("vocab", "tokenizer", "special_tokens")):
                shutil.copyfile(file, target / file.name)


def _weights(graph: Path) -> dict[str, Any]:
    """Arrays by their names in a checkpoint."""
    import onnx
    from onnx import numpy_helper

    try:
        body = onnx.load(str(graph)).graph
    except Exception as error:  # protobuf's and onnx's own kinds
        raise BuilderError(f"{graph}: not a readable ONNX file: {error}") from None
    arrays = {tensor.name: tensor for tensor in body.initializer}
    found = {
        part[1]: numpy_helper.to_array(tensor).copy()
        for name, tensor in arrays.items()
        if (part := _PART.search(name))
    }
    for node in body.node:
        part = _PART.search(node.name)
        if node.op_type == "MatMul" and part and node.input[1] in arrays:
            name = part[1].removesuffix("/MatMul").replace("/", ".") + ".weight"
            found[name] = numpy_helper.to_array(arrays[node.input[1]]).T.copy()
    return found
