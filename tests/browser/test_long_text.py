"""Very long texts in real browsers: with progress from the first moment, stopped at once, and no
burden for other requests.

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

from tests.support.browsing import browsing
from tests.support.drivers import BrowserUnderTest

LENGTH = int(os.environ.get("LENSMITH_LONG_TEXT", "150000"))
HOME = "ui/about/about.html"  # does nothing by itself

BESIDE = """
return (async (length) => {
  const {classify, status} = await import(new URL('/ui/lib/engine-client.js', location.href))
  let text = ''
  for (let line = 0; text.length < length; line++) text += `in line ${line} i say that i am happy. `
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  let number = 0
  async function short() {
    const began = performance.now()
    await classify(`a short text, the ${++number}th`, {detail: 'segments'})
    return performance.now() - began
  }
  async function several() {
    const times = []
    for (let round = 0; round < 9; round++) {
      times.push(await short())
      await pause(100)
    }
    return times.sort((a, b) => a - b)[4]
  }
  await short()
  const alone = await several()
  const stopping = new AbortController()
  const began = performance.now()
  const counts = []
  let [first, found] = [null, 0]
  const long = classify(text, {
    detail: 'segments',
    signal: stopping.signal,
    onProgress({phase, done, total}) {
      if (phase !== 'classifying' || !total) return
      first ??= performance.now() - began
      counts.push([done, total])
    },
    onPartial({segments}) {
      found += segments.length
    },
  }).then(() => 'answered', () => 'stopped')
  await pause(1500)
  const beside = await several()
  const told = counts.at(-1)
  const asked = performance.now()
  stopping.abort()
  const end = await long
  while ((await status()).requests > 0) await pause(5)
  const stopped = performance.now() - asked
  return JSON.stringify({alone, beside, first, found, told, end, stopped, next: await short()})
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
def reader(request: pytest.FixtureRequest, bundles: dict[str, Path]) -> Iterator[BrowserUnderTest]:
    with browsing(request.param, bundles[request.param], {}) as browser:
        browser.open_popup()
        yield browser


def run(reader: BrowserUnderTest, script: str, *arguments: Any) -> dict[str, Any]:
    reader.open(reader.extension_url + HOME)
    told: dict[str, Any] = json.loads(reader.execute(script, *arguments))
    return told


def test_a_long_text_tells_how_far_it_is_can_be_stopped_and_holds_up_nobody(
    reader: BrowserUnderTest,
) -> None:
    told = run(reader, BESIDE, LENGTH)
    print(reader.name, LENGTH, json.dumps(told))
    assert told["end"] == "stopped"
    # a short text takes some 50 ms: where it takes more, the machine is busy with something else
    busy = max(1, told["alone"] / 50)
    assert told["first"] < 1000 * busy, "no count within the first second"
    done, total = told["told"]
    assert 0 < done < total
    assert told["found"] > 0
    assert told["beside"] - told["alone"] < 300 * busy, "a short text waits for the long one"
    assert told["stopped"] < 1000 * busy


def test_short_sentences_on_one_line_are_all_read(reader: BrowserUnderTest) -> None:
    told = run(reader, ANSWERED, "i am happy today. ", LENGTH, "segments")
    print(reader.name, LENGTH, json.dumps(told))
    assert told["count"] == math.ceil(LENGTH / 18)
    assert told["last"] == told["length"] - 1
    assert told["numbers"]
