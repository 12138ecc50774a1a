"""The engine's worker, driven as the host drives it."""

from __future__ import annotations

import json
from typing import Any

from tests.support.drivers import BrowserUnderTest

HOME = "ui/about/about.html"  # does nothing by itself

ASK = """
return (async (works, threads) => {
  const {createEngineWorker} = await import(new URL('/host/engine-worker.js', location.href))
  const worker = createEngineWorker(false)
  const told = new Map(works.map(({id}) => [id, {partials: []}]))
  try {
    await new Promise((resolve, reject) => {
      worker.onerror = ({message}) => reject(new Error(message))
      worker.onmessage = ({data}) => {
        if (data.kind === 'broken' || data.kind === 'failed') reject(new Error(data.message))
        if (data.kind === 'ready') {
          told.set('ready', {...data, at: performance.now()})
          for (const work of works) {
            worker.postMessage({kind: 'classify', detail: 'overall', ...work})
          }
        }
        if (data.kind === 'partial') told.get(data.id).partials.push(data)
        if (data.kind === 'done') {
          const before = told.get(data.id).partials.flatMap(({segments}) => segments)
          const segments = [...before, ...data.segments]
          Object.assign(told.get(data.id), data, {segments, at: performance.now()})
        }
        if (works.every(({id}) => told.get(id).kind === 'done')) resolve()
      }
      worker.postMessage({kind: 'start', threads, minScore: null})
    })
  } finally {
    worker.terminate()
  }
  return JSON.stringify(Object.fromEntries(told))
})(arguments[0], arguments[1])
"""


def ask(
    browser: BrowserUnderTest, *works: dict[str, Any], threads: int | str = "auto"
) -> dict[str, Any]:
    """The messages of a new worker, with the trimmed runtime, on its start and each piece of work.

    ``at`` is the time of the start.
    """
    browser.open(browser.extension_url + HOME)
    told: dict[str, Any] = json.loads(browser.execute(ASK, list(works), threads))
    return told


def sentences(count: int) -> list[str]:
    moods = ("happy", "angry")
    return [
        f"i feel so {moods[number % 2]} today that i counted to {number} before i could say a word"
        for number in range(count)
    ]
