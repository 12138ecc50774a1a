"""Very long texts in real browsers: progress is shown, Stop stops, and other requests are answered
before the end. How fast, ``builder bench`` measures.

``LENSMITH_LONG_TEXT``: characters of the long text; the suite's is short.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.drivers import BrowserUnderTest

LENGTH = int(os.environ.get("LENSMITH_LONG_TEXT", "150000"))
HOME = "ui/about/about.html"  # does nothing by itself

SHORTCUT = "Alt+Shift+L"
LINE = "i am happy today. "
LONG = "http://long.test/"
TOO_LONG = "http://too-long.test/"
SELECT = "getSelection().selectAllChildren(document.body)"
SHOWN = """[document.body.dataset.state, document.getElementById('stop').hidden,
 document.getElementById(document.getElementById('phase') ? 'phase' : 'status').textContent,
 document.getElementById('message').textContent]"""
POPUP = "ui/popup/popup.html"
CARD = "ui/card/card.html"

BESIDE = """
return (async (length) => {
  const {classify, status} = await import(new URL('/ui/lib/engine-client.js', location.href))
  let text = ''
  for (let line = 0; text.length < length; line++) text += `in line ${line} i say that i am happy. `
  const stopping = new AbortController()
  const counts = []
  let [ended, found] = [false, 0]
  let began
  const beginning = new Promise((resolve) => { began = resolve })
  const long = classify(text, {
    detail: 'segments',
    signal: stopping.signal,
    onProgress({phase, done, total}) {
      if (phase !== 'classifying' || !total) return
      counts.push([done, total])
      began()
    },
    onPartial({segments}) {
      found += segments.length
    },
  }).then(() => 'answered', () => 'stopped').finally(() => { ended = true })
  await beginning
  const beside = []
  for (let number = 0; number < 9; number++) {
    const {prediction} = await classify(`a short text, the ${number}th`, {detail: 'segments'})
    beside.push(prediction.scores.length > 0 && !ended)
  }
  stopping.abort()
  const end = await long
  while ((await status()).requests > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  const {segments} = await classify('and what comes next is answered. at once.', {
    detail: 'segments',
  })
  return JSON.stringify({beside, found, counts, end, next: segments.length})
})(arguments[0])
"""

ANSWERED = """
return (async (unit, length, detail) => {
  const {classify} = await import(new URL('/ui/lib/engine-client.js', location.href))
  const began = performance.now()
  const text = unit.repeat(Math.ceil(length / unit.length))
  const {prediction, segments, tokens} = await classify(text, {detail})
  const scores = [prediction, ...segments.slice(0, 1000).map(({prediction}) => prediction)]
    .flatMap(({scores}) => scores.map(({score}) => score))
  const ms = performance.now() - began
  const last = segments.at(-1)?.end ?? 0
  return JSON.stringify({ms, tokens, count: segments.length, last, length: text.length,
    numbers: scores.every((score) => score >= 0 && score <= 1)})
})(arguments[0], arguments[1], arguments[2])
"""


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    name = request.param
    pages = {
        LONG: Page(different_sentences(40_000).encode(), content_type="text/plain"),
        TOO_LONG: Page(LINE.encode() * 650_000, content_type="text/plain"),
    }
    with browsing(name, bundles[name], pages, copy=tmp_path_factory.mktemp(name)) as browser:
        browser.open_popup()
        yield browser


def different_sentences(count: int) -> str:
    return "".join(f"in line {number} i say that i am happy. " for number in range(count))


def run(reader: BrowserUnderTest, script: str, *arguments: Any) -> dict[str, Any]:
    reader.open(reader.extension_url + HOME)
    told: dict[str, Any] = json.loads(reader.execute(script, *arguments))
    return told


def test_a_long_text_tells_how_far_it_is_can_be_stopped_and_holds_up_nobody(
    reader: BrowserUnderTest,
) -> None:
    told = run(reader, BESIDE, LENGTH)
    done, total = told["counts"][-1]
    assert 0 < done < total and len(told["counts"]) > 1
    assert told["found"] > 0
    assert told["beside"] == [True] * 9, "a short text waited for the end of the long one"
    assert told["end"] == "stopped"
    assert told["next"] == 2


def test_short_sentences_on_one_line_are_all_read(reader: BrowserUnderTest) -> None:
    told = run(reader, ANSWERED, LINE, LENGTH, "segments")
    assert told["count"] == math.ceil(LENGTH / 18)
    assert told["last"] == told["length"] - 1
    assert told["numbers"]


def test_the_card_of_a_long_text_counts_and_stops_and_another_tab_is_answered_meanwhile(
    reader: BrowserUnderTest,
) -> None:
    reader.open(LONG)
    reader.execute(SELECT)
    reader.press(SHORTCUT)

    def counting() -> bool | None:
        shown = reader.in_page(CARD, SHOWN)
        return (
            shown is not None and shown[:2] == ["waiting", False] and " of " in shown[2]
        ) or None

    wait_for(counting, 60, "a count and a way to stop")
    reader.open_tab(reader.extension_url + POPUP)
    assert reader.classify_in_popup("i am so happy today").winner == "joy"
    reader.switch_tab(0)
    assert reader.in_card("document.body.dataset.state") == "waiting"
    reader.in_card("document.getElementById('stop').click()")
    wait_for(
        lambda: reader.in_page(CARD, SHOWN)[3] == "Stopped before the end." or None, 60, "the end"
    )


def test_the_popup_tells_how_much_of_a_long_text_is_read_and_stops(
    reader: BrowserUnderTest,
) -> None:
    reader.open_popup()
    reader.execute(
        "const field = document.getElementById('text'); field.value = arguments[0];"
        "field.dispatchEvent(new Event('input'))",
        different_sentences(8000),  # browsers are slow with more in a field,
    )

    def counting() -> bool | None:
        state, hidden, status, _ = reader.execute(f"return {SHOWN}")
        return (state == "waiting" and not hidden and status.endswith("%")) or None

    wait_for(counting, 60, "a share and a way to stop")
    reader.execute("document.getElementById('stop').click()")
    assert reader.execute(f"return {SHOWN}")[3] == "Stopped before the end."
    assert reader.classify_in_popup("i am so happy today").winner == "joy"


def test_of_a_selection_that_the_browser_cannot_keep_the_first_part_is_read_with_a_note(
    reader: BrowserUnderTest,
) -> None:
    reader.open(TOO_LONG)
    reader.execute(SELECT)
    reader.press(SHORTCUT)

    def noted() -> bool | None:
        notes = reader.in_page(CARD, "document.getElementById('notes').textContent")
        return (notes is not None and "only its first part was read" in notes) or None

    wait_for(noted, 60, "a note")

    def counting() -> bool | None:
        shown = reader.in_page(CARD, SHOWN)
        return (shown[:2] == ["waiting", False] and " of " in shown[2]) or None

    wait_for(counting, 60, "a count and a way to stop")
    reader.in_card("document.getElementById('close').click()")
