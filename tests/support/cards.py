"""Open a card as a person does by keyboard."""

from __future__ import annotations

from contextlib import suppress

from builder.browsers.driver import wait_for
from tests.support.drivers import BrowserUnderTest

SHORTCUT = "Alt+Shift+L"


def open_card(browser: BrowserUnderTest, address: str, element: str) -> None:
    """Select all of an element of the page and press the shortcut.

    :param element: its id.
    :raises TimeoutError: if no card comes.
    """
    browser.open(address)
    browser.execute(
        "getSelection().selectAllChildren(document.getElementById(arguments[0]))", element
    )
    for _ in range(3):  # a browser that has just started may not take the shortcut yet
        browser.press(SHORTCUT)
        with suppress(TimeoutError):
            wait_for(browser.card, 20, "a card")
            return
    raise TimeoutError("the shortcut opened no card")
