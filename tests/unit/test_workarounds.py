"""A comment on a workaround says where the fault is known, and when the code may go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.comments import comments, comments_below

WORKAROUND = re.compile(r"work(?:s|ed|ing)?[ -]?around|(?<!be )\bseen (?:in|at) ", re.IGNORECASE)
KNOWN = re.compile(r"https://\S+|\b(?:Chromium|chromedriver|Firefox|Node|Runtime) \d+")
"""A link to the report or the source; or the version in which it was seen."""


def workarounds(text: str, suffix: str) -> Iterator[str]:
    return (comment for comment in comments(text, suffix) if WORKAROUND.search(comment))


def complaint(comment: str) -> str | None:
    if not KNOWN.search(comment):
        return f"neither link nor version: {comment}"
    if "may go" not in comment:
        return f"no word of when it may go: {comment}"
    return None


def test_every_workaround_can_be_looked_up_and_says_when_it_may_go(repository: Path) -> None:
    found = [
        (file, comment)
        for folder in ("extension", "builder")
        for file, comment in comments_below(repository / folder)
        if WORKAROUND.search(comment)
    ]
    assert len(found) > 12
    assert [f"{file}: {said}" for file, one in found if (said := complaint(one))] == []


@pytest.mark.parametrize(
    ("text", "suffix", "said"),
    [
        ("// Workaround: Chromium hides it.\n// It may go.\n", ".js", "neither link nor version"),
        ("a() // works around a bug, https://crbug.com/1\n", ".js", "no word of when"),
        ("/**\n * Seen in one\n * click of four.\n */\n", ".js", "neither link nor version"),
        ("    # Workaround for Firefox 153.\n    a()\n", ".py", "no word of when"),
        ('def f():\n    """A worka' + 'round."""\n', ".py", "neither link nor version"),
        ("/* Workaround: Chromium 156. */\n", ".css", "no word of when"),
    ],
)
def test_one_that_does_not_is_found(text: str, suffix: str, said: str) -> None:
    (comment,) = workarounds(text, suffix)
    assert (complaint(comment) or "").startswith(said)


def test_one_that_does_is_accepted() -> None:
    text = (
        "// Workaround: Chromium\n// 156 hides it. It may\n// go when it is shown.\nb() // plain\n"
    )
    (comment,) = workarounds(text, ".js")
    assert complaint(comment) is None
