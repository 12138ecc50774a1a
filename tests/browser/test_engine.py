"""The engine's worker as the host drives it, in real browsers."""

from __future__ import annotations

import json
from typing import Any

from builder.browsers.base import Browser

HOME = "surfaces/about/about.html"  # does nothing by itself
PHASES = ["spawn", "fetch", "runtime", "read", "tokenizer", "session", "run"]

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
          for (const work of works) worker.postMessage({kind: 'classify', detail: 'overall', ...work})
        }
        if (data.kind === 'partial') told.get(data.id).partials.push(data)
        if (data.kind === 'done') Object.assign(told.get(data.id), data, {at: performance.now()})
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


def ask(browser: Browser, *works: dict[str, Any], threads: int | str = "auto") -> dict[str, Any]:
    """What a new worker, with what is left of the runtime, told of each piece of work and of its
    start, ``at`` when.
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


def test_the_start_is_told_phase_by_phase(shared_browser: Browser) -> None:
    told = ask(shared_browser, {"id": "one", "texts": ["i feel so happy"], "priority": "reader"})
    startup = told["ready"]["startup"]
    assert sorted(startup) == sorted(PHASES)
    assert all(0 <= span["from"] <= span["to"] for span in startup.values())
    assert startup["session"]["from"] >= max(
        startup[phase]["to"] for phase in ("runtime", "read", "tokenizer")
    )
    assert startup["run"]["from"] >= startup["session"]["to"]


def test_a_reader_overtakes_a_long_page_whose_parts_come_in_order(shared_browser: Browser) -> None:
    texts = sentences(300)
    told = ask(
        shared_browser,
        {"id": "page", "texts": texts, "priority": "page"},
        {"id": "reader", "texts": texts[:20], "priority": "reader"},
    )
    page, reader = told["page"], told["reader"]
    assert reader["at"] < page["at"]
    assert [segment["verdict"] for segment in page["segments"][:20]] == [
        segment["verdict"] for segment in reader["segments"]
    ]
    parts = [segment for part in page["partials"] for segment in part["segments"]]
    assert parts
    assert parts == page["segments"][: len(parts)]
