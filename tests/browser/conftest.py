"""Browsers with the extension in them, the pages that they visit, and a display for what has to be
seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers.proxy import Web
from tests.support.browsing import browsing
from tests.support.display import virtual_display
from tests.support.drivers import BrowserUnderTest, start
from tests.support.pages import PAGES


@pytest.fixture
def web() -> Iterator[Web]:
    """A web of its own for each test; a request for anything else fails the test."""
    with Web(PAGES) as web:
        yield web
        assert web.unexpected() == []


@pytest.fixture(scope="session")
def display() -> Iterator[None]:
    with virtual_display():
        yield


@pytest.fixture(params=["chrome", "firefox"])
def browser(
    request: pytest.FixtureRequest, bundles: dict[str, Path], web: Web, display: None
) -> Iterator[BrowserUnderTest]:
    """Each browser, fresh. Chromium is headed: its native menu has to be seen to be used."""
    name = request.param
    with start(name, bundles[name], web, headless=name == "firefox") as browser:
        yield browser


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def shared_browser(
    request: pytest.FixtureRequest, bundles: dict[str, Path], display: None
) -> Iterator[BrowserUnderTest]:
    """Each browser, one for all tests of a module that leave it as they found it."""
    name = request.param
    with browsing(name, bundles[name], PAGES, headless=name == "firefox") as browser:
        yield browser
