"""What the page pays: its longest task and its frames while a card opens or a view is painted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from builder.bench.click import AGAIN_S, PATIENCE_S, shortcut_of
from builder.bench.measures import Measure
from builder.bench.sample_page import sample_page
from builder.bench.setup import Setup
from builder.browsers.driver import Browser, wait_for
from builder.browsers.proxy import Page
from builder.progress import Advance

WARM_UP, MEASURED, TRACED = (
    "http://warm.page.test/",
    "http://page.test/",
    "http://traced.page.test/",
)
"""Pages of other sentences each, as the extension keeps the scores of those that it has just read.
"""
PANEL_PAGE = "ui/page-panel/page-panel.html"
PAGE_ENTRY = "classify-page"
CLOSE_S = 5
SELECT = "getSelection().selectAllChildren(document.querySelector('#asked'))"
ASKED = "<aside><p id=asked>{}</p></aside>"
"""For the card: not part of the page's main text, so that the view has not read it yet, nor reads
it later.
"""

WATCH = b"""<script>
const watched = {turn: 0, task: null, tasks: [], frame: 0, frames: 0, slow: 0}
let [reading, shown, down, last] = [false, 0, true, performance.now()]
function beat() {
  const now = performance.now()
  watched.turn = Math.max(watched.turn, now - last)
  last = now
  setTimeout(beat)
}
function draw(now) {
  if (shown) {
    watched.frames++
    watched.frame = Math.max(watched.frame, now - shown)
    if (now - shown > 34) watched.slow++
  }
  shown = now
  if (reading) {
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) down = false
    if (scrollY === 0) down = true
    scrollBy(0, down ? 24 : -24)
  }
  requestAnimationFrame(draw)
}
function watch() {
  const task = watched.task === null ? null : 0
  Object.assign(watched, {turn: 0, task, tasks: [], frame: 0, frames: 0, slow: 0})
  reading = true
  shown = 0
  last = performance.now()
}
if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
  watched.task = 0
  new PerformanceObserver((list) => {
    for (const {startTime, duration} of list.getEntries()) {
      watched.task = Math.max(watched.task, duration)
      watched.tasks.push([startTime, duration])
    }
  }).observe({type: 'longtask'})
}
beat()
requestAnimationFrame(draw)
</script>"""
"""In the page: the longest time between two turns of its event loop, its long tasks (Chromium), and
its frames while it scrolls.
"""

READ = "return JSON.stringify((window.wrappedJSObject ?? window).eval('watched'))"
START = "(window.wrappedJSObject ?? window).watch()"

RECORD = """(() => {
  const {dataset} = document.body
  const timer = setInterval(() => {
    if (document.querySelector('[data-count]:not([data-count="0"])')) dataset.first ??= Date.now()
    if (dataset.state === 'done') { dataset.last ??= Date.now(); clearInterval(timer) }
  }, 5)
})()"""
RECORDED = (
    "document.body?.dataset.last ? [Number(document.body.dataset.first),"
    " Number(document.body.dataset.last)] : null"
)
"""In the panel: when the first sentence was painted and when the last one was read. (What a browser
runs for us is kept in attributes.)
"""


def page(setup: Setup, advance: Advance) -> Iterator[Measure]:
    """The view of a whole page, scrolled all the while, beside the same page left alone. Nothing of
    an extension without a key: it is what grants the page.

    :raises TimeoutError: if no card or no view comes up.
    """
    shortcut = shortcut_of(setup)
    if not shortcut:
        return
    count, settle_s = setup.counts.sentences, setup.counts.settle_s
    pages = {
        address: _page(count, number) for number, address in enumerate((WARM_UP, MEASURED, TRACED))
    }
    with setup.fresh_browser(pages) as browser:
        _visit(browser, shortcut, WARM_UP)
        _view(browser)  # once to have the model loaded and the code compiled
        _recorded(browser)
        advance(0.3)
        browser.open(MEASURED)
        time.sleep(settle_s)
        idle = _watched(browser, lambda: time.sleep(2 * settle_s))
        card = _watched(browser, lambda: _card(browser, shortcut))
        began = 0.0
        moments: tuple[float, float] = (0, 0)

        def view() -> None:
            nonlocal began, moments
            began = time.time() * 1000
            _view(browser)
            moments = _recorded(browser)
            time.sleep(settle_s)  # the last boxes and the map beside the scrollbar

        busy = _watched(browser, view)
        advance(0.4)
        processor = _longest_on_processor(browser, shortcut, settle_s)
        advance(0.3)
    first, last = (moment - began for moment in moments)
    yield Measure.of("page.first", f"view of {count} sentences: first one painted", "ms", [first])
    yield Measure.of(
        "page.rate", f"view of {count} sentences", "texts/s", [count / last * 1000], better="higher"
    )
    for name, what, watched in (
        ("idle", "left alone", idle),
        ("card", "while a card opens", card),
        ("view", "while it is viewed", busy),
    ):
        yield Measure.of(
            f"page.task.{name}", f"longest task of the page, {what}", "ms", [_task(watched)]
        )
        yield Measure.of(
            f"page.frame.{name}", f"longest frame of the page, {what}", "ms", [watched["frame"]]
        )
    if processor is not None:
        yield Measure.of(
            "page.task.processor",
            "longest task while it is viewed, on the processor",
            "ms",
            [processor],
        )


def _page(count: int, number: int) -> Page:
    asked = " ".join(
        f"I feel so happy about question {number}.{question} that you asked."
        for question in range(5)
    )
    return Page(sample_page(count, day=2 * count * number) + ASKED.format(asked).encode() + WATCH)


def _task(watched: dict[str, Any]) -> float:
    """Firefox tells no tasks: there it is the longest time between two turns of the event loop,
    whatever took it.
    """
    return float(watched["turn"] if watched["task"] is None else watched["task"])


def _watched(browser: Browser, act: Callable[[], None]) -> dict[str, Any]:
    browser.execute(START)
    act()
    found: dict[str, Any] = json.loads(browser.execute(READ))
    return found


def _visit(browser: Browser, shortcut: str, address: str) -> None:
    """Open a page and have it granted, by the key that a reader presses."""
    browser.open(address)
    _card(browser, shortcut)


def _card(browser: Browser, shortcut: str) -> None:
    """Bring a card up, wait for its scores, and close it."""
    browser.execute(SELECT)
    for _ in range(3):  # a browser that has just started may miss the key
        browser.press(shortcut)
        with suppress(TimeoutError):
            wait_for(browser.card, AGAIN_S, "a card")
            break
    browser.wait_for_card(timeout=PATIENCE_S)
    browser.type_keys("Escape")
    with suppress(TimeoutError):  # one that stays open does no harm
        wait_for(lambda: True if browser.card() is None else None, CLOSE_S, "the end of the card")


def _view(browser: Browser) -> None:
    browser.send_menu_click(PAGE_ENTRY)
    wait_for(
        lambda: browser.in_page(PANEL_PAGE, "document.body?.dataset.state"),
        PATIENCE_S,
        "the panel of the page",
    )
    browser.in_page(PANEL_PAGE, RECORD)


def _longest_on_processor(browser: Browser, shortcut: str, settle_s: float) -> float | None:
    """The longest task of a view of another page.

    Recording takes time itself, so nothing else is measured during it.
    """
    _visit(browser, shortcut, TRACED)
    browser.execute(START)
    trace = browser.trace(TRACED)
    if trace is None:
        return None
    with trace:
        _view(browser)
        _recorded(browser)
        time.sleep(settle_s)
        return trace.tasks().longest_cpu_ms


def _recorded(browser: Browser) -> tuple[float, float]:
    """When the first and the last sentence were done, in milliseconds of the epoch."""
    deadline = time.monotonic() + PATIENCE_S
    while (moments := browser.in_page(PANEL_PAGE, RECORDED)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the view of the page was not done within {PATIENCE_S} s")
        time.sleep(0.5)  # seldom: asking takes time from what is measured
    return moments[0], moments[1]
