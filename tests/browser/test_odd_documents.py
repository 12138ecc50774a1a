"""Pages that can hold neither card nor view: the user reads so at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.drivers import BrowserUnderTest
from tests.support.page_view import PAGE_ENTRY, PANEL_PAGE, wait_for_state
from tests.support.waiting import assert_stays

SHORTCUT = "Alt+Shift+L"
SELECT = "getSelection().selectAllChildren(document.querySelector('#text'))"
AT_ONCE = 10
"""Seconds, on a busy machine; the last resort answers after 15."""

TEXT = "<!doctype html><html lang=en><meta charset=utf-8><body><p id=text>I am so happy today.</p>"
EVICTING = """<script>new MutationObserver((records) => {
  for (const {addedNodes} of records) for (const node of addedNodes) node.remove?.()
}).observe(document, {childList: true, subtree: true})</script>"""
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><text y='40'>I am so happy today.</text></svg>"
XML = "<?xml version='1.0'?><notes xmlns='urn:n'><note>I am so happy today.</note></notes>"
PAGES = {
    "http://plain.test/": Page(TEXT.encode()),
    "http://evicting.test/": Page((TEXT + EVICTING).encode()),
    "http://sandbox.test/": Page(TEXT.encode(), headers={"Content-Security-Policy": "sandbox"}),
    "http://svg.test/": Page(SVG.encode(), content_type="image/svg+xml"),
    "http://xml.test/": Page(XML.encode(), content_type="application/xml"),
}
CLOSE_WINDOWS = (
    "chrome.windows.getAll({windowTypes: ['popup']}).then((all) => Promise.all(all.map(({id}) =>"
    " chrome.windows.remove(id))))"
)


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    name = request.param
    copy = tmp_path_factory.mktemp(name)
    with browsing(name, bundles[name], PAGES, copy=copy) as browser:
        yield browser


@pytest.mark.parametrize("address", ["http://evicting.test/", "http://sandbox.test/"])
def test_a_card_that_cannot_stand_on_its_page_has_a_window_at_once(
    address: str, reader: BrowserUnderTest
) -> None:
    reader.open(address)
    reader.execute(SELECT)
    reader.press(SHORTCUT)

    def in_window() -> bool | None:
        card = reader.card()
        return True if card is not None and not card.framed else None

    wait_for(in_window, AT_ONCE, "a window with the card")
    reader.in_background(CLOSE_WINDOWS)


@pytest.mark.parametrize("address", ["http://svg.test/", "http://xml.test/"])
def test_the_view_of_a_document_that_is_no_web_page_ends(
    address: str, reader: BrowserUnderTest
) -> None:
    reader.open(address)
    reader.send_menu_click(PAGE_ENTRY)
    wait_for_state(reader, "empty")
    assert "No text to read was found" in reader.in_page(PANEL_PAGE, "document.body.innerText")
    reader.in_background(CLOSE_WINDOWS)


def test_two_presses_without_a_pause_give_one_card(reader: BrowserUnderTest) -> None:
    reader.open("http://plain.test/")
    reader.execute(SELECT)
    reader.press(SHORTCUT)
    reader.press(SHORTCUT)
    cards = "return document.querySelectorAll('[popover]').length"
    wait_for(lambda: reader.execute(cards) == 1 or None, 20, "one card")
    assert_stays(lambda: reader.execute(cards), 1, 2)
