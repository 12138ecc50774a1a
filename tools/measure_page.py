"""Time the view of a page of 500 sentences in both browsers: first paint, throughput, and what it costs the page's main thread."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from builder.browsers import start
from builder.browsers.base import Browser, wait_for
from builder.browsers.granted import granted
from builder.browsers.long_page import long_page
from builder.browsers.proxy import Page, Web

REPOSITORY = Path(__file__).parent.parent
ADDRESS = "http://page.test/"
PANEL_PAGE = "surfaces/pageview/panel.html"
PAGE_ENTRY = "classify-page"
SENTENCES = 500
LIMIT_MS = 50
SETTLE_S, TIMEOUT_S = 2, 180

WATCH = """
const watched = {longest: 0, frame: 0, long: 0, frames: 0, slow: 0}
window.watched = watched
let last = performance.now()
const beat = () => { const now = performance.now(); watched.longest = Math.max(watched.longest, now - last); last = now; setTimeout(beat) }
let shown = 0, down = true
const draw = (now) => {
  if (shown) { watched.frames++; watched.frame = Math.max(watched.frame, now - shown); if (now - shown > 34) watched.slow++ }
  shown = now
  if (window.reading) {
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) down = false
    if (scrollY === 0) down = true
    scrollBy(0, down ? 24 : -24)
  }
  requestAnimationFrame(draw)
}
window.watch = () => { Object.assign(watched, {longest: 0, frame: 0, long: 0, frames: 0, slow: 0}); last = performance.now(); shown = 0 }
try {
  new PerformanceObserver((list) => { for (const {duration} of list.getEntries()) watched.long = Math.max(watched.long, duration) })
    .observe({type: 'longtask'})
} catch { watched.long = null }
beat()
requestAnimationFrame(draw)
"""
"""In the page: the longest time between two turns of its event loop, its long tasks (Chromium), and its frames while it scrolls."""

FIRST = """
new Promise((resolve) => {
  const look = () => (document.querySelector('[data-count]:not([data-count="0"])') ? resolve(Date.now()) : setTimeout(look, 5))
  look()
})
"""
LAST = """
new Promise((resolve) => {
  const look = () => (document.body.dataset.state === 'done' ? resolve(Date.now()) : setTimeout(look, 5))
  look()
})
"""


@dataclass(frozen=True)
class PageFigures:
    """Milliseconds; ``idle`` is the same page without a view, on the same machine at the same time."""

    browser: str
    sentences: int
    first_paint_ms: float
    total_ms: float
    sentences_per_second: float
    longest_task_ms: float
    longest_task_idle_ms: float
    longest_frame_ms: float
    longest_frame_idle_ms: float
    slow_frames_share: float
    slow_frames_idle_share: float


def measure(name: str, bundle: Path) -> PageFigures:
    with Web({ADDRESS: Page(long_page(SENTENCES))}) as web, TemporaryDirectory() as temporary:
        permitted = granted(bundle, Path(temporary) / "bundle")
        with start(name, permitted, web) as browser:
            browser.open(ADDRESS)
            view(browser)  # once to have the model loaded and the code compiled
            browser.in_page(PANEL_PAGE, LAST)
            browser.open(ADDRESS)
            browser.execute(WATCH)
            time.sleep(SETTLE_S)
            browser.execute("window.reading = true; watch()")
            time.sleep(SETTLE_S)
            idle = browser.execute("return watched")
            browser.execute("watch()")
            began = time.time() * 1000
            view(browser)
            first = browser.in_page(PANEL_PAGE, FIRST) - began
            last = browser.in_page(PANEL_PAGE, LAST) - began
            time.sleep(SETTLE_S)  # the last boxes and the map beside the scrollbar
            busy = browser.execute("return watched")
            sentences = sum(browser.in_page(PANEL_PAGE, "[...document.querySelectorAll('[data-count]')].map((row) => Number(row.dataset.count))"))
            if sentences == 0:
                raise RuntimeError(f"{name}: nothing was painted")
    return PageFigures(
        browser=name, sentences=SENTENCES, first_paint_ms=first, total_ms=last, sentences_per_second=SENTENCES / last * 1000,
        longest_task_ms=busy["longest"] if busy["long"] is None else busy["long"],
        longest_task_idle_ms=idle["longest"] if idle["long"] is None else idle["long"],
        longest_frame_ms=busy["frame"], longest_frame_idle_ms=idle["frame"],
        slow_frames_share=busy["slow"] / max(1, busy["frames"]), slow_frames_idle_share=idle["slow"] / max(1, idle["frames"]),
    )


def view(browser: Browser) -> None:
    browser.send_menu_click(PAGE_ENTRY)
    wait_for(lambda: browser.in_page(PANEL_PAGE, "document.body?.dataset.state"), TIMEOUT_S, "the panel of the page")


def main() -> None:
    names = sys.argv[1:] or ["chrome", "firefox"]
    figures = [measure(name, REPOSITORY / "dist" / name) for name in names]
    for one in figures:
        sys.stdout.write(json.dumps(asdict(one)) + "\n")
    if any(one.longest_task_ms > LIMIT_MS for one in figures):
        sys.exit(1)


if __name__ == "__main__":
    main()
