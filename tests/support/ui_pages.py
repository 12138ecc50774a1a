"""Opens each part of the extension's interface with something in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.browsers.driver import wait_for
from tests.support.drivers import BrowserUnderTest
from tests.support.page_view import PANEL_PAGE, SIDE_PANEL_PAGE, begin, hand_over, wait_for_state
from tests.support.pages import PAGE

TEXT = "I feel so happy and grateful to be here with all of you. But I am terrified of the dark."
SHORTCUT = "Alt+Shift+L"
TIMEOUT = 60

Evaluate = Callable[[str], Any]


def in_tab(browser: BrowserUnderTest) -> Evaluate:
    return lambda expression: browser.execute(f"return {expression.strip()}")


def open_popup(browser: BrowserUnderTest) -> Evaluate:
    browser.open_popup()
    browser.classify_in_popup(TEXT)
    return in_tab(browser)


def open_empty_popup(browser: BrowserUnderTest) -> Evaluate:
    browser.open_popup()
    wait_for(
        lambda: browser.execute("return document.querySelector('#samples button') && true"),
        TIMEOUT,
        "the examples",
    )
    return in_tab(browser)


def open_options(browser: BrowserUnderTest) -> Evaluate:
    browser.open(browser.extension_url + "ui/options/options.html")
    wait_for(
        lambda: browser.execute("return document.querySelector('#swatches li') && true"),
        TIMEOUT,
        "the settings",
    )
    return in_tab(browser)


def open_about(browser: BrowserUnderTest) -> Evaluate:
    browser.open(browser.extension_url + "ui/about/about.html")
    wait_for(
        lambda: browser.execute("return document.querySelector('#card table') && true"),
        TIMEOUT,
        "the model card",
    )
    browser.execute("document.getElementById('run').click()")
    wait_for(
        lambda: browser.execute("return document.querySelector('#checks li') && true"),
        TIMEOUT,
        "the self-test",
    )
    return in_tab(browser)


def open_welcome(browser: BrowserUnderTest) -> Evaluate:
    browser.open(browser.extension_url + "ui/welcome/welcome.html")
    browser.classify_in_popup(TEXT)
    return in_tab(browser)


def open_side_panel(browser: BrowserUnderTest) -> Evaluate:
    browser.open(browser.extension_url + SIDE_PANEL_PAGE)
    hand_over(browser, [("I feel so happy.", "joy"), ("The ferry leaves at nine.", None)])
    wait_for(
        lambda: browser.execute("return document.querySelector('#sentences tbody tr') && true"),
        TIMEOUT,
        "the sentences",
    )
    return in_tab(browser)


def open_empty_side_panel(browser: BrowserUnderTest) -> Evaluate:
    browser.open("about:blank")
    browser.open(browser.extension_url + SIDE_PANEL_PAGE)
    wait_for(
        lambda: browser.execute("return !document.getElementById('empty').hidden || null"),
        TIMEOUT,
        "the empty side panel",
    )
    return in_tab(browser)


def open_page_panel(browser: BrowserUnderTest) -> Evaluate:
    browser.open(PAGE)
    begin(browser)
    wait_for_state(browser, "done")
    return lambda expression: browser.in_page(PANEL_PAGE, expression)


def open_card(browser: BrowserUnderTest, selector: str = "body") -> Evaluate:
    browser.open(PAGE)
    browser.execute(
        "getSelection().selectAllChildren(document.querySelector(arguments[0]))", selector
    )
    browser.press(SHORTCUT)
    assert browser.wait_for_card().framed
    return browser.in_card
