"""The main job: select, right-click, "Classify emotion", read the card; with the browsers' real
menus.
"""

from __future__ import annotations

import pytest

from builder.browsers.driver import wait_for
from tests.support.drivers import BrowserUnderTest
from tests.support.pages import ISOLATED_PAGE, PAGE, STRICT_PAGE

ENTRY = "Classify emotion"
PAGE_TITLE = "Classify emotion on this page"
CLICKS = 10


def test_ten_clicks_in_a_row_all_give_six_scores_on_the_page(browser: BrowserUnderTest) -> None:
    for _ in range(CLICKS):
        browser.open(PAGE)
        browser.choose_menu_entry("#sentence", ENTRY)
        card = browser.wait_for_card()
        assert card.framed, "the card opened in a window of its own: the page refused the script"
        assert sorted(card.scores) == ["anger", "fear", "joy", "love", "sadness", "surprise"]
        assert card.winner == "joy"
        assert 0.5 < sum(card.scores.values()) <= 1 + 1e-6  # what is left to 1 is "none of them"
        assert "Joy" in card.text and "ms, computed on your device" in card.text
        assert card.latency_ms is not None and ("<\xa01 ms" in card.text) == (
            card.latency_ms < 1
        )  # a sentence asked again is remembered


@pytest.mark.parametrize("address", [STRICT_PAGE, ISOLATED_PAGE])
def test_the_card_stands_on_pages_with_the_strictest_policies_too(
    address: str, browser: BrowserUnderTest
) -> None:
    browser.open(address)
    browser.choose_menu_entry("#sentence", ENTRY)
    card = browser.wait_for_card()
    assert card.framed
    assert card.winner == "joy"


def test_the_card_lies_inside_the_viewport_and_closes_with_its_button(
    browser: BrowserUnderTest,
) -> None:
    browser.open(PAGE)
    browser.choose_menu_entry("#sentence", ENTRY)
    browser.wait_for_card()
    fits = "innerHeight >= document.body.getBoundingClientRect().height - 1"
    wait_for(lambda: browser.in_card(fits) or None, 10, "a frame as tall as its card")
    browser.in_card("document.getElementById('close').click()")
    wait_for(lambda: True if browser.card() is None else None, 10, "the end of the card")
    assert (
        browser.execute("return document.documentElement.children.length") == 2
    )  # head and body: no trace is left


def test_a_second_classification_replaces_the_first(browser: BrowserUnderTest) -> None:
    browser.open(PAGE)
    for _ in range(2):
        browser.choose_menu_entry("#sentence", ENTRY)
        browser.wait_for_card()
    assert browser.execute("return document.documentElement.children.length") == 3


def test_a_click_after_the_browser_stopped_the_background_works_the_same(
    browser: BrowserUnderTest,
) -> None:
    browser.open(PAGE)
    browser.choose_menu_entry("#sentence", ENTRY)
    browser.wait_for_card()
    browser.open(PAGE)
    browser.stop_background()
    browser.choose_menu_entry("#sentence", ENTRY)
    assert browser.wait_for_card().winner == "joy"


def own_titles(browser: BrowserUnderTest, selector: str, *, select: bool) -> list[str]:
    """Ours among the titles of the menu; a submenu would carry the extension's name."""
    return [
        title
        for title in browser.menu_titles(selector, select=select)
        if "Classify" in title or "Emotion Lens" in title
    ]


def test_one_entry_stands_on_a_selection_one_on_a_bare_page_and_none_elsewhere(
    browser: BrowserUnderTest,
) -> None:
    browser.open(PAGE)
    assert own_titles(browser, "#sentence", select=True) == [ENTRY]
    browser.open(PAGE)
    browser.execute("getSelection().removeAllRanges()")
    assert own_titles(browser, "#sentence", select=False) == [PAGE_TITLE]
    browser.execute("document.body.innerHTML = '<p><a id=link href=#>a link to somewhere</a></p>'")
    assert own_titles(browser, "#link", select=False) == []


def test_the_reader_can_take_either_entry_out_of_the_menu(browser: BrowserUnderTest) -> None:
    browser.open(PAGE)
    browser.in_background("chrome.storage.local.set({'setting:menuOnPage': false})")
    wait_for(
        lambda: True if own_titles(browser, "#sentence", select=False) == [] else None,
        30,
        "a menu without the page's entry",
    )
    assert own_titles(browser, "#sentence", select=True) == [ENTRY]
