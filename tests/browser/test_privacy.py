"""What a page can learn of the result, or do to get one: nothing."""

from __future__ import annotations

import json

from builder.browsers.driver import CARD_PAGE, wait_for
from tests.support.attack import assert_nothing_was_learned, findings_after_more_rounds
from tests.support.drivers import BrowserUnderTest
from tests.support.pages import HOSTILE_PAGE, PAGE

HOST = '<div popover="manual"></div>'
STATE = "document.body?.dataset.state"
SHELL = (
    "void chrome.runtime.sendMessage({kind: 'card_host', body: {id: location.hash.slice(1), %s}})"
)


def test_a_hostile_page_learns_nothing_but_that_a_host_element_stands_there(
    browser: BrowserUnderTest,
) -> None:
    browser.open(HOSTILE_PAGE)
    browser.choose_menu_entry("#sentence", "Classify emotion")
    card = browser.wait_for_card()
    assert card.framed and card.winner == "joy"
    browser.in_card(SHELL % "kind: 'highlight', start: 0, end: 15, colour: '#00aa55', reveal: true")
    # Of the sentence: the line above it lies clear of the card's shadow, and so tells where the
    # card is, as elementFromPoint does.
    assert_nothing_was_learned(findings_after_more_rounds(browser), HOST, words=slice(1, 3))
    again = browser.card()
    assert again is not None and again.state == "result", "an event of the page closed the card"
    assert browser.execute("return document.documentElement.children.length") == 3, (
        "an event of the page opened another"
    )


def test_a_page_that_frames_the_card_itself_gets_no_result_out_of_it(
    browser: BrowserUnderTest,
) -> None:
    browser.open(PAGE)
    browser.choose_menu_entry("#sentence", "Classify emotion")
    browser.wait_for_card()
    taken = browser.in_card("location.hash")
    address = f"{browser.extension_url}{CARD_PAGE}?guess{taken}"
    browser.execute(
        "const frame = document.createElement('iframe'); frame.src = arguments[0];"
        " document.body.append(frame)",
        address,
    )
    if (
        browser.name == "chrome"
    ):  # addresses for pages are others than this, and change with every start
        refused = "return fetch(arguments[0]).then((response) => response.status, () => 'refused')"
        assert browser.execute(refused, f"{browser.extension_url}{CARD_PAGE}") == "refused"
        assert not browser.in_page("?guess", "document.body.dataset.state")
    # the address is made at random for every installation; a page that knew it would see an id used
    # up
    else:
        state = wait_for(
            lambda: (
                shown
                if (shown := browser.in_page("?guess", STATE)) not in (None, "waiting")
                else None
            ),
            60,
            "an answer",
        )
        assert state == "failure"


def test_nothing_is_kept_of_what_was_read(browser: BrowserUnderTest) -> None:
    browser.open(PAGE)
    browser.choose_menu_entry("#sentence", "Classify emotion")
    browser.wait_for_card()
    kept = json.loads(
        browser.in_background(
            "Promise.all([chrome.storage.local.get(),"
            " chrome.storage.session.get()]).then(JSON.stringify)"
        )
    )
    assert "happy" not in json.dumps(kept)
    assert kept[1] == {}
