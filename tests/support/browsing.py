"""A browser with the extension, on a small web of a test's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from builder.browsers.proxy import Page, Web
from tests.support.drivers import BrowserUnderTest, start
from tests.support.host_permissions import with_host_permissions


@contextmanager
def browsing(
    name: str,
    bundle: Path,
    pages: Mapping[str, Page],
    *,
    copy: Path | None = None,
    headless: bool = True,
    forced_colours: bool = False,
) -> Iterator[BrowserUnderTest]:
    """Start a browser in which nothing may ask for an address outside ``pages``.

    :param copy: a folder for a copy of the bundle that may read every page, so that no click has to
        grant access.
    """
    installed = bundle if copy is None else with_host_permissions(bundle, copy / "bundle")
    with Web(pages) as web:
        with start(
            name, installed, web, headless=headless, forced_colours=forced_colours
        ) as browser:
            yield browser
        assert web.unexpected() == []
