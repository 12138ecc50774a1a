"""A fused fp32 graph to a small asset, gated by its figures on the validation texts."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuilderError, CheckFailed
from builder.files import replacing
from builder.models.asset import CARD, DESCRIPTION, FORMAT, AssetFile
from builder.models.calibration import ACTIVATION_OF
from builder.models.card import render_card
from builder.models.dataset import read_examples
from builder.models.embeddings import quantize_embeddings
from builder.models.evaluate import Scorer
from builder.models.recipe import NONE, HeldOut, Recipe
from builder.models.scores import Scoring, counting
from builder.models.targets import read_splits
from builder.models.tokenizer import describe_wordpiece, write_vocabulary
from builder.models.validation import Validation, validate

INT8 = "dynamic int8: weights int8 per channel, activations uint8"
EMBEDDING_BLOCKS = {4: 64}  # values that share a scale, by bits
GRAPH, WEIGHTS, VOCABULARY, RECIPE = "model.onnx", "weights.bin", "vocab.txt", "recipe.toml"
MEASURED_IN = "onnxruntime for Python, one text a run"


@dataclass(frozen=True)
class Quantized:
    """The asset that was written, and the figures of both graphs on the validation texts."""

    asset: Path
    int8: Validation
    fp32: Validation


def quantize(recipe_file: Path, run: Path, data: Path, out: Path, *, max_loss: float, embedding_bits: int = 4) -> Quantized:
    """Quantize ``run/fp32.onnx``, calibrate it, and write the asset, if it loses at most ``max_loss`` of its validation figure (0..1).

    :param run: the folder that holds ``checkpoint/`` and ``fp32.onnx``.
    :param embedding_bits: 4 or 8, of the word embeddings.
    :raises CheckFailed: if the int8 graph loses more; nothing is written then.
    """
    recipe = Recipe.read(recipe_file)
    checkpoint, fp32_graph = run / "checkpoint", run / "fp32.onnx"
    for needed, command in ((checkpoint, "train"), (fp32_graph, "export")):
        if not needed.exists():
            raise BuilderError(f"{needed}: missing", hint=f"run 'builder model {command}' first", place=str(needed))
    _, split = read_splits(recipe, data)
    with replacing(out) as target:
        target.mkdir()
        _quantize_graph(fp32_graph, target, embedding_bits)
        write_vocabulary(checkpoint, target / VOCABULARY)
        description = _describe(recipe, checkpoint, embedding_bits)
        fp32 = validate(recipe, Scorer(target, description, graph=fp32_graph).logits(split.texts), split)
        int8 = validate(recipe, Scorer(target, description).logits(split.texts), split)
        if fp32.value - int8.value > max_loss:
            raise CheckFailed(
                f"int8 {int8.metric} {int8.value:.4f} is more than {max_loss} below fp32's {fp32.value:.4f}: nothing was written",
                hint="train longer, or allow more with --max-loss",
            )
        description |= {
            "temperature": int8.scoring.temperature, "min_score": int8.scoring.min_score,
            "thresholds": list(int8.scoring.thresholds) if int8.scoring.thresholds else None,
            "metrics": [_metrics(recipe, precision, figures) for precision, figures in (("int8", int8), ("fp32", fp32))],
            "files": [asdict(AssetFile.of(target, path)) for path in (GRAPH, WEIGHTS, VOCABULARY)],
        }
        if recipe.held_out is not None:
            description["metrics"].append(_held_out(recipe, recipe.held_out, Scorer(target, description)))
        (target / DESCRIPTION).write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (target / CARD).write_text(render_card(recipe, description, int8, fp32), encoding="utf-8")
        shutil.copyfile(recipe_file, target / RECIPE)
    return Quantized(out, int8, fp32)


def _quantize_graph(fp32: Path, folder: Path, embedding_bits: int) -> None:
    """Quantize, let onnxruntime optimize the graph for good, and put the weights beside it.

    The extension then skips the optimizer, and one blob holds all weights: half the session's start-up and heap.
    """
    import onnx
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)  # quantize_dynamic recommends a preprocessing that fusion has done
    scratch, optimized = folder / "quantized.onnx", folder / "optimized.onnx"
    model = onnx.load(str(fp32))
    if embedding_bits in EMBEDDING_BLOCKS:
        quantize_embeddings(model, block_size=EMBEDDING_BLOCKS[embedding_bits])
    # Activations stay uint8: signed ones fall back to scalar code in the wasm kernels.
    quantize_dynamic(
        model, str(scratch), per_channel=True, weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # ONNX cannot infer types through fused operators
    )
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED  # 'all' would fit this processor only
    options.optimized_model_filepath = str(optimized)
    options.log_severity_level = 3  # it warns that the file is for this machine, which holds for 'all'
    onnxruntime.InferenceSession(str(scratch), options, providers=["CPUExecutionProvider"])
    onnx.save_model(onnx.load(str(optimized)), str(folder / GRAPH), save_as_external_data=True, location=WEIGHTS, size_threshold=1024)
    scratch.unlink()
    optimized.unlink()


def _metrics(recipe: Recipe, precision: str, figures: Validation) -> dict[str, Any]:
    shared = {"precision": precision, "data": recipe.data[0].name, "split": "validation", "n": figures.n, "measured_in": MEASURED_IN}
    macro_f1 = sum(label.f1 for label in figures.labels) / len(figures.labels)
    if figures.halves is not None:
        return shared | {"macro_f1": round(macro_f1, 4), "macro_f1_halves": [round(half, 4) for half in figures.halves]}
    return shared | {
        "accuracy": round(figures.value, 4), "macro_f1": round(macro_f1, 4),
        "sources": [{key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(source).items()}
                    for source in figures.sources],
    }


def _held_out(recipe: Recipe, held_out: HeldOut, scorer: Scorer) -> dict[str, Any]:
    """How many answers to the held-out texts are right: the label that the text carries, or no clear one where it carries none."""
    examples = read_examples(held_out.file, [*recipe.label_ids, NONE])
    counts = counting(scorer.scores([example.text for example in examples]), Scoring.of(scorer.description))
    right = [not row.any() if example.label == len(recipe.labels) else bool(row[example.label])
             for row, example in zip(counts, examples, strict=True)]
    without = [example.label == len(recipe.labels) for example in examples]
    return {
        "precision": "int8", "data": held_out.name, "split": "held out", "n": len(examples), "right": int(sum(right)),
        "none_n": sum(without), "none_right": int(sum(hit for hit, none in zip(right, without, strict=True) if none)),
        "measured_in": MEASURED_IN,
    }


def _describe(recipe: Recipe, checkpoint: Path, embedding_bits: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": recipe.name,
        "version": recipe.version,
        "licence": _licence(recipe),
        "sources": [
            {"what": "base checkpoint", "name": recipe.base.source, "licence": recipe.base.licence, "sha256": recipe.base.sha256},
            *({"what": "training data", "name": data.source, "licence": data.licence} for data in recipe.provenance),
        ],
        "labels": [asdict(label) for label in recipe.labels],
        "activation": ACTIVATION_OF[recipe.problem],
        "temperature": 1.0,
        "thresholds": None,
        "min_score": 0.0,
        "max_length": json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))["max_position_embeddings"],
        "tokenizer": describe_wordpiece(checkpoint),
        "inputs": [{"name": name, "role": name, "type": "int64"} for name in ("input_ids", "attention_mask", "token_type_ids")],
        "output": {"name": "logits"},
        "graph": GRAPH,
        "weights": WEIGHTS,
        "quantization": f"{INT8}; word embeddings {embedding_bits} bits",
    }


def _licence(recipe: Recipe) -> dict[str, Any]:
    """That of the data that restricts use; else of the first data."""
    data = next((data for data in recipe.provenance if data.restricts_use), recipe.provenance[0])
    return {"name": data.licence, "restricts_use": data.restricts_use, "reason": f"trained on {data.name}"}
