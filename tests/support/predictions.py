"""Predictions by name, to compare Python's with the oracle's and the browser's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from builder.models.asset.scoring import Scoring, passes_threshold


def predicted_labels(scores: Sequence[float], labels: Sequence[str], scoring: Scoring) -> list[str]:
    """The labels predicted for one text, highest score first; empty for an abstention."""
    row = np.array([scores])
    indices: list[int] = np.flatnonzero(passes_threshold(row, scoring)[0]).tolist()
    return [labels[index] for index in sorted(indices, key=lambda index: (-row[0, index], index))]
