"""Data augmentation: variants of texts, which a teacher labels and a student learns from."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

REPLACED_SHARE = 0.2  # of a text's words
PUNCTUATION_SHARE = 0.25  # of the variants: punctuation taken away, or a full stop added
SHORTEST_FRAGMENT = 3  # words


def variants(texts: Sequence[str], seed: int) -> list[str]:
    """One variant of each text: a fragment of it, some words replaced, or its beginning with the
    end of another text.

    The replacements and the ends are drawn from the same texts.
    """
    draw = random.Random(seed)  # noqa: S311 - no secret; a seed has to give the same texts again
    others = [text.split() for text in texts]
    made = []
    for words in others:
        change = draw.choice((_fragment, _with_other_words, _with_another_end))
        made.append(_other_punctuation(" ".join(change(words, others, draw)), draw))
    return made


def _fragment(words: list[str], others: list[list[str]], draw: random.Random) -> list[str]:
    length = max(SHORTEST_FRAGMENT, round(len(words) * draw.uniform(0.4, 0.8)))
    if length >= len(words):
        return _with_another_end(words, others, draw)
    start = draw.randrange(len(words) - length + 1)
    return words[start : start + length]


def _with_other_words(words: list[str], others: list[list[str]], draw: random.Random) -> list[str]:
    return [
        draw.choice(draw.choice(others)) if draw.random() < REPLACED_SHARE else word
        for word in words
    ]


def _with_another_end(words: list[str], others: list[list[str]], draw: random.Random) -> list[str]:
    other = draw.choice(others)
    return words[: (len(words) + 1) // 2] + other[len(other) // 2 :]


def _other_punctuation(text: str, draw: random.Random) -> str:
    if draw.random() >= PUNCTUATION_SHARE:
        return text
    bare = re.sub(r"[^\w\s'\[\]]", "", text)
    return bare if bare != text and bare.strip() else text + "."
