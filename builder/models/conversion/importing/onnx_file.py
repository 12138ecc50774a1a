"""Open an ONNX file with its tokenizer.json and config.json."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from builder.config.reader import ConfigReader
from builder.errors import BuilderError
from builder.models.asset.asset import check_names
from builder.models.asset.tokenizer import TOKENIZER, read_tokenizer
from builder.models.conversion.importing.opened import Logits, OpenedModel
from builder.models.conversion.importing.source import ONNX_PLACES
from builder.models.conversion.passes.logits import logits_output, strip_activation
from builder.models.conversion.passes.to_float32 import to_float32

if TYPE_CHECKING:
    import onnx

_ROLES = {"input_ids", "attention_mask", "token_type_ids"}
_QUANTIZED = ("DynamicQuantizeLinear", "QuantizeLinear", "MatMulNBits")
_DIMENSIONS = ("text", "token")


def open_onnx(
    source: Path, config: ConfigReader | None, scratch: Path, *, home: Path
) -> OpenedModel:
    """Open an ONNX file, or the one in a folder.

    Tensors of other precisions become fp32, and a final softmax or sigmoid is removed. The changed
    graph is written into ``scratch``.

    :param home: the folder with config.json and the tokenizer.
    :raises BuilderError: if it cannot be run as a classifier of texts.
    """
    file = (
        source
        if source.is_file()
        else next((source / name for name in ONNX_PLACES if (source / name).is_file()), None)
    )
    if file is None:
        raise BuilderError(
            f"{source}: holds neither model.safetensors nor an ONNX file",
            place=str(source),
            hint="name the folder that save_pretrained wrote",
        )
    graph, activation = _prepare(file, scratch)
    logits, output = open_graph(graph, file)
    places = (file.parent, home)
    tokenizer = next(
        (place / TOKENIZER for place in places if (place / TOKENIZER).is_file()), home / TOKENIZER
    )
    theirs = read_tokenizer(tokenizer)

    def encode(text: str) -> list[int]:
        ids: list[int] = theirs.encode(text).ids
        return ids

    return OpenedModel(
        family=config.optional("model_type", str, "unknown") if config else "unknown",
        graph=graph,
        tokenizer=tokenizer,
        output=output,
        heads=config.optional("num_attention_heads", int, 0) if config else 0,
        hidden=config.optional("hidden_size", int, 0) if config else 0,
        ids=encode,
        logits=logits,
        activation=activation,
    )


def open_graph(graph: Path, file: Path) -> tuple[Logits, str]:
    """A function for the logits of one text, and the name of the graph's output.

    :param file: the author's file, for messages.
    :raises BuilderError: if the graph cannot be run, or has unsuitable inputs or outputs.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # failures are reported as exceptions
    try:
        session = onnxruntime.InferenceSession(
            str(graph),
            options,
            providers=["CPUExecutionProvider"],
            enable_fallback=0,  # it prints
        )
    except Exception as error:
        raise _unusable(file, error) from None
    inputs = []
    for entry in session.get_inputs():
        if entry.name not in _ROLES or entry.type not in ("tensor(int64)", "tensor(int32)"):
            raise BuilderError(
                f"{file}: takes {entry.name} ({entry.type})",
                place=str(file),
                hint=f"it may take {', '.join(sorted(_ROLES))}, as int64 or int32",
            )
        _check_shape(entry.name, list(entry.shape or ()), file)
        inputs.append((entry.name, entry.type[7:-1]))
    outputs = {entry.name: entry for entry in session.get_outputs()}
    output = outputs[logits_output(list(outputs))]
    if output.shape and len(output.shape) != 2:
        raise BuilderError(
            f"{file}: its output {output.name} has {len(output.shape)} dimensions instead"
            " of (batch, labels)",
            place=str(file),
            hint="export the classifier, not its encoder",
        )

    def logits(ids: list[int]) -> NDArray[np.float32]:
        values = {
            "input_ids": ids,
            "attention_mask": [1] * len(ids),
            "token_type_ids": [0] * len(ids),
        }
        feeds = {name: np.array([values[name]], dtype=kind) for name, kind in inputs}
        row: NDArray[np.float32] = session.run([output.name], feeds)[0][0]
        return row

    return logits, str(output.name)


def _check_shape(name: str, shape: list[Any], file: Path) -> None:
    fixed = [
        f"exactly {size} {noun}{'s' if size > 1 else ''}"
        for size, noun in zip(shape, _DIMENSIONS, strict=False)
        if isinstance(size, int) and not (noun == "text" and size == 1)
    ]
    if fixed:
        raise BuilderError(
            f"{file}: {name} takes {' of '.join(fixed)}",
            place=str(file),
            hint=(
                "export it again with a dynamic batch and length; for torch.onnx.export that is"
                f" dynamic_axes={{'{name}': {{0: 'batch', 1: 'length'}}, ...}}"
            ),
        )


def _prepare(file: Path, scratch: Path) -> tuple[Path, str | None]:
    """The file, or a copy with raw fp32 logits; and the activation that was removed."""
    import onnx

    try:
        model = onnx.load(str(file))
        check_names(model.graph)
    except Exception as error:  # protobuf raises its own classes, by backend
        raise _unusable(file, error) from None
    if any(node.op_type in _QUANTIZED for node in model.graph.node):
        raise BuilderError(
            f"{file}: is quantized already, so that there is nothing to compare with",
            place=str(file),
            hint=(
                "import the fp32 export (model.onnx); 'builder model quantize' shrinks it and"
                " measures what that costs"
            ),
        )
    if not model.graph.output:
        raise BuilderError(f"{file}: has no output", hint="export it again", place=str(file))
    converted, activation = to_float32(model), strip_activation(model)
    if not converted and activation is None:
        return file, None
    return _save(model, scratch / "prepared.onnx"), activation


def _save(model: onnx.ModelProto, target: Path) -> Path:
    import onnx

    onnx.save_model(model, str(target), save_as_external_data=True, location=f"{target.stem}.bin")
    return target


def _unusable(file: Path, error: Exception) -> BuilderError:
    first = str(error).strip().split("\n")[0]
    return BuilderError(
        f"{file}: cannot be run as an ONNX model: {first}",
        hint="export it again",
        place=str(file),
    )
