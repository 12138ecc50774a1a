"""Write tests/js/engine/scores-oracle.json: what torch makes of some logits, for the Python and the
JavaScript that have to agree with it.

Run it with the packages of tools/requirements/train.txt:
    python tools/write_scores_oracle.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

TARGET = Path(__file__).parent.parent / "tests" / "js" / "engine" / "scores-oracle.json"
LOGITS = (
    [2.0, 0.0, -1.0],
    [-2.0, -1.5, -3.0],
    [0.0, 0.0, 0.0],
    [1000.0, 999.0, -1000.0],
    [-1000.0, -1001.0, -999.0],
    [0.25, 3.5, 3.5],
)
SPECS: tuple[dict[str, Any], ...] = (
    {"activation": "softmax", "temperature": 1, "thresholds": None, "min_score": 0},
    {"activation": "softmax", "temperature": 1.7, "thresholds": None, "min_score": 0.5},
    {"activation": "softmax_with_none", "temperature": 1, "thresholds": None, "min_score": 0},
    {"activation": "softmax_with_none", "temperature": 0.6, "thresholds": None, "min_score": 0.35},
    {"activation": "sigmoid", "temperature": 1, "thresholds": None, "min_score": 0.5},
    {"activation": "sigmoid", "temperature": 1.3, "thresholds": [0.9, 0.4, 0.2], "min_score": 0},
    {"activation": "sigmoid", "temperature": 1, "thresholds": [0.9, 0.4, 0.2], "min_score": 0.3},
)


def scores(logits: list[float], spec: dict[str, Any]) -> list[float]:
    scaled = torch.tensor(logits, dtype=torch.float64) / spec["temperature"]
    if scale := spec.get("scale"):
        share = (scaled - scale["low"]) / (scale["high"] - scale["low"])
        return [float(score) for score in share.clamp(0, 1)]
    if spec["activation"] == "sigmoid":
        return [float(score) for score in torch.sigmoid(scaled)]
    none = torch.zeros(1 if spec["activation"] == "softmax_with_none" else 0, dtype=torch.float64)
    return [
        float(score) for score in torch.softmax(torch.cat([scaled, none]), dim=0)[: len(logits)]
    ]


def answer(found: list[float], spec: dict[str, Any]) -> list[int]:
    """The labels that count, best first, the earlier of equal ones first."""
    best_first = sorted(range(len(found)), key=lambda label: -found[label])
    if spec["activation"] != "sigmoid":
        best_first = best_first[:1]
    if spec["activation"] == "regression":
        return best_first
    thresholds = spec["thresholds"] or [0] * len(found)
    return [
        label
        for label in best_first
        if found[label] >= thresholds[label] and found[label] >= spec["min_score"]
    ]


REGRESSIONS: tuple[dict[str, Any], ...] = tuple(
    {
        "activation": "regression",
        "temperature": 1,
        "thresholds": None,
        "min_score": least,
        "scale": {"low": low, "high": high},
    }
    for low, high, least in ((1, 5, 0), (-1, 1, 0.9), (0, 100, 0))
)
VALUES = ([3.25], [1.0], [5.0], [-7.5], [1000.0], [0.0])
cases = [
    {
        "spec": spec,
        "logits": logits,
        "scores": (found := scores(logits, spec)),
        "answer": answer(found, spec),
    }
    for specs, outputs in ((SPECS, LOGITS), (REGRESSIONS, VALUES))
    for spec in specs
    for logits in outputs
]
lines = ",\n".join(json.dumps(case) for case in cases)
TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
