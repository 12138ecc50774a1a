"""The web app of ``builder site``, in real browsers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.browsers.proxy import Web
from builder.config.extension import load_config
from builder.site.build import Site, build_site
from tests.support.axe import RULES, SCAN, STILL, UPROOT
from tests.support.drivers import BrowserUnderTest, start
from tests.support.sites import (
    HOME,
    open_site,
    pages_of,
    type_text,
    until,
    wait_until_offline_ready,
)

HAPPY = "I feel so happy. But I am terrified of the dark."
WINNER = "return document.querySelector('#result .winner')?.dataset.winner"
SCORES = """
const rows = [...document.querySelectorAll('#result [data-label]')]
return Object.fromEntries(rows.map(({dataset}) => [dataset.label, Number(dataset.score)]))
"""


PLANT = """
const planted = document.createElement('div')
planted.id = 'planted'
planted.innerHTML = '<button></button><p>pale</p>'
planted.lastChild.style.cssText = 'color: #999; background: #fff; transition: none'
document.querySelector('main').append(planted)
"""
"""Its styles are set by script: the page's policy takes none from HTML."""


@dataclass(frozen=True)
class Visited:
    browser: BrowserUnderTest
    web: Web
    site: Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Site:
    config = load_config(repository / "extension.toml")
    return build_site(config, tmp_path_factory.mktemp("site"), level=3)


@pytest.fixture(params=["chrome", "firefox"])
def visited(
    request: pytest.FixtureRequest, site: Site, bundles: dict[str, Path]
) -> Iterator[Visited]:
    """A browser that has never seen the site, and a web that has nothing else."""
    name = request.param
    with Web(pages_of(site.folder)) as web, start(name, bundles[name], web) as browser:
        yield Visited(browser, web, site)
        assert web.unexpected() == []


def test_the_first_visit_shows_progress_and_the_second_needs_no_server(visited: Visited) -> None:
    browser, web, site = visited.browser, visited.web, visited.site
    shards = {f"{HOME}data/{shard.sha256}.bin" for file in site.delivered for shard in file.shards}
    kept_back = {url: web.pages.pop(url) for url in sorted(shards)[3:]}
    browser.open(HOME)
    until(browser, "document.getElementById('progress').value > 0")
    words = browser.execute("return document.getElementById('download-words').textContent")
    assert "MB" in words
    web.pages |= kept_back
    open_site(browser)
    fetched = [request for request in web.requests if ".bin" in request]
    assert len(fetched) > 5

    type_text(browser, HAPPY)
    assert browser.execute(WINNER) == "joy"
    first = browser.execute(SCORES)
    latency = browser.execute("return document.querySelector('#result [data-latency]').textContent")
    assert "ms" in latency
    wait_until_offline_ready(browser)

    asked = len(web.requests)
    pages, web.pages = web.pages, {}
    open_site(browser)
    type_text(browser, HAPPY)
    assert browser.execute(SCORES) == first
    until(browser, "document.querySelectorAll('#sentences tbody tr').length === 2")
    web.pages = pages
    own = [request for request in web.requests[asked:] if HOME in request]
    assert set(own) <= {f"GET {HOME}sw.js", f"GET {HOME}favicon.ico"}  # a browser looks for updates


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def open_page(
    request: pytest.FixtureRequest, site: Site, bundles: dict[str, Path]
) -> Iterator[BrowserUnderTest]:
    """A browser that has the site open, for tests that leave it so."""
    name = request.param
    with Web(pages_of(site.folder)) as web:
        with start(name, bundles[name], web) as browser:
            open_site(browser)
            yield browser
        assert web.unexpected() == []


def scan(browser: BrowserUnderTest, repository: Path) -> list[dict[str, object]]:
    source = (repository / "tools/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    browser.execute(f"if (!window.axe) {{ {source} }}")
    found: list[dict[str, object]] = browser.execute(f"return {SCAN.strip() % json.dumps(RULES)}")
    return found


def assert_accessible(browser: BrowserUnderTest, repository: Path) -> None:
    """In both themes; and the checker sees what is planted."""
    for theme in ("light", "dark"):
        browser.execute(f"chrome.storage.local.set({{'setting:theme': '{theme}'}})")
        until(browser, f"document.documentElement.dataset.theme === '{theme}'")
        until(browser, STILL)
        assert scan(browser, repository) == []
    browser.execute(PLANT)
    assert {"button-name", "color-contrast"} <= {found["id"] for found in scan(browser, repository)}
    browser.execute(UPROOT)
    browser.execute("chrome.storage.local.remove('setting:theme')")


def test_axe_finds_nothing_with_and_without_an_answer(
    open_page: BrowserUnderTest, repository: Path
) -> None:
    open_site(open_page)
    assert_accessible(open_page, repository)
    type_text(open_page, HAPPY)
    until(open_page, "!document.getElementById('by-sentence').hidden")
    open_page.execute("document.getElementById('about').open = true")
    until(open_page, "document.querySelector('#card h3')")
    assert_accessible(open_page, repository)


def test_it_is_used_by_keyboard_alone(open_page: BrowserUnderTest) -> None:
    browser = open_page
    open_site(browser)
    browser.execute("document.activeElement.blur()")
    browser.type_keys("Tab")
    assert browser.execute("return document.activeElement.id") == "text"
    browser.type_keys(*"so happy")
    until(browser, "document.querySelector('#result .winner')?.dataset.winner === 'joy'")
    browser.type_keys("Tab", "Enter")  # the first example
    assert browser.execute("return document.activeElement.id") == "text"
    until(browser, "document.querySelector('#result .winner').dataset.winner === 'sadness'")
    for _ in range(20):
        browser.type_keys("Tab")
        if browser.execute("return document.activeElement.id === 'copy-link'"):
            break
    browser.type_keys("Enter")
    until(
        browser,
        "document.getElementById('shared').textContent || !document.getElementById('link').hidden",
    )


def test_a_text_stays_behind_the_sign_that_no_server_sees(visited: Visited) -> None:
    browser, web = visited.browser, visited.web
    text = "I am terrified & alone #1"
    open_site(browser, "#text=I+am+terrified+%26+alone+%231")
    assert browser.execute("return document.getElementById('text').value") == text
    until(browser, "document.querySelector('#result .winner')?.dataset.winner === 'fear'")
    browser.execute("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    browser.execute("document.execCommand = () => false")
    browser.execute("document.getElementById('copy-link').click()")
    until(browser, "!document.getElementById('link').hidden")
    assert browser.execute("return document.getElementById('link').value") == (
        f"{HOME}#text=I+am+terrified+%26+alone+%231"
    )
    assert not any("terrified" in request for request in web.requests)


def test_nothing_is_cut_off_in_a_narrow_window(open_page: BrowserUnderTest) -> None:
    browser = open_page
    open_site(browser)
    type_text(browser, HAPPY)
    browser.resize(320 if browser.name == "chrome" else 450, 700)
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute(wide) == 0
    browser.resize(1100, 800)


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_it_speaks_arabic_from_right_to_left(
    name: str, site: Site, bundles: dict[str, Path], repository: Path
) -> None:
    with Web(pages_of(site.folder)) as web:
        with start(name, bundles[name], web, language="ar") as browser:
            open_site(browser)
            type_text(browser, HAPPY)
            root = "return [document.documentElement.lang, document.documentElement.dir]"
            assert browser.execute(root) == ["ar", "rtl"]
            winner = browser.execute("return document.querySelector('#result .winner').textContent")
            assert "فرح" in winner
            assert_accessible(browser, repository)
        assert web.unexpected() == []


def test_a_model_that_cannot_be_fetched_is_said_and_tried_again(visited: Visited) -> None:
    browser, web = visited.browser, visited.web
    shards = {url: page for url, page in web.pages.items() if url.endswith(".bin")}
    for url in shards:
        del web.pages[url]
    browser.open(HOME)
    until(browser, "document.body.dataset.model === 'failed'")
    shown = browser.execute("return document.getElementById('message').textContent")
    assert shown.startswith("The model could not be fetched: its server answered with an error")
    web.pages |= shards
    browser.execute("document.getElementById('retry').click()")
    until(browser, "document.body.dataset.model === 'ready'")
    assert browser.execute("return document.getElementById('failure').hidden") is True
