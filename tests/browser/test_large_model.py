"""The web app of a model with 100 MB: hosts take each of its files, and browsers run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.browsers.proxy import Web
from builder.config.extension import load_config
from builder.site.build import FILE_LIMIT, Site, build_site
from tests.support.drivers import start
from tests.support.large import BYTES, write_large_asset
from tests.support.sites import HOME, open_site, pages_of, until, wait_until_offline_ready
from tests.support.tiny import write_extension

pytestmark = pytest.mark.slow

ANSWER = """
const [text] = arguments
const field = document.getElementById('text')
field.value = text
field.dispatchEvent(new InputEvent('input', {bubbles: true}))
"""


@pytest.fixture(scope="module")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("large")
    write_large_asset(folder / "asset")
    config = load_config(write_extension(folder / "extension.toml", "asset"))
    return build_site(config, folder / "dist", level=1)


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_it_comes_in_small_files_is_put_together_and_answers(
    name: str, large_site: Site, bundles: dict[str, Path]
) -> None:
    sizes = [path.stat().st_size for path in large_site.folder.rglob("*") if path.is_file()]
    assert max(sizes) == large_site.largest <= 25_000_000 < FILE_LIMIT
    assert sum(sizes) > 0.8 * BYTES
    with Web(pages_of(large_site.folder)) as web, start(name, bundles[name], web) as browser:
        open_site(browser)
        fetched = [request for request in web.requests if "/data/" in request]
        assert len(fetched) == len(set(fetched)) >= BYTES // 25_000_000
        for text, label in (("fine", "good"), ("poor", "bad"), ("strange", "odd")):
            browser.execute(ANSWER, text)
            until(
                browser, f"document.querySelector('#result .winner')?.dataset.winner === '{label}'"
            )
        wait_until_offline_ready(browser)
        assert web.unexpected() == []
        asked = len(web.requests)
        web.pages = {}
        open_site(browser)  # from what is kept on the device
        browser.execute(ANSWER, "poor")
        until(browser, "document.querySelector('#result .winner')?.dataset.winner === 'bad'")
        assert not [request for request in web.requests[asked:] if f"{HOME}data/" in request]
