"""The background stopped again and again, at random moments from the key press on."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from builder.browsers.driver import wait_for
from tests.faults.matrix import LIMIT_S
from tests.faults.scene import Scene
from tests.support.drivers import ChromeUnderTest
from tests.support.page_view import PANEL_PAGE, STATE, begin

LATEST_S = 0.6
LOST_AFTER_S = 25
"""Without any card."""

KEPT = "chrome.storage.session.get(null).then((kept) => JSON.stringify(Object.keys(kept)))"


@dataclass(frozen=True)
class Stop:
    what: str
    """``card`` or ``view``."""

    after_s: float
    outcome: str
    """``answer``, ``sentence``, ``wrong``, ``waits`` or ``lost``; ``undelivered`` where the browser
    had not given us the key press yet.
    """

    seconds: float


def stops(scene: Scene, count: int, seed: int, *, views: bool) -> Iterator[Stop]:
    chance = random.Random(seed)  # noqa: S311 - of tests
    for _ in range(count):
        after = chance.uniform(0, LATEST_S)
        yield (
            _view(scene, after) if views else _card(scene, after, chance.choice(("short", "long")))
        )


def _card(scene: Scene, after: float, text: str) -> Stop:
    scene.open()
    scene.press_and_stop(text, after)
    began = time.monotonic()
    while time.monotonic() - began < LIMIT_S:
        outcome = scene.outcome(text)
        if outcome:
            return Stop("card", after, outcome, time.monotonic() - began)
        time.sleep(0.05)
        if time.monotonic() - began > LOST_AFTER_S and scene.card() is None:
            break
    if scene.card():
        return Stop("card", after, "waits", time.monotonic() - began)
    return Stop("card", after, _lost(scene), time.monotonic() - began)


def _lost(scene: Scene) -> str:
    """Whether it is our loss: what was delivered is kept as soon as it is."""
    if isinstance(scene.browser, ChromeUnderTest) and not scene.browser.runs_background():
        return "undelivered"
    kept: list[str] = json.loads(scene.browser.in_background(KEPT))
    return "lost" if any(key.startswith("occasion:") for key in kept) else "undelivered"


def _view(scene: Scene, after: float) -> Stop:
    scene.open()
    if scene.browser.name == "chrome":  # its grant is that of a key press
        scene.press()
        scene.browser.wait_for_card(timeout=90)
        scene.browser.type_keys("Escape")
    begin(scene.browser)
    began = time.monotonic()
    time.sleep(after)
    scene.browser.stop_background()
    wait_for(
        lambda: scene.browser.in_page(PANEL_PAGE, STATE) in ("done", "failed") or None,
        LIMIT_S,
        "the end of a view",
    )
    state = scene.browser.in_page(PANEL_PAGE, STATE)
    return Stop(
        "view", after, "answer" if state == "done" else "sentence", time.monotonic() - began
    )


def summary(found: list[Stop]) -> str:
    """Outcomes with their numbers, and the longest way to an end."""
    counts = Counter(stop.outcome for stop in found)
    slowest = max((stop.seconds for stop in found), default=0.0)
    parts = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
    return f"{len(found)} stops: {parts}; the slowest end after {slowest:.1f} s"
