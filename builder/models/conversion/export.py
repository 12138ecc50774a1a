"""Checkpoint to ONNX: traced by torch, fused by onnxruntime.transformers (Attention, SkipLayerNorm,
BiasGelu), cut by first_token.py.
"""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.errors import BuilderError, missing_extra
from builder.files import replacing
from builder.models.conversion.passes.batch_one import fold_inputs
from builder.models.conversion.passes.cls_only import keep_first_token

if TYPE_CHECKING:
    import torch

OPSET = 17  # the newest that torch's tracing exporter writes; the wasm runtime reads it

TEXT_INPUTS = ("input_ids", "attention_mask")
INPUTS_OF = {
    "bert": (*TEXT_INPUTS, "token_type_ids"),
    "electra": (*TEXT_INPUTS, "token_type_ids"),
    "distilbert": TEXT_INPUTS,
    "roberta": TEXT_INPUTS,
    "xlm-roberta": TEXT_INPUTS,
}
"""What each family is traced with, by ``model_type`` of config.json. MiniLM is ``bert`` or
``xlm-roberta`` there.
"""

SAFETENSORS = ("model.safetensors", "model.safetensors.index.json")
PICKLE = "pytorch_model.bin"


def export(checkpoint: Path, out: Path) -> Path:
    """Write the classifier of a Hugging Face checkpoint folder as a fused fp32 ONNX file.

    The graph takes ``input_ids`` of one text at its true length, int64 ``(1, length)``, with what
    else ``INPUTS_OF`` names as far as it cannot be left out (see single_text.py), and gives
    ``logits``, float32 ``(1, labels)``.

    :raises BuilderError: if the folder holds no checkpoint that can be read, or an optional
        dependency is missing.
    """
    require_torch()
    if not any((checkpoint / name).is_file() for name in SAFETENSORS):
        raise BuilderError(
            f"{checkpoint}: holds no model.safetensors",
            hint="name the folder that 'builder model train' wrote",
        )
    model = load_checkpoint(checkpoint)
    with replacing(out) as target:
        trace(model, target.with_name("traced.onnx"))
        fuse(
            target.with_name("traced.onnx"),
            target,
            heads=model.config.num_attention_heads,
            hidden=model.config.hidden_size,
        )
    return out


def require_torch() -> Any:
    """torch and transformers.

    :raises BuilderError: if one of them is not installed.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import torch
        import transformers
    except ImportError as error:
        raise missing_extra(str(error.name), "train") from None
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return torch


def load_checkpoint(checkpoint: Path, *, allow_pickle: bool = False) -> torch.nn.Module:
    """The classifier of a checkpoint folder.

    :raises BuilderError: if the weights cannot be read, or are not those of the classifier that
        config.json describes.
    """
    from transformers import AutoModelForSequenceClassification

    try:
        model, loading = AutoModelForSequenceClassification.from_pretrained(
            checkpoint,
            attn_implementation="eager",
            output_loading_info=True,
            local_files_only=True,
            use_safetensors=not allow_pickle,
            weights_only=True,
        )
    except Exception as error:  # transformers and safetensors raise many kinds
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{checkpoint}: its weights cannot be read: {first}",
            place=str(checkpoint),
            hint="save it again: model.save_pretrained(FOLDER) with transformers",
        ) from None
    missing = sorted(loading["missing_keys"]) + sorted(
        str(key) for key, *_ in loading.get("mismatched_keys", ())
    )
    if missing:
        raise BuilderError(
            f"{checkpoint}: lacks weights that config.json asks for, {missing[0]} for one",
            place=str(checkpoint),
            hint=(
                "fine-tune it as a sequence classifier first; what is missing would be drawn at"
                " random"
            ),
        )
    classifier: torch.nn.Module = model.eval()
    return classifier


def trace(model: Any, out: Path) -> None:
    """Write a classifier as the ONNX graph that its operations make, before any fusion."""
    import torch

    names = list(INPUTS_OF[model.config.model_type])
    ids = torch.full((1, 8), 5, dtype=torch.int64)
    values = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": torch.zeros_like(ids),
    }
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the tracer warns of shape checks that hold for every input
        torch.onnx.export(
            model,
            tuple(values[name] for name in names),
            str(out),
            input_names=names,
            output_names=["logits"],
            opset_version=OPSET,
            dynamic_axes={name: {0: "batch", 1: "length"} for name in names}
            | {"logits": {0: "batch"}},
            dynamo=False,
        )


def inputs_of(graph: Path) -> list[dict[str, str]]:
    """The ``inputs`` entry of model.json for an ONNX file whose inputs are called by their roles."""
    import onnx

    types = {onnx.TensorProto.INT64: "int64", onnx.TensorProto.INT32: "int32"}
    whole = onnx.load(str(graph), load_external_data=False).graph
    weights = {
        tensor.name for tensor in whole.initializer
    }  # some exporters list them as inputs, too
    inputs = [entry for entry in whole.input if entry.name not in weights]
    return [
        {"name": entry.name, "role": entry.name, "type": types[entry.type.tensor_type.elem_type]}
        for entry in inputs
    ]


def fuse(graph: Path, out: Path, *, heads: int, hidden: int) -> dict[str, int]:
    """Fuse what onnxruntime has one operator for, and leave out what is never read or always the
    same; how often each operator was found. What is not known stays as it is.

    :param heads: attention heads, 0 where they are not known.
    """
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # the fused operator takes no 4-bit table
    fused = optimizer.optimize_model(
        str(graph),
        model_type="bert",
        num_heads=heads,
        hidden_size=hidden,
        opt_level=0,
        optimization_options=options,
    )
    counts: dict[str, int] = fused.get_fused_operator_statistics()
    fold_inputs(fused.model)
    keep_first_token(fused.model)
    fused.prune_graph()
    fused.save_model_to_file(str(out))
    return {name: count for name, count in counts.items() if count}
