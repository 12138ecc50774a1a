"""A model that was opened for import, before it becomes an asset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.config.reader import ConfigReader

OFFSET_FAMILIES = ("roberta", "xlm-roberta")
"""Families that count positions from behind the padding id."""
DEFAULT_POSITIONS = 512


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
    max_length: int
    """Tokens that the model can take, special tokens included."""
    ids: Callable[[str], list[int]]
    logits: Callable[[list[int]], NDArray[np.float32]]
    """Logits of shape ``(labels,)`` for the token ids of one text."""


def usable_positions(config: ConfigReader | None, family: str) -> int:
    """The number of tokens that fit the position embeddings.

    RoBERTa and related families number positions from ``pad_token_id + 1``, so that the first ones
    are never used.
    """
    if config is None:
        return DEFAULT_POSITIONS
    positions = config.optional("max_position_embeddings", int, DEFAULT_POSITIONS)
    if family in OFFSET_FAMILIES:
        positions -= config.optional("pad_token_id", int, 1) + 1
    return positions
