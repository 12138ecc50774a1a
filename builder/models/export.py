"""Checkpoint to ONNX: traced by torch, then fused by onnxruntime.transformers (Attention, SkipLayerNorm, BiasGelu)."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

from builder.errors import BuilderError, missing_extra
from builder.files import replacing

OPSET = 17  # the newest that torch's tracing exporter writes; the wasm runtime reads it


def export(checkpoint: Path, out: Path) -> Path:
    """Write the classifier of a Hugging Face checkpoint folder as a fused fp32 ONNX file.

    The graph takes ``input_ids``, ``attention_mask`` and ``token_type_ids``, each int64 ``(batch, length)``, and gives
    ``logits``, float32 ``(batch, labels)``.

    :raises BuilderError: if the folder holds no checkpoint that can be read, or an optional dependency is missing.
    """
    try:
        import torch
        from onnxruntime.transformers import optimizer
        from onnxruntime.transformers.fusion_options import FusionOptions
        from transformers import AutoModelForSequenceClassification
    except ImportError as error:
        raise missing_extra(str(error.name), "train") from None
    if not (checkpoint / "model.safetensors").is_file():
        raise BuilderError(f"{checkpoint}: holds no model.safetensors", hint="name the folder that 'builder model train' wrote")
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    ids = torch.ones((1, 8), dtype=torch.int64)
    with replacing(out) as target:
        traced = target.with_name("traced.onnx")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tracer warns of shape checks that hold for every input
            torch.onnx.export(
                model, (ids, ids, ids * 0), str(traced), input_names=names, output_names=["logits"], opset_version=OPSET,
                dynamic_axes={name: {0: "batch", 1: "length"} for name in names} | {"logits": {0: "batch"}}, dynamo=False,
            )
        logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False  # the fused operator takes no 4-bit table
        fused = optimizer.optimize_model(
            str(traced), model_type="bert", num_heads=model.config.num_attention_heads,
            hidden_size=model.config.hidden_size, opt_level=0, optimization_options=options,
        )
        counts = fused.get_fused_operator_statistics()
        if not counts.get("Attention") or not counts.get("SkipLayerNormalization"):
            raise BuilderError(f"{checkpoint}: its attention could not be fused", hint=f"found: {counts}")
        fused.save_model_to_file(str(target))
    return out
