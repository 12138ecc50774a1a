"""A browser with the extension in it, two texts to classify, and what its cards show of them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from builder.browsers.driver import Snapshot, wait_for
from builder.browsers.proxy import Page, Web
from tests.support.cards import SHORTCUT
from tests.support.drivers import BrowserUnderTest, start

ADDRESS = "http://faults.test/"
OTHER_ADDRESS = "http://elsewhere.test/"
SHORT = "I feel so happy and grateful today."
LONG_SENTENCES = 400
FRAME = "<!doctype html><html lang=en><meta charset=utf-8><p id=short>{}</p><p id=long></p></html>"
PAGES = {
    ADDRESS: Page(FRAME.format(SHORT).encode()),
    OTHER_ADDRESS: Page(FRAME.format("The ferry leaves at nine.").encode()),
}
WRITE_LONG = """
const [salt, count] = arguments
document.getElementById('long').textContent = Array.from({length: count}, (_, number) =>
  `I feel so happy and grateful today, said number ${number} of round ${salt}.`).join(' ')
"""
SELECT = "getSelection().selectAllChildren(document.getElementById(arguments[0]))"
WORKERS = "host/engine-worker.js"
WORKERS_KEPT = "  ;(globalThis.workers ??= []).push(worker)\n  return worker\n}"
SOAK_PAGE = "soak.html"
SOAK_HTML = (
    "<!doctype html><html lang=en><meta charset=utf-8><body>"
    '<script type=module src="soak.js"></script>'
)
CLOSE_ENOUGH = 0.03
"""Between a score and that of an undisturbed run."""


@dataclass
class Scene:
    browser: BrowserUnderTest
    folder: Path
    """Of the extension, a copy that may be damaged."""

    reference: dict[str, float] = field(default_factory=dict)
    """Scores of the short text, undisturbed."""

    rounds: int = 0

    def open(self) -> None:
        """The page, fresh, with a long text that was never classified before."""
        self.rounds += 1
        self.browser.open("about:blank")
        self.browser.open(ADDRESS)
        salt = f"{self.rounds}-{time.monotonic_ns()}"
        self.browser.execute(WRITE_LONG, salt, LONG_SENTENCES)

    def press(self, text: str = "short") -> None:
        self.browser.execute(SELECT, text)
        self.browser.press(SHORTCUT)

    def press_and_stop(self, text: str, after_s: float) -> None:
        """As ``press``, with the background stopped so long after the key."""
        script = SELECT.replace("arguments[0]", json.dumps(text))
        self.browser.press_and_stop(script, SHORTCUT, after_s)

    def card(self) -> Snapshot | None:
        """None while there is none, or while the browser cannot be asked."""
        with suppress(Exception):
            return self.browser.card()
        return None

    def outcome(self, text: str = "short") -> str | None:
        """``answer``, ``wrong`` or ``sentence``; None while the card waits, or is not there."""
        card = self.card()
        if card is None or card.state not in ("result", "failure"):
            return None
        if card.state == "failure":
            return "sentence" if len(card.text.split()) > 3 else "wrong"
        return "answer" if self._is_right(card, text) else "wrong"

    def _is_right(self, card: Snapshot, text: str) -> bool:
        if card.winner != "joy":
            return False
        if text == "long" or not self.reference:
            return True
        return all(
            abs(card.scores.get(label, -1) - score) <= CLOSE_ENOUGH
            for label, score in self.reference.items()
        )

    def learn(self) -> None:
        """Note what the short text's card shows when nothing goes wrong."""
        self.open()
        self.press()
        card = self.browser.wait_for_card(timeout=120)
        self.reference = card.scores

    def in_engine(self, expression: str) -> object:
        """Evaluate in the page that owns the engine's worker."""
        if self.browser.name == "chrome":
            return self.browser.in_page("host/offscreen.html", expression)
        return self.browser.in_background(expression)

    def release(self) -> None:
        """Have the engine give its memory back, so that the next request loads it again."""
        self.in_engine("globalThis.workers?.splice(0).forEach((worker) => worker.terminate())")
        if self.browser.name == "chrome":
            self.close_engine()
        else:
            self.browser.stop_background()

    def close_engine(self) -> None:
        """Close the page of the engine (Chromium)."""
        with suppress(Exception):
            self.in_engine("setTimeout(() => close()), 0")
        wait_for(
            lambda: self.browser.in_page("host/offscreen.html", "1") is None or None,
            20,
            "the end of the engine's page",
        )


def prepared(bundle: Path, folder: Path) -> Path:
    """A copy of an extension in which the page of the engine keeps its workers in ``workers``, and
    in which a further page classifies what it is asked to.
    """
    shutil.copytree(bundle, folder)
    script = folder / WORKERS
    text = script.read_text("utf-8")
    script.unlink()  # the copy may be a link
    changed = text.replace("  return worker\n}", WORKERS_KEPT)
    assert changed != text, f"{WORKERS} does not return its worker any more"
    script.write_text(changed, encoding="utf-8")
    asking = Path(__file__).with_name("soak.js").read_text("utf-8")
    (folder / "soak.js").write_text(asking.replace("../../extension/", "./"), encoding="utf-8")
    (folder / SOAK_PAGE).write_text(SOAK_HTML, encoding="utf-8")
    return folder


@contextmanager
def scene(name: str, bundle: Path, folder: Path) -> Iterator[Scene]:
    """:param folder: for the copy of the bundle; it must not be there yet."""
    copy = prepared(bundle, folder)
    with Web(PAGES) as web, start(name, copy, web) as browser:
        one = Scene(browser, copy)
        one.learn()
        yield one
