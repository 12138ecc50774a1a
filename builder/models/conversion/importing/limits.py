"""What a model can take, found by running it: families differ in how they count positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from builder.config.reader import ConfigReader
from builder.errors import BuilderError
from builder.models.asset.sample_texts import SAMPLE_TEXTS
from builder.models.conversion.importing.opened import Logits, OpenedModel

LONGEST = 512
"""Tokens. A longer text is read in windows: attention over more tokens takes too long in a
browser.
"""
SHORTEST, SHORT = 3, 16


def short_text(model: OpenedModel) -> list[int]:
    """The token ids of a text that any model can take."""
    ids = model.ids(SAMPLE_TEXTS[0])
    return [*ids[: SHORT - 1], ids[-1]]


def run_once(logits: Logits, ids: list[int], place: Path) -> int:
    """Run a model on one text.

    :returns: the number of its logits.
    :raises BuilderError: if that fails.
    """
    try:
        found = logits(ids)
    except Exception as error:  # of onnxruntime or torch
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{place}: cannot run on one text of {len(ids)} tokens: {first}",
            hint="export it with a dynamic batch and length, for input_ids of shape (1, length)",
            place=str(place),
        ) from None
    if not np.isfinite(found).all():
        raise BuilderError(
            f"{place}: gives a score that is not a number",
            hint="its weights are damaged: save or train it again",
            place=str(place),
        )
    return len(found)


def check_vocabulary(logits: Logits, ids: list[int], tokenizer: Tokenizer, place: Path) -> None:
    """Check that every token of the tokenizer has an embedding.

    :param ids: of a text that the model can take.
    :raises BuilderError: if one has none.
    """
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values())
    if not _works(logits, [*ids[:-1], largest, ids[-1]]):
        raise BuilderError(
            f"{place}: its tokenizer has token ids up to {largest}, and the model has no embedding"
            " for the last of them",
            hint="save the tokenizer that it was trained with, or resize its token embeddings",
            place=str(place),
        )


def max_length(model: OpenedModel, config: ConfigReader | None) -> int:
    """The largest number of tokens that a model can take, up to ``LONGEST``.

    Some families count positions from behind the padding id, so that the table has more rows than
    a text may have tokens. The graph itself tells.
    """
    pad = config.values.get("pad_token_id") if config else None
    logits, ids = model.logits, [id for id in model.ids(" ".join(SAMPLE_TEXTS)) if id != pad]
    stated = config.optional("max_position_embeddings", int, LONGEST) if config else LONGEST
    high = max(min(stated, LONGEST), SHORTEST)
    if _works(logits, _of_length(ids, high)):
        return high
    low = SHORTEST
    while high - low > 1:
        middle = (low + high) // 2
        if _works(logits, _of_length(ids, middle)):
            low = middle
        else:
            high = middle
    return low


def _of_length(ids: list[int], length: int) -> list[int]:
    inner = ids[1:-1] or ids[:1]
    return [ids[0], *(inner * length)[: length - 2], ids[-1]]


def _works(logits: Logits, ids: list[int]) -> bool:
    try:
        logits(ids)
    except Exception:  # of onnxruntime or torch: an index beyond a table
        return False
    return True
