"""Whether a running classification holds up typing in the popup."""

from __future__ import annotations

from collections.abc import Iterator

from builder.bench.engine import FIRST_TEXT
from builder.bench.measures import Measure
from builder.bench.setup import Setup
from builder.progress import Advance

ADDED = "and then I was afraid of the dark"
EVERY_MS = 40
"""Between two letters: faster than people type."""

TYPE = """
return (async (text, added, every) => {
  const field = document.getElementById('text')
  const {port1, port2} = new MessageChannel()
  let [turn, handling, last] = [0, 0, performance.now()]
  port1.onmessage = () => {
    const now = performance.now()
    turn = Math.max(turn, now - last)
    last = now
    port2.postMessage(null)
  }
  port2.postMessage(null)
  field.value = text
  for (const letter of added) {
    field.value += letter
    const began = performance.now()
    field.dispatchEvent(new InputEvent('input', {bubbles: true}))
    handling = Math.max(handling, performance.now() - began)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
  port1.close()
  return [turn, handling]
})(arguments[0], arguments[1], arguments[2])
"""


def popup(setup: Setup, advance: Advance) -> Iterator[Measure]:
    """Letter by letter at the end of a text that keeps the engine busy for longer than the next
    letter takes to come.
    """
    rounds = setup.counts.rounds
    with setup.fresh_browser() as browser:
        browser.open_popup()
        browser.classify_in_popup(FIRST_TEXT)  # the engine is there
        text = " ".join(setup.texts().sentences(setup.counts.sentences))
        found: list[tuple[float, float]] = []
        for _ in range(rounds):
            turn, handling = browser.execute(TYPE, text, ADDED, EVERY_MS)
            found.append((turn, handling))
            advance(1 / rounds)
    yield Measure.of(
        "popup.turn",
        "longest turn of the popup's page while one types",
        "ms",
        [turn for turn, _ in found],
    )
    yield Measure.of(
        "popup.letter", "longest handling of a letter", "ms", [handling for _, handling in found]
    )
