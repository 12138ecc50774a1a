"""Open an ONNX file with its tokenizer.json and config.json."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.config.reader import ConfigReader
from builder.errors import BuilderError
from builder.models.asset.tokenizer import TOKENIZER, read_tokenizer
from builder.models.conversion.importing.opened import OpenedModel, usable_positions
from builder.models.conversion.importing.source import ONNX_PLACES

_ROLES = {"input_ids", "attention_mask", "token_type_ids"}


def open_onnx(source: Path, config: ConfigReader | None) -> OpenedModel:
    """Open an ONNX file, or the one in a folder.

    :raises BuilderError: if it cannot be run as a classifier of texts.
    """
    import onnx
    import onnxruntime

    home = source.parent if source.is_file() else source
    graph = (
        source
        if source.is_file()
        else next((source / name for name in ONNX_PLACES if (source / name).is_file()), None)
    )
    if graph is None:
        raise BuilderError(
            f"{source}: holds neither model.safetensors nor an ONNX file",
            place=str(source),
            hint="name the folder that save_pretrained wrote",
        )
    try:
        model = onnx.load(str(graph), load_external_data=False)
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{graph}: cannot be run as an ONNX model: {first}",
            hint="export it again",
            place=str(graph),
        ) from None
    if any(
        node.op_type in ("DynamicQuantizeLinear", "QuantizeLinear", "MatMulNBits")
        for node in model.graph.node
    ):
        raise BuilderError(
            f"{graph}: is quantized already, so that there is nothing to compare with",
            place=str(graph),
            hint=(
                "import the fp32 export (model.onnx); 'builder model quantize' shrinks it and"
                " measures what that costs"
            ),
        )
    inputs = []
    for entry in session.get_inputs():
        if entry.name not in _ROLES or entry.type not in ("tensor(int64)", "tensor(int32)"):
            raise BuilderError(
                f"{graph}: takes {entry.name} ({entry.type})",
                place=str(graph),
                hint=f"it may take {', '.join(sorted(_ROLES))}, as int64 or int32",
            )
        inputs.append({"name": entry.name, "role": entry.name, "type": entry.type[7:-1]})
    output = session.get_outputs()[0]
    if len(output.shape) != 2:
        raise BuilderError(
            f"{graph}: its first output, {output.name}, has {len(output.shape)} dimensions instead"
            " of (batch, labels)",
            place=str(graph),
            hint="export the classifier, not its encoder",
        )
    tokenizer = next(
        (place / TOKENIZER for place in (graph.parent, home) if (place / TOKENIZER).is_file()),
        home / TOKENIZER,
    )

    def logits(ids: list[int]) -> NDArray[np.float32]:
        values = {
            "input_ids": ids,
            "attention_mask": [1] * len(ids),
            "token_type_ids": [0] * len(ids),
        }
        feeds = {
            entry["name"]: np.array([values[entry["role"]]], dtype=entry["type"])
            for entry in inputs
        }
        row: NDArray[np.float32] = session.run([output.name], feeds)[0][0]
        return row

    theirs = read_tokenizer(tokenizer)

    def encode(text: str) -> list[int]:
        ids: list[int] = theirs.encode(text).ids
        return ids

    family = config.optional("model_type", str, "unknown") if config else "unknown"
    return OpenedModel(
        family=family,
        graph=graph,
        tokenizer=tokenizer,
        output=output.name,
        heads=config.optional("num_attention_heads", int, 0) if config else 0,
        hidden=config.optional("hidden_size", int, 0) if config else 0,
        max_length=usable_positions(config, family),
        ids=encode,
        logits=logits,
    )
