"""What model.json says of a model that is quantized by its recipe, and of its metrics."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from builder.models.asset.asset import FORMAT, GRAPH, WEIGHTS
from builder.models.asset.scorer import Scorer
from builder.models.asset.scoring import Scoring, passes_threshold
from builder.models.asset.tokenizer import TOKENIZER, describe_tokenizer
from builder.models.conversion.export import inputs_of
from builder.models.data.datasets import read_dataset
from builder.models.data.recipe import NONE, HeldOut, Recipe
from builder.models.metrics.calibration import ACTIVATION_OF
from builder.models.metrics.validation import Validation

MEASURED_IN = "onnxruntime for Python, one text a run"


def rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()
    }


def metrics_entry(recipe: Recipe, precision: str, metrics: Validation) -> dict[str, Any]:
    shared = {
        "precision": precision,
        "data": ", ".join(recipe.selecting),
        "split": "validation",
        "n": metrics.n,
        "measured_in": MEASURED_IN,
    }
    macro_f1 = sum(label.f1 for label in metrics.labels) / len(metrics.labels)
    if metrics.halves is not None:
        return shared | {
            "macro_f1": round(macro_f1, 4),
            "macro_f1_halves": [round(half, 4) for half in metrics.halves],
        }
    return shared | {
        "accuracy": round(metrics.value, 4),
        "macro_f1": round(macro_f1, 4),
        "sources": [rounded(asdict(source)) for source in metrics.sources],
    }


def held_out(recipe: Recipe, held_out: HeldOut, scorer: Scorer) -> dict[str, Any]:
    """The number of right predictions for the held-out texts: the label of a text, or an abstention
    for a text without one.
    """
    examples = read_dataset(held_out.file, "semicolon", [*recipe.label_ids, NONE])
    predicted = passes_threshold(
        scorer.scores([example.text for example in examples]), Scoring.of(scorer.description)
    )
    without = [example.labels == (len(recipe.labels),) for example in examples]
    right = [
        not row.any() if none else bool(row[list(example.labels)].all())
        for row, example, none in zip(predicted, examples, without, strict=True)
    ]
    return {
        "precision": "int8",
        "data": held_out.name,
        "split": "held out",
        "n": len(examples),
        "right": int(sum(right)),
        "none_n": sum(without),
        "none_right": int(sum(hit for hit, none in zip(right, without, strict=True) if none)),
        "measured_in": MEASURED_IN,
    }


def describe(recipe: Recipe, checkpoint: Path, graph: Path) -> dict[str, Any]:
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    return {
        "format": FORMAT,
        "name": recipe.name,
        "version": recipe.version,
        "licence": _licence(recipe),
        "sources": [
            {
                "what": "base checkpoint",
                "name": recipe.base.source,
                "licence": recipe.base.licence,
                "sha256": recipe.base.sha256,
            },
            *(
                {"what": "training data", "name": data.source, "licence": data.licence}
                for data in recipe.provenance
            ),
        ],
        "labels": [asdict(label) for label in recipe.labels],
        "activation": ACTIVATION_OF[recipe.problem],
        "temperature": 1.0,
        "thresholds": None,
        "min_score": 0.0,
        "max_length": config["max_position_embeddings"],
        "tokenizer": describe_tokenizer(checkpoint / TOKENIZER),
        "inputs": inputs_of(graph),
        "output": {"name": "logits"},
        "graph": GRAPH,
        "weights": WEIGHTS,
    }


def _licence(recipe: Recipe) -> dict[str, Any]:
    """The licence of the data that restricts use, or else of the first data source."""
    data = next((data for data in recipe.provenance if data.restricts_use), recipe.provenance[0])
    return {
        "name": data.licence,
        "restricts_use": data.restricts_use,
        "reason": f"trained on {data.name}",
    }
