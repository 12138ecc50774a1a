"""Time the card of the bundles in dist/: from the menu's event to the first paint, and the longest task on the page meanwhile."""

from __future__ import annotations

import json
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path

from builder.browsers import start
from builder.browsers.base import Browser, wait_for
from builder.browsers.proxy import Page, Web

REPOSITORY = Path(__file__).parent.parent
ADDRESS = "http://page.test/"
PARAGRAPHS = 400
PAGE = Page((
    "<!doctype html><html lang=en><title>A page</title><p><span id=sentence>i feel so happy and grateful today</span></p>"
    + "".join(f"<p>Paragraph {number} of a page that is about as long as an article, with <a href=#>links</a> in it.</p>"
              for number in range(PARAGRAPHS))
).encode())
SHORTCUT = "Alt+Shift+L"
WARM_UP, RUNS, STOPS = 3, 20, 3
PATIENCE = 180

# Chromium reports its tasks over 50 ms; gaps between ticks bound them in both browsers, together with whatever else the machine did.
WATCH = """
window.longest = 0, window.tasks = []
let before = performance.now()
const {port1, port2} = new MessageChannel()
port1.onmessage = () => {
  const now = performance.now()
  window.longest = Math.max(window.longest, now - before)
  before = now
  if (!window.done) setTimeout(() => port2.postMessage(0))
}
port2.postMessage(0)
if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({duration}) => duration))).observe({type: 'longtask'})
}
"""
SEND = """
(async () => {
  const [tab] = await chrome.tabs.query({active: true, lastFocusedWindow: true})
  const sent = performance.timeOrigin + performance.now()
  const info = {menuItemId: 'classify-selection', pageUrl: tab.url, frameId: 0, selectionText: 'x', editable: false}
  chrome.contextMenus.onClicked.dispatch(info, tab)
  return sent
})()
"""
PAINTED = "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
CLOCK = "performance.timeOrigin + performance.now()"


def open_page(browser: Browser) -> None:
    browser.open(ADDRESS)
    browser.execute("getSelection().selectAllChildren(document.querySelector('#sentence'))")
    for _ in range(3):  # a browser that has just started may not take the shortcut yet
        browser.press(SHORTCUT)  # grants activeTab
        with suppress(TimeoutError):
            wait_for(browser.card, 20, "a card")
            break
    browser.wait_for_card(timeout=PATIENCE)
    browser.execute(WATCH)


def painted_after(browser: Browser, sent: float) -> float:
    """Milliseconds from ``sent`` (on the clock of the browser) to the first paint of the card opened since."""

    def read() -> float | None:
        try:
            value = browser.in_card(PAINTED)
        except Exception:  # the card before may go while it is asked
            return None
        return float(value) if value and float(value) > sent else None

    return wait_for(read, PATIENCE, "the paint of a card") - sent


def awake(browser: Browser) -> list[float]:
    times = []
    for _ in range(WARM_UP + RUNS):
        times.append(painted_after(browser, send(browser)))
        browser.wait_for_card(timeout=PATIENCE)
    return times[WARM_UP:]


def send(browser: Browser) -> float:
    """Send the menu's event; the time of that."""
    if browser.name == "chrome":
        return float(browser.in_background(SEND))
    browser.send_menu_click("classify-selection", text="x")
    return float(browser.in_background("self.lastEvent"))


def after_stop(browser: Browser) -> list[float]:
    """From the key, since that is what wakes a stopped background: the event's own time is not known outside of it."""
    times = []
    for _ in range(STOPS):
        browser.stop_background()
        time.sleep(1)
        sent = time.time() * 1000
        browser.press(SHORTCUT)
        times.append(painted_after(browser, sent))
        browser.wait_for_card(timeout=PATIENCE)
    return times


def figures(times: list[float]) -> str:
    return f"p50 {statistics.median(times):.0f} ms, longest {max(times):.0f} ms, n {len(times)}"


def main() -> None:
    for name in ("chrome", "firefox"):
        with Web({ADDRESS: PAGE}) as web, start(name, REPOSITORY / "dist" / name, web) as browser:
            open_page(browser)
            if name == "firefox":
                browser.in_background(f"chrome.contextMenus.onClicked.addListener(() => {{ self.lastEvent = {CLOCK} }}), 0")
            sys.stdout.write(f"{name}: card from the menu's event, background awake: {figures(awake(browser))}\n")
            tasks, longest = json.loads(browser.execute("window.done = true; return JSON.stringify([window.tasks, window.longest])"))
            reported = f", tasks over 50 ms: {len(tasks)}" if name == "chrome" else ""
            sys.stdout.write(f"{name}: longest gap between ticks of the page meanwhile: {longest:.0f} ms{reported}\n")
            sys.stdout.write(f"{name}: card from the shortcut's key, background stopped: {figures(after_stop(browser))}\n")


if __name__ == "__main__":
    main()
