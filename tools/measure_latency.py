"""Time the bundles of dist/ in both browsers: one text of 24 and of 128 tokens, and a card from click to scores after a cold start."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from builder.browsers import start
from builder.browsers.base import Browser
from builder.browsers.display import virtual_display
from builder.browsers.proxy import Page, Web

REPOSITORY = Path(__file__).parent.parent
ADDRESS = "http://page.test/"
PAGE = Page(b"<!doctype html><title>A page</title><p><span id=sentence>i feel so happy and grateful today</span></p>")
WARM_UP, RUNS, COLD_STARTS = 20, 100, 3
LENGTHS = {24: 22, 128: 126}
"""Tokens to words: each word of the text is one token, and two frame them."""


def warm(browser: Browser, words: int) -> list[float]:
    """Milliseconds from a text's arrival at the host to its scores."""
    browser.open_popup()
    text = "happy " * words
    return [browser.classify_in_popup(text).latency_ms or 0 for _ in range(WARM_UP + RUNS)][WARM_UP:]


def cold(name: str) -> tuple[float, float]:
    """Of a browser just started: seconds from the choice in the menu to the first sight of the card and of its scores."""
    with Web({ADDRESS: PAGE}) as web, start(name, REPOSITORY / "dist" / name, web, headless=name == "firefox") as browser:
        browser.open(ADDRESS)
        browser.choose_menu_entry("#sentence", "Classify emotion")
        chosen = time.perf_counter()
        while browser.card() is None:
            pass
        shown = time.perf_counter()
        browser.wait_for_card()
        return shown - chosen, time.perf_counter() - chosen


def main() -> None:
    for name in ("chrome", "firefox"):
        with Web({}) as web, start(name, REPOSITORY / "dist" / name, web) as browser:
            for tokens, words in LENGTHS.items():
                times = sorted(warm(browser, words))
                p95 = times[int(len(times) * 0.95)]
                figures = f"p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, n {len(times)}"
                sys.stdout.write(f"{name}: {tokens} tokens, warm: {figures}\n")
        with virtual_display():
            starts = [cold(name) for _ in range(COLD_STARTS)]
        card, scores = (statistics.median(column) for column in zip(*starts, strict=True))
        sys.stdout.write(f"{name}: cold, from click: card {1000 * card:.0f} ms, scores {1000 * scores:.0f} ms, n {COLD_STARTS}\n")


if __name__ == "__main__":
    main()
