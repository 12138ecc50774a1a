"""Select a recipe's texts from a large data set by hash, so that every run selects the same."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TypeVar

Row = TypeVar("Row")

SHARED_WORDS = 2  # content words that two neighbouring lines share if they contrast one topic
SAME_START = 4  # first words that two texts share if they are variants of one sentence
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "the a an and or to of in on at for is was be i my we our you your he she it they his her"
        " their with that this not had has have as by from but so no",
    )
)


def hash_share(text: str, salt: str) -> float:
    """A number in 0..1 that follows from the text and the salt alone (SHA-256), evenly spread."""
    return int(hashlib.sha256((salt + text).encode()).hexdigest()[:12], 16) / 16**12


def at_most_per_label(
    texts: Sequence[str], labels: Sequence[Hashable], limit: int, salt: str
) -> list[int]:
    """Row numbers of at most ``limit`` texts of each label: those with the lowest hashes."""
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        rows[label].append(row)
    return [
        row
        for of_label in rows.values()
        for row in sorted(of_label, key=lambda row: hash_share(texts[row], salt))[:limit]
    ]


def held_out_by_group(
    texts: Sequence[str], neighbours: Sequence[bool], share: float, salt: str
) -> list[bool]:
    """For each text whether it is held out, so that related texts stay on one side.

    Two texts are related if they begin with the same four words. Neighbouring texts are also
    related if both are flagged in ``neighbours`` and share their first two words or two content
    words: contrasts are written that way.

    :param share: about how much is held out, in 0..1; groups are held out whole.
    """
    parents = list(range(len(texts)))

    def root(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    words = [re.findall(r"[a-z0-9']+", text.lower()) for text in texts]
    for row in range(1, len(texts)):
        if neighbours[row] and neighbours[row - 1]:
            shared = set(words[row - 1]) & set(words[row]) - STOP_WORDS
            if words[row - 1][:2] == words[row][:2] or len(shared) >= SHARED_WORDS:
                parents[root(row)] = root(row - 1)
    first: dict[tuple[str, ...], int] = {}
    for row, of_text in enumerate(words):
        start = tuple(of_text[:SAME_START])
        if start in first:
            parents[root(row)] = root(first[start])
        else:
            first[start] = row
    return [hash_share(texts[root(row)], salt) < share for row in range(len(texts))]
