"""Time the view of a page of 500 sentences in both browsers: first paint, throughput, and what it costs the page's main thread.

Exit code 1: a task of more than 50 ms, on the processor where the browser tells that, else on the clock.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from builder.browsers import start
from builder.browsers.base import Browser, wait_for
from builder.browsers.chrome import Chrome
from builder.browsers.granted import granted
from builder.browsers.long_page import long_page
from builder.browsers.proxy import Page, Web

REPOSITORY = Path(__file__).parent.parent
ADDRESS = "http://page.test/"
PANEL_PAGE = "surfaces/pageview/panel.html"
PAGE_ENTRY = "classify-page"
SENTENCES = 500
LIMIT_MS = 50
SETTLE_S, IDLE_S, TIMEOUT_S = 2, 5, 180

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
  Object.assign(watched, {turn: 0, task: watched.task === null ? null : 0, tasks: [], frame: 0, frames: 0, slow: 0})
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
"""In the page: the longest time between two turns of its event loop, its long tasks (Chromium), and its frames while it scrolls."""

READ = "return JSON.stringify((window.wrappedJSObject ?? window).eval('watched'))"
START = "(window.wrappedJSObject ?? window).watch()"

RECORD = """(() => {
  const {dataset} = document.body
  const timer = setInterval(() => {
    if (document.querySelector('[data-count]:not([data-count="0"])')) dataset.first ??= Date.now()
    if (dataset.state === 'done') { dataset.last ??= Date.now(); clearInterval(timer) }
  }, 5)
})()"""
RECORDED = "document.body?.dataset.last ? [Number(document.body.dataset.first), Number(document.body.dataset.last)] : null"
"""In the panel: when the first sentence was painted and when the last one was read. (What a browser runs for us is kept in attributes.)"""


@dataclass(frozen=True)
class PageFigures:
    """Milliseconds; ``idle`` is the same page without a view, on the same machine at the same time. Firefox tells no time on the
    processor and no tasks: there, ``longest_task_ms`` is the longest time between two turns of the event loop.
    """

    browser: str
    sentences: int
    first_paint_ms: float
    total_ms: float
    sentences_per_second: float
    longest_task_ms: float
    longest_task_cpu_ms: float | None
    longest_task_idle_ms: float
    longest_frame_ms: float
    longest_frame_idle_ms: float
    slow_frames_share: float
    slow_frames_idle_share: float


def measure(name: str, bundle: Path) -> PageFigures:
    with Web({ADDRESS: Page(long_page(SENTENCES) + WATCH)}) as web, TemporaryDirectory() as temporary:
        permitted = granted(bundle, Path(temporary) / "bundle")
        with start(name, permitted, web) as browser:
            browser.open(ADDRESS)
            view(browser)  # once to have the model loaded and the code compiled
            recorded(browser)
            browser.open(ADDRESS)
            time.sleep(SETTLE_S)
            browser.execute(START)
            time.sleep(IDLE_S)
            idle = json.loads(browser.execute(READ))
            browser.execute(START)
            began = time.time() * 1000
            view(browser)
            first, last = (moment - began for moment in recorded(browser))
            time.sleep(SETTLE_S)  # the last boxes and the map beside the scrollbar
            busy = json.loads(browser.execute(READ))
            cpu = longest_cpu(browser)
            if not browser.in_page(PANEL_PAGE, "document.querySelector('[data-count]:not([data-count=\"0\"])')?.dataset.count"):
                raise RuntimeError(f"{name}: nothing was painted")
    return PageFigures(
        browser=name, sentences=SENTENCES, first_paint_ms=first, total_ms=last, sentences_per_second=SENTENCES / last * 1000,
        longest_task_ms=busy["turn"] if busy["task"] is None else busy["task"],
        longest_task_cpu_ms=cpu,
        longest_task_idle_ms=idle["turn"] if idle["task"] is None else idle["task"],
        longest_frame_ms=busy["frame"], longest_frame_idle_ms=idle["frame"],
        slow_frames_share=busy["slow"] / max(1, busy["frames"]), slow_frames_idle_share=idle["slow"] / max(1, idle["frames"]),
    )


def view(browser: Browser) -> None:
    browser.send_menu_click(PAGE_ENTRY)
    wait_for(lambda: browser.in_page(PANEL_PAGE, "document.body?.dataset.state"), TIMEOUT_S, "the panel of the page")
    browser.in_page(PANEL_PAGE, RECORD)


def longest_cpu(browser: Browser) -> float | None:
    """Of a second view of the same page: recording it takes time itself, so nothing else is measured meanwhile."""
    if not isinstance(browser, Chrome):
        return None
    browser.open(ADDRESS)
    time.sleep(SETTLE_S)
    browser.execute(START)
    with browser.trace(ADDRESS) as trace:
        view(browser)
        recorded(browser)
        time.sleep(SETTLE_S)
        return trace.tasks().longest_cpu_ms


def recorded(browser: Browser) -> tuple[float, float]:
    """When the first and the last sentence were done, in milliseconds of the epoch."""
    while (moments := browser.in_page(PANEL_PAGE, RECORDED)) is None:
        time.sleep(0.5)  # seldom: asking takes time from what is measured
    return moments[0], moments[1]


def main() -> None:
    names = sys.argv[1:] or ["chrome", "firefox"]
    figures = [measure(name, REPOSITORY / "dist" / name) for name in names]
    for one in figures:
        sys.stdout.write(json.dumps(asdict(one)) + "\n")
    if any((one.longest_task_cpu_ms or one.longest_task_ms) > LIMIT_MS for one in figures):
        sys.exit(1)


if __name__ == "__main__":
    main()
