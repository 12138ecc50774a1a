"""From a checkpoint to a fused ONNX graph: traced by torch, fused by onnxruntime.transformers
(Attention, SkipLayerNorm, BiasGelu), then rewritten by the passes.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.errors import BuilderError
from builder.files import replacing
from builder.models.asset.asset import GRAPH, WEIGHTS
from builder.models.checkpoints import unpack_weights
from builder.models.conversion.passes.batch_one import fold_constant_inputs
from builder.models.conversion.passes.cls_only import compute_cls_only
from builder.models.conversion.passes.logits import state_width
from builder.models.conversion.passes.silent_neurons import drop_silent_neurons
from builder.models.torch_extra import require_torch

if TYPE_CHECKING:
    import torch

OPSET = 17  # the newest that torch's tracing exporter writes

TEXT_INPUTS = ("input_ids", "attention_mask")
INPUTS_OF = {
    "bert": (*TEXT_INPUTS, "token_type_ids"),
    "electra": (*TEXT_INPUTS, "token_type_ids"),
    "distilbert": TEXT_INPUTS,
    "roberta": TEXT_INPUTS,
    "xlm-roberta": TEXT_INPUTS,
    "camembert": TEXT_INPUTS,
    "mpnet": TEXT_INPUTS,
    "albert": (*TEXT_INPUTS, "token_type_ids"),
    "deberta-v2": TEXT_INPUTS,
    "modernbert": TEXT_INPUTS,
}
"""The inputs of each family, by ``model_type`` of config.json. MiniLM is ``bert`` or
``xlm-roberta``.
"""

SAFETENSORS = ("model.safetensors", "model.safetensors.index.json")
PICKLE = "pytorch_model.bin"


def export(checkpoint: Path, out: Path) -> Path:
    """Write the classifier of a Hugging Face checkpoint folder as a fused fp32 ONNX file.

    The graph takes ``input_ids`` of one unpadded text, int64 ``(1, length)``, and those of
    ``INPUTS_OF`` that ``batch_one`` cannot fold. It gives ``logits``, float32 ``(1, labels)``.

    :raises BuilderError: if the folder holds no readable checkpoint, or an optional dependency is
        missing.
    """
    require_torch()
    unpack_weights(checkpoint)
    if not any((checkpoint / name).is_file() for name in SAFETENSORS):
        raise BuilderError(
            f"{checkpoint}: holds no model.safetensors",
            hint="name the folder that 'builder model train' wrote",
        )
    model = load_checkpoint(checkpoint)
    drop_silent_neurons(model)
    with replacing(out) as target:
        trace(model, target.with_name("traced.onnx"))
        fuse(
            target.with_name("traced.onnx"),
            target,
            heads=model.config.num_attention_heads,
            hidden=model.config.hidden_size,
        )
    return out


def load_checkpoint(
    checkpoint: Path, *, allow_pickle: bool = False, labels: int | None = None
) -> torch.nn.Module:
    """Load the classifier of a checkpoint folder, in fp32 whatever it was saved in.

    :param labels: their number, if config.json does not say it.
    :raises BuilderError: if the weights cannot be read, or do not fit config.json.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    settings = {} if labels is None else {"num_labels": labels}
    try:
        model, loading = AutoModelForSequenceClassification.from_pretrained(
            checkpoint,
            attn_implementation="eager",
            dtype=torch.float32,
            output_loading_info=True,
            local_files_only=True,
            use_safetensors=not allow_pickle,
            weights_only=True,
            ignore_mismatched_sizes=True,  # they are reported below
            **settings,
        )
    except Exception as error:  # transformers and safetensors raise many kinds
        first = str(error).strip().split("\n")[0]
        if isinstance(error, KeyError):  # its words are the key alone
            first = f"{first} is not known"
        raise BuilderError(
            f"{checkpoint}: its weights cannot be read: {first}",
            place=str(checkpoint),
            hint="save it again: model.save_pretrained(FOLDER) with transformers",
        ) from None
    for name, found, wanted in loading.get("mismatched_keys", ()):
        raise BuilderError(
            f"{checkpoint}: its {name} has the shape {tuple(found)}, and config.json asks for"
            f" {tuple(wanted)}",
            place=str(checkpoint),
            hint="take the config.json that was saved with the weights",
        )
    missing = sorted(loading["missing_keys"])
    if missing:
        raise BuilderError(
            f"{checkpoint}: lacks weights that config.json asks for, {missing[0]} for one",
            place=str(checkpoint),
            hint=("fine-tune it as a sequence classifier first; missing weights would be random"),
        )
    classifier: torch.nn.Module = model.eval()
    return classifier


def trace(model: Any, out: Path) -> None:
    """Write a classifier as an ONNX graph, before any fusion."""
    import torch

    names = list(INPUTS_OF[model.config.model_type])
    ids = torch.full((1, 8), 5, dtype=torch.int64)
    values = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": torch.zeros_like(ids),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shape checks, which hold for every input
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
    """The ``inputs`` entry of model.json for an ONNX file. Its inputs are named by their roles."""
    import onnx

    types = {onnx.TensorProto.INT64: "int64", onnx.TensorProto.INT32: "int32"}
    whole = onnx.load(str(graph), load_external_data=False).graph
    weights = {tensor.name for tensor in whole.initializer}  # some exporters list them as inputs
    inputs = [entry for entry in whole.input if entry.name not in weights]
    return [
        {"name": entry.name, "role": entry.name, "type": types[entry.type.tensor_type.elem_type]}
        for entry in inputs
    ]


def fuse(graph: Path, out: Path, *, heads: int, hidden: int) -> dict[str, int]:
    """Fuse operators, fold constant inputs, and compute the last layer for [CLS] only. Unknown
    patterns stay as they are.

    :param heads: attention heads; 0 if unknown.
    :returns: how often each fused operator was found.
    """
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # the fused operator has no 4-bit table
    fused = optimizer.optimize_model(
        str(graph),
        model_type="bert",
        num_heads=heads,
        hidden_size=hidden,
        opt_level=0,
        optimization_options=options,
    )
    counts: dict[str, int] = fused.get_fused_operator_statistics()
    fold_constant_inputs(fused.model)
    compute_cls_only(fused.model)
    fused.prune_graph()
    fused.save_model_to_file(str(out))
    return {name: count for name, count in counts.items() if count}


def save_with_weights(graph: Path, folder: Path, *, logits: tuple[str, int] | None = None) -> None:
    """Write a graph as ``GRAPH`` and its large tensors as ``WEIGHTS`` into a folder.

    :param logits: the name of the output and the number of labels, to state its shape.
    """
    import onnx

    model = onnx.load(str(graph))
    if logits is not None:
        state_width(model, *logits)
    onnx.save_model(
        model,
        str(folder / GRAPH),
        save_as_external_data=True,
        location=WEIGHTS,
        size_threshold=1024,
    )
    if not (folder / WEIGHTS).is_file():  # no tensor is that large
        (folder / WEIGHTS).write_bytes(b"")
