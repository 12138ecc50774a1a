"""An extension whose model comes from a server, in real browsers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page, Web
from builder.browsers.verify import verify_package
from builder.config.extension import load_config
from builder.config.remote import RemoteModel
from builder.packaging.pack import pack_extension
from builder.site.build import build_site
from builder.site.serve import serving
from tests.support.drivers import BrowserUnderTest, start
from tests.support.engine_worker import sentences
from tests.support.pages import PAGE, PAGES
from tests.support.remote import (
    TIMEOUT,
    build_remote,
    late_shards,
    model_line,
    open_settings,
    publish,
    remote,
    scores,
)
from tests.support.sites import HOME
from tests.support.tiny import write_extension, write_tiny_asset

CLASSIFICATIONS = int(os.environ.get("LENSMITH_CLASSIFICATIONS", "40"))
TEXTS = ["I feel so happy.", "I am terrified of the dark.", "The train leaves at nine."]
PACKAGE_LIMIT = 5_000_000

RELEASE = """
return import(new URL('/ui/lib/engine-client.js', location.href)).then(({release}) => release())
"""
DAMAGE = """
return (async () => {
  const cache = await caches.open('delivered')
  for (const request of await cache.keys()) {
    if (!request.url.includes('/file/')) continue
    const bytes = new Uint8Array(await (await cache.match(request)).arrayBuffer())
    bytes[bytes.length >> 1] ^= 1
    await cache.put(request, new Response(bytes))
  }
})()
"""

KEPT_SHARDS = """
return caches.open('delivered').then(async (cache) => (await cache.keys())
  .map(({url}) => url).filter((url) => url.includes('/shard/')).map((url) => url.split('/').at(-1)))
"""


@dataclass(frozen=True)
class Fetching:
    browser: BrowserUnderTest
    web: Web
    bundle: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> dict[str, Page]:
    """What the server of the model answers, beside the pages that are read."""
    config = load_config(repository / "extension.toml")
    return PAGES | publish(config, tmp_path_factory.mktemp("site"))


@pytest.fixture(params=["chrome", "firefox"])
def bundle(request: pytest.FixtureRequest, repository: Path, tmp_path: Path) -> Path:
    config = load_config(repository / "extension.toml")
    return build_remote(config, tmp_path / "dist", request.param)


@pytest.fixture
def fetching(bundle: Path, server: dict[str, Page]) -> Iterator[Fetching]:
    """A browser with the extension, which was just installed, and the server of its model."""
    with Web(server) as web, start(bundle.name, bundle, web) as browser:
        yield Fetching(browser, web, bundle)
        assert web.unexpected() == []


def fetched(web: Web) -> list[str]:
    return [request for request in web.requests if HOME in request and "favicon" not in request]


def test_the_package_is_small(repository: Path, tmp_path: Path) -> None:
    config = remote(load_config(repository / "extension.toml"))
    packed = pack_extension(config, tmp_path, ["chrome"])
    assert packed.packages[0].bytes < PACKAGE_LIMIT


def test_it_answers_as_the_bundled_one_and_asks_for_nothing_once_the_model_is_here(
    fetching: Fetching, bundles: dict[str, Path]
) -> None:
    browser, web = fetching.browser, fetching.web
    texts = [*TEXTS, *sentences(CLASSIFICATIONS - len(TEXTS))]
    scores(browser, TEXTS)
    asked = fetched(web)
    assert len(asked) == len(set(asked)), "something was fetched twice"
    assert not any("wasm" in request for request in asked)
    pages, web.pages = web.pages, {url: web.pages[url] for url in PAGES}
    got = scores(browser, texts)
    web.pages = pages
    assert fetched(web) == asked
    with Web(PAGES) as nothing, start(browser.name, bundles[browser.name], nothing) as bundled:
        assert scores(bundled, texts[: len(got)]) == got


def test_the_card_shows_how_far_the_model_is_and_then_the_answer(fetching: Fetching) -> None:
    browser, web = fetching.browser, fetching.web
    kept_back = {url: web.pages.pop(url) for url in late_shards(web.pages)}
    browser.open(PAGE)
    browser.execute("getSelection().selectAllChildren(document.querySelector('#sentence'))")
    web.pages |= kept_back
    browser.press("Alt+Shift+L")
    card = browser.wait_for_card(timeout=TIMEOUT)
    assert card.winner == "joy"


def test_a_failure_is_a_sentence_and_what_came_is_not_fetched_again(fetching: Fetching) -> None:
    browser, web = fetching.browser, fetching.web
    open_settings(browser)
    model_line(browser, "ready")
    browser.execute("return caches.delete('delivered')")  # as a browser does that needs room
    browser.execute(RELEASE)
    del web.requests[:]
    gone = {url: web.pages.pop(url) for url in late_shards(web.pages)}
    open_settings(browser)
    # An error page without CORS headers looks as if there were no network.
    assert model_line(browser, "failed").startswith("The model could not be fetched: its server")
    web.pages |= gone
    browser.execute("document.querySelector('#delivery [data-act=retry]').click()")
    assert model_line(browser, "ready").startswith("The model is on this device: version")
    came = [request for request in fetched(web) if request[4:] not in gone and ".bin" in request]
    assert len(came) == len(set(came)), "what had come was fetched again"


def test_what_the_browser_changed_of_the_model_is_noticed_and_fetched_again(
    fetching: Fetching,
) -> None:
    browser = fetching.browser
    open_settings(browser)
    model_line(browser, "ready")
    browser.execute(DAMAGE)
    browser.execute(RELEASE)
    open_settings(browser)
    assert model_line(browser, "failed").startswith("What came is not the model that belongs here")
    browser.execute("document.querySelector('#delivery [data-act=retry]').click()")
    model_line(browser, "ready")
    assert scores(browser, TEXTS)


def test_a_download_that_the_end_of_the_browser_cut_goes_on(
    bundle: Path, server: dict[str, Page], tmp_path: Path
) -> None:
    pages = dict(server)
    held = {url: pages.pop(url) for url in late_shards(pages)}
    with Web(pages) as web, start(bundle.name, bundle, web) as browser:
        open_settings(browser)
        kept = wait_for(lambda: browser.execute(KEPT_SHARDS) or None, TIMEOUT, "a shard")
        browser.restart(bundle, tmp_path / "profile")
        web.pages |= held
        del web.requests[:]
        open_settings(browser)
        model_line(browser, "ready")
        assert scores(browser, TEXTS)
        came = fetched(web)
    assert kept
    assert not [request for request in came if any(name in request for name in kept)]
    assert any(url in request for url in held for request in came)


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_a_server_without_cors_is_asked_nothing_before_its_user_allows_it(
    name: str, server: dict[str, Page], repository: Path, tmp_path: Path
) -> None:
    config = load_config(repository / "extension.toml")
    bundle = build_remote(config, tmp_path / "dist", name, cors=False)
    with Web(server) as web, start(name, bundle, web) as browser:
        open_settings(browser)
        assert model_line(browser, "not-allowed").startswith("The model comes from a server that")
        button = "return document.querySelector('#delivery [data-act=allow]')"
        assert browser.execute(f"{button}.textContent") == "Allow localhost…"
        assert browser.execute(f"{button}.checkVisibility()")
        browser.open(PAGE)
        browser.execute("getSelection().selectAllChildren(document.querySelector('#sentence'))")
        browser.press("Alt+Shift+L")
        card = browser.wait_for_card("failure", timeout=TIMEOUT)
        assert "open the settings of this extension" in card.text
        assert fetched(web) == []


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_verify_proves_a_package_whose_server_it_cuts_off(name: str, tmp_path: Path) -> None:
    write_tiny_asset(tmp_path / "asset")
    config = load_config(write_extension(tmp_path / "extension.toml", "asset"))
    site = build_site(config, tmp_path / "dist", level=1)
    with serving(site.folder) as address:
        near = replace(config, remote=RemoteModel(address=address))
        (package,) = pack_extension(near, tmp_path / "near", [name], sources=False).packages
        checks = {check.what: check for check in verify_package(package.file, name)}
    assert [what for what, check in checks.items() if check.ok is False] == []
    assert checks[f"model from {address}"].ok
    assert checks["requests to the network"].found == "0"
