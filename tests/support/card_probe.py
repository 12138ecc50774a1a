"""What a card shows on a page, as the extension itself can see it."""

from __future__ import annotations

import json
import time
from typing import Any

from builder.browsers.driver import wait_for
from tests.support.drivers import BrowserUnderTest

PROBE = """
(async () => {
  const [tab] = await chrome.tabs.query({active: true, lastFocusedWindow: true})
  const [{result}] = await chrome.scripting.executeScript({target: {tabId: tab.id}, func: () => {
    const host = document.querySelector('[popover]')
    if (!host) return null
    const root = globalThis.chrome?.dom?.openOrClosedShadowRoot?.(host)
      ?? host.openOrClosedShadowRoot
    const box = (element) => {
      const {left, top, width, height} = element.getBoundingClientRect()
      return [left, top, width, height]
    }
    const light = [...root.querySelectorAll('.light div')].map(box)
    const frame = box(root.querySelector('iframe'))
    const waits = root.querySelector('.waiting') !== null
    return {frame, waits, light, parent: host.parentNode.localName}
  }})
  return JSON.stringify(result)
})()
"""
"""What is in the closed shadow root, as the extension itself can see it: boxes as left, top,
width, height.
"""

STILL_FOR = 0.5  # seconds


def probe(browser: BrowserUnderTest) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(browser.in_background(PROBE))
    return found


def settled(browser: BrowserUnderTest) -> dict[str, Any]:
    """What is there once it has stopped moving."""
    seen: list[dict[str, Any] | None] = []

    def still() -> dict[str, Any] | None:
        time.sleep(STILL_FOR / 2)
        seen.append(probe(browser))
        return seen[-1] if len(seen) > 2 and seen[-1] == seen[-2] == seen[-3] else None

    return wait_for(still, 30, "a card that stands still")
