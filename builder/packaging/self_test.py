"""The self-test that a package brings: a short text and the scores that onnxruntime gives it. The
engine answers nothing where its own scores differ.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from builder.errors import BuilderError
from builder.models.asset.asset import DESCRIPTION, Asset
from builder.models.asset.scorer import Scorer

DECIMALS = 2
"""Of the scores in the package. Machines differ in the last digits of what they compute, and
packages are to have the same bytes everywhere."""
TOLERANCE = 0.03
"""The greatest difference of a score that is none. Half of it is for ``DECIMALS`` and for browsers,
whose 8-bit arithmetic rounds otherwise (docs/explanation/engine.md has what was measured)."""
TEXTS = (
    "I can't believe it, déjà vu!",
    "What a lovely day we had 😀",
    "Nobody told me about 3 of them.",
    "She never called back, sadly.",
    "Why is this so unbelievably slow?",
    "Thanks – the café was great.",
    "He broke the window again.",
    "We miss you so much, Zoë.",
    "That dog scared me to death!",
    "So proud of you, well done.",
    "It rains, as always here.",
    "OK, see you at 5 then.",
)
"""Short, as each start of the engine waits for one. Together they have what a tokenizer has to
treat: capitals, accents, signs, numbers, emoji, long words."""


def self_test_of(asset: Asset) -> dict[str, Any]:
    """``text``, ``scores`` in the order of the labels, and ``tolerance``.

    :raises BuilderError: if the model cannot be run.
    """
    text, scores = _steadiest(asset.folder, (asset.folder / DESCRIPTION).read_bytes())
    return {"text": text, "scores": list(scores), "tolerance": TOLERANCE}


@lru_cache(maxsize=8)
def _steadiest(folder: Path, description: bytes) -> tuple[str, tuple[float, ...]]:
    """Of ``TEXTS`` the one whose scores are furthest from where rounding goes the other way."""
    try:
        scores = Scorer(folder, json.loads(description), threads=1).scores(TEXTS)
    except Exception as error:  # onnxruntime and tokenizers raise classes of their own
        raise BuilderError(
            f"{folder}: the model cannot be run: {error}",
            hint="build the asset again; 'builder model evaluate' runs it, too",
            place=str(folder),
        ) from None
    rounded = np.round(np.asarray(scores, dtype=np.float64), DECIMALS)
    distance = 0.5 - np.abs(scores - rounded).max(axis=1) * 10**DECIMALS
    best = int(distance.argmax())
    return TEXTS[best], tuple(float(score) for score in rounded[best])
