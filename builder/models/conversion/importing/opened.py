"""A model that was opened for import, before it becomes an asset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Logits = Callable[[list[int]], NDArray[np.float32]]
"""Gives logits of shape ``(labels,)`` for the token ids of one text."""


@dataclass(frozen=True)
class OpenedModel:
    """The unfused graph and tokenizer of a model, and reference functions for its token ids and
    logits that use none of our code.
    """

    family: str
    graph: Path
    tokenizer: Path
    output: str
    """The name of the logits."""
    heads: int
    """Attention heads; 0 if unknown."""
    hidden: int
    """Hidden size; 0 if unknown."""
    ids: Callable[[str], list[int]]
    logits: Logits
    activation: str | None = None
    """The activation that the graph ended with, before it was removed."""
