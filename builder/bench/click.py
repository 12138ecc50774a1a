"""From a reader's key or choice in the menu to the card and to its scores: all asleep, awake, and
after the background was stopped.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from builder.bench.measures import Measure
from builder.bench.setup import Setup
from builder.browsers.driver import Browser, wait_for
from builder.browsers.proxy import Page
from builder.progress import Advance

ADDRESS = "http://page.test/"
ENTRY = "classify-selection"
PAGE = Page(b"""<!doctype html><html lang=en><title>A page</title><p><span id=sentence></span></p>
<script>
new MutationObserver((changes) => {
  if (!changes.some(({addedNodes}) => addedNodes.length)) return
  requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => { window.shown = performance.timeOrigin + performance.now() }
    port2.postMessage(null)
  })
}).observe(document.documentElement, {childList: true})
</script>""")
"""It tells when the frame was drawn in which the card came to stand on it, in milliseconds of the
epoch.
"""
SELECT = """
const place = document.querySelector('#sentence')
place.textContent = `i feel so happy and grateful on day ${arguments[0]}`
getSelection().selectAllChildren(place)
"""
"""Another text each time: the extension keeps the scores of those that it has just read."""
SETTLE_S = 1
AGAIN_S = 20
"""A browser that has just started may miss the first press; after this long it is pressed again."""
PATIENCE_S = 180

LOOK = """(() => {
  const {body} = document
  if (!body) return null
  const now = () => performance.timeOrigin + performance.now()
  const look = () => {
    if (!['result', 'failure'].includes(body.dataset.state)) return
    body.dataset.benchDone ??= String(now())
  }
  if (!body.dataset.benchWatched) {
    body.dataset.benchWatched = 'true'
    new MutationObserver(look).observe(body, {attributes: true, attributeFilter: ['data-state']})
    look()
  }
  const paint = performance.getEntriesByName('first-contentful-paint')[0]
  return JSON.stringify({
    origin: performance.timeOrigin,
    state: body.dataset.state ?? null,
    done: Number(body.dataset.benchDone) || null,
    painted: paint ? performance.timeOrigin + paint.startTime : null,
  })
})()
"""
"""In the card: when it showed anything and when its scores, in milliseconds of the epoch; kept in
attributes: those outlive a call.
"""


@dataclass(frozen=True)
class Click:
    """Milliseconds from key or menu to the waiting card, as the page scripts draw it, to the first
    paint of the card's own page over that, and to its scores.
    """

    waiting: float
    card: float
    scores: float


def clicks(setup: Setup, advance: Advance) -> Iterator[Measure]:
    """Nothing of an extension whose manifest suggests no key.

    :raises TimeoutError: if no card shows scores.
    """
    shortcut = shortcut_of(setup)
    if not shortcut:
        return
    cold: list[Click] = []
    warm: list[Click] = []
    menu: list[Click] = []
    stopped: list[Click] = []
    for number in range(setup.counts.browsers):
        with setup.fresh_browser({ADDRESS: PAGE}) as browser:
            browser.open(ADDRESS)
            days = itertools.count(1)

            def press(browser: Browser = browser) -> float:
                sent = time.time() * 1000
                browser.press(shortcut)
                return sent

            def choose(browser: Browser = browser) -> float:
                return browser.send_menu_click(ENTRY)

            def click(
                send: Callable[[], float] = press,
                browser: Browser = browser,
                days: Iterator[int] = days,
            ) -> Click:
                browser.execute(SELECT, next(days))
                return _click(browser, send)

            browser.execute(SELECT, 0)
            cold.append(_cold(browser, press))
            if number == setup.counts.browsers - 1:
                for _ in range(setup.counts.warm_up):
                    click()
                for _ in range(setup.counts.repeat):
                    warm.append(click())
                    menu.append(click(choose))
                for _ in range(setup.counts.rounds):
                    browser.stop_background()
                    time.sleep(SETTLE_S)
                    stopped.append(click())
        advance(1 / setup.counts.browsers)
    for name, event, title, found in (
        ("cold", "key", "browser just started", cold),
        ("warm", "key", "warm", warm),
        ("menu", "menu", "warm", menu),
        ("stopped", "key", "after the background was stopped", stopped),
    ):
        yield Measure.of(
            f"click.{name}.waiting",
            f"{event} to waiting card, {title}",
            "ms",
            [click.waiting for click in found],
        )
        yield Measure.of(
            f"click.{name}.card",
            f"{event} to card's page, {title}",
            "ms",
            [click.card for click in found],
        )
        yield Measure.of(
            f"click.{name}.scores",
            f"{event} to scores, {title}",
            "ms",
            [click.scores for click in found],
        )


def _cold(browser: Browser, send: Callable[[], float]) -> Click:
    for _ in range(3):
        with suppress(TimeoutError):
            return _click(browser, send, patience=AGAIN_S)
    return _click(browser, send)


def _click(browser: Browser, send: Callable[[], float], *, patience: float = PATIENCE_S) -> Click:
    sent = send()
    wait_for(lambda: _look(browser, sent), patience, "a card")

    def finished() -> dict[str, Any] | None:
        found = _look(browser, sent)
        return found if found and found["done"] and found["painted"] else None

    found = wait_for(finished, PATIENCE_S, "a card with scores")
    if found["state"] != "result":
        raise TimeoutError(f"the card shows '{found['state']}' instead of scores")
    shown: float = browser.execute("return window.shown")
    return Click(shown - sent, found["painted"] - sent, found["done"] - sent)


def _look(browser: Browser, sent: float) -> dict[str, Any] | None:
    """What the card that was opened since ``sent`` says of itself."""
    try:
        found = json.loads(browser.in_card(LOOK) or "null")
    except Exception:  # the card before may go while it is asked, in each driver's own way
        return None
    return found if found and found["origin"] > sent else None


def shortcut_of(setup: Setup) -> str:
    """The key that the manifest suggests for the selected text."""
    commands = setup.packaged("manifest.json").get("commands", {})
    keys = [command.get("suggested_key", {}).get("default") for command in commands.values()]
    return next((key for key in keys if key), "")
