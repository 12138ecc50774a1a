"""What a page can learn of the result, or do to get one: nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from builder.browsers.base import CARD_PAGE, Browser, wait_for
from tests.browser.conftest import HOSTILE_PAGE, PAGE

FINDINGS = "return document.getElementById('findings').textContent"
ROUNDS = 10
HOST = '<div popover="manual"></div>'
STATE = "document.body?.dataset.state"
SHELL = "void chrome.runtime.sendMessage({kind: 'shell', body: {id: location.hash.slice(1), %s}})"
NOTHING = {
    "frames: 0", "shadow: null", "children: 0", "text: ", "size: 0,0,0,0",
    'box: {"x":0,"y":0,"width":0,"height":0,"top":0,"right":0,"bottom":0,"left":0}',
}


def findings_after(browser: Browser, tries: int) -> Iterator[tuple[str, str]]:
    """What the page noted, by kind, once it has tried so often."""

    def read() -> list[str] | None:
        found: list[str] = json.loads(browser.execute(FINDINGS) or "[]")
        rounds = [int(finding.split(": ")[1]) for finding in found if finding.startswith("tries: ")]
        return found if rounds and max(rounds) >= tries else None

    for finding in wait_for(read, 120, f"{tries} attacks"):
        kind, value = finding.split(": ", 1)
        yield kind, value


def rounds(browser: Browser) -> int:
    return max(int(value) for kind, value in findings_after(browser, 10) if kind == "tries")


def test_a_hostile_page_learns_nothing_but_that_a_host_element_stands_there(browser: Browser) -> None:
    browser.open(HOSTILE_PAGE)
    browser.choose_menu_entry("#sentence", "Classify emotion")
    card = browser.wait_for_card()
    assert card.framed and card.winner == "joy"
    browser.in_card(SHELL % "kind: 'highlight', start: 0, end: 15, colour: '#00aa55', reveal: true")
    found = list(findings_after(browser, rounds(browser) + ROUNDS))
    kinds = {kind for kind, _ in found}

    assert {"selectAll", "performance", "frames", "point", "added", "shadow", "size"} <= kinds, "the attack did not run"
    assert not kinds & {
        "find", "highlight", "message", "global", "frame", "caret", "path", "called", "src", "violation", "runtime", "removed",
        "attributes", "characterData",
    }, found
    assert {f"{kind}: {value}" for kind, value in found if kind in ("frames", "shadow", "children", "text", "size", "box")} == NOTHING
    assert {value for kind, value in found if kind in ("added", "point", "active")} == {HOST}
    leaked = [value for _, value in found if re.search(r"Joy|joy|Sadness|computed|%|-extension:", value)]
    assert leaked == []
    # Either both words are covered or none: which of them is lit cannot be told.
    assert {value for kind, value in found if kind == "covered"} <= {"false false", "true true", " ", "true ", "false "}
    again = browser.card()
    assert again is not None and again.state == "result", "an event of the page closed the card"
    assert browser.execute("return document.documentElement.children.length") == 3, "an event of the page opened another"


def test_a_page_that_frames_the_card_itself_gets_no_result_out_of_it(browser: Browser) -> None:
    browser.open(PAGE)
    browser.choose_menu_entry("#sentence", "Classify emotion")
    browser.wait_for_card()
    taken = browser.in_card("location.hash")
    address = f"{browser.extension_url}{CARD_PAGE}?guess{taken}"
    browser.execute("const frame = document.createElement('iframe'); frame.src = arguments[0]; document.body.append(frame)", address)
    if browser.name == "chrome":  # addresses for pages are others than this, and change with every start
        refused = "return fetch(arguments[0]).then((response) => response.status, () => 'refused')"
        assert browser.execute(refused, f"{browser.extension_url}{CARD_PAGE}") == "refused"
        assert not browser.in_page("?guess", "document.body.dataset.state")
    else:  # the address is made at random for every installation; a page that knew it would see an id used up
        state = wait_for(lambda: shown if (shown := browser.in_page("?guess", STATE)) not in (None, "waiting") else None, 60, "an answer")
        assert state == "failure"


def test_nothing_is_kept_of_what_was_read(browser: Browser) -> None:
    browser.open(PAGE)
    browser.choose_menu_entry("#sentence", "Classify emotion")
    browser.wait_for_card()
    kept = json.loads(browser.in_background("Promise.all([chrome.storage.local.get(), chrome.storage.session.get()]).then(JSON.stringify)"))
    assert "happy" not in json.dumps(kept)
    assert kept[1] == {}
