"""Private windows, where the reader lets the extension in: it works there, and nothing of what it
read stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import CARD_PAGE, wait_for
from builder.browsers.proxy import Page, Web
from tests.support.drivers import BrowserUnderTest, start

SHORTCUT = "Alt+Shift+L"
ENTRY = "Classify emotion"
ADDRESS = "http://diary.test/"
SECRET = (
    "i feel so happy and grateful"
    f" {'because all of my friends came along to the shore ' * 4}tonight"
)
"""Long enough for a clock of whole milliseconds to see the model at work."""

PAGE = Page(
    "<!doctype html><html lang=en><meta charset=utf-8><title>A diary</title>"
    f"<p id=secret style='white-space: nowrap'>{SECRET}</p>"
    "<p id=other>i feel terrified of the dark</p></html>".encode()
)
KEPT = """
Promise.all([
  chrome.storage.local.get(), chrome.storage.session.get(), indexedDB.databases(), caches.keys(),
]).then(JSON.stringify)
"""
INFER_MS = (
    "import('/ui/lib/engine-client.js').then(({classify}) =>"
    f" classify({json.dumps(SECRET)})).then(({{ms}}) => ms.infer)"
)


@pytest.fixture(params=["chrome", "firefox"])
def browser(
    request: pytest.FixtureRequest, bundles: dict[str, Path], display: None
) -> Iterator[BrowserUnderTest]:
    name = request.param
    with (
        Web({ADDRESS: PAGE}) as web,
        start(name, bundles[name], web, headless=name == "firefox") as browser,
    ):
        yield browser
        assert web.unexpected() == []


def close_card(browser: BrowserUnderTest) -> None:
    browser.in_card("setTimeout(() => document.getElementById('close').click())")
    wait_for(lambda: True if browser.card() is None else None, 20, "the end of the card")


def test_a_private_window_is_served_and_nothing_of_it_is_kept(browser: BrowserUnderTest) -> None:
    browser.open_private_window(ADDRESS)
    browser.choose_menu_entry("#other", ENTRY)
    card = browser.wait_for_card()
    assert card.framed and card.winner == "fear"
    assert (
        browser.in_background(
            "chrome.tabs.query({active: true}).then((tabs) => tabs.some(({incognito}) =>"
            " incognito))"
        )
        is True
    )
    close_card(browser)
    browser.execute("getSelection().selectAllChildren(document.querySelector('#secret'))")
    browser.press(SHORTCUT)
    assert browser.wait_for_card().winner == "joy"
    assert json.loads(browser.in_background(KEPT)) == [{}, {}, [], []]
    assert browser.in_card(INFER_MS) > 0, "it was remembered for the same window"
    close_card(browser)

    browser.switch_tab(0)
    browser.open(ADDRESS)
    browser.execute("getSelection().selectAllChildren(document.querySelector('#other'))")
    browser.press(SHORTCUT)
    browser.wait_for_card()
    assert browser.in_page(CARD_PAGE, INFER_MS) > 0, "it was remembered for other windows"
    assert browser.in_page(CARD_PAGE, INFER_MS) == 0, (
        "nothing is ever remembered: this test sees nothing"
    )
