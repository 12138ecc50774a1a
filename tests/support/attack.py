"""What the hostile page (hostile.html) says that it found out."""

from __future__ import annotations

import json
import re

from builder.browsers.driver import wait_for
from tests.support.drivers import BrowserUnderTest

FINDINGS = "return document.getElementById('findings').textContent"
ROUNDS = 10
PATIENCE = 120
NEVER = {
    "find",
    "highlight",
    "message",
    "global",
    "frame",
    "caret",
    "path",
    "called",
    "src",
    "violation",
    "runtime",
    "removed",
    "attributes",
    "characterData",
    "animation",
}
"""Kinds of findings that nothing of ours may bring about."""

TELLING = re.compile(r"Joy|joy|Sadness|computed|sentences|%|-extension:")
NOTHING = {
    "frames: 0",
    "shadow: null",
    "children: 0",
    "text: ",
    "size: 0,0,0,0",
    'box: {"x":0,"y":0,"width":0,"height":0,"top":0,"right":0,"bottom":0,"left":0}',
}
"""What it is to find of our host element."""


def findings(browser: BrowserUnderTest) -> list[tuple[str, str]]:
    """What it noted so far, with its kind."""
    found: list[str] = json.loads(browser.execute(FINDINGS) or "[]")
    return [(kind, value) for kind, _, value in (finding.partition(": ") for finding in found)]


def rounds(browser: BrowserUnderTest) -> int:
    """How often it has tried everything: 0 until something of ours appears."""
    return max((int(value) for kind, value in findings(browser) if kind == "rounds"), default=0)


def findings_after_more_rounds(
    browser: BrowserUnderTest, more: int = ROUNDS
) -> list[tuple[str, str]]:
    """What it noted, once it has tried everything so many times more than until now."""
    enough = rounds(browser) + more
    wait_for(lambda: rounds(browser) >= enough or None, PATIENCE, f"{more} attacks")
    return findings(browser)


def assert_nothing_was_learned(
    found: list[tuple[str, str]], host: str, *, words: slice = slice(None)
) -> None:
    """Nothing but that ``host``, our one element, is there.

    :param words: those of the page that have to be covered alike.
    """
    kinds = {kind for kind, _ in found}
    assert {"selectAll", "performance", "frames", "point", "added", "shadow", "size"} <= kinds, (
        "the attack did not run"
    )
    assert not kinds & NEVER, found
    assert {
        f"{kind}: {value}"
        for kind, value in found
        if kind in ("frames", "shadow", "children", "text", "size", "box")
    } == NOTHING
    assert {value for kind, value in found if kind in ("added", "point", "active")} == {host}
    assert [value for _, value in found if TELLING.search(value)] == []
    # Either all are covered or none: which of them carries a colour cannot be told.
    mixed = [
        value
        for kind, value in found
        if kind == "covered" and len({*value.split(" ")[words]} - {""}) > 1
    ]
    assert mixed == [], mixed
