"""A web app of ``builder site``, as a browser under test visits it."""

from __future__ import annotations

import json
from pathlib import Path

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from builder.site import serve
from tests.support.drivers import BrowserUnderTest

HOME = "http://localhost/"
"""Browsers trust it without a certificate, so that a service worker may run."""
TIMEOUT = 90


def pages_of(folder: Path) -> dict[str, Page]:
    """What the site's host answers, by address."""
    return serve.pages_of(folder, HOME)


def until(browser: BrowserUnderTest, condition: str) -> None:
    """:raises TimeoutError: that tells what the page shows instead."""
    try:
        wait_for(lambda: browser.execute(f"return ({condition}) || null"), TIMEOUT, condition)
    except TimeoutError as error:
        shown = browser.execute(
            "return `${JSON.stringify(document.body.dataset)} ${document.body.innerText}`"
        )
        raise TimeoutError(f"{error}; the page shows: {' '.join(shown.split())[:600]}") from None


def open_site(browser: BrowserUnderTest, fragment: str = "") -> None:
    browser.open("about:blank")  # else a new fragment is no visit
    browser.open(f"{HOME}{fragment}")
    until(browser, "document.body.dataset.model === 'ready'")


def wait_until_offline_ready(browser: BrowserUnderTest) -> None:
    until(browser, "!document.getElementById('offline').hidden")


def type_text(browser: BrowserUnderTest, text: str) -> None:
    """Type a text, and wait for what is shown of all of it."""
    browser.execute("document.getElementById('text').focus()")
    browser.type_keys(*text)
    last = text.split()[-1]
    cells = "[...document.querySelectorAll('#sentences td.text')]"
    until(browser, f"{cells}.at(-1)?.firstChild.textContent.endsWith({json.dumps(last)})")
