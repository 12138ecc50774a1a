"""An extension whose server may send a newer model that its author signed, in real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from builder.browsers.proxy import Page, Web
from builder.config.extension import ExtensionConfig, load_config
from builder.packaging.pack import build_extension
from builder.site.signing import envelope, make_key, opened, read_key
from tests.support.drivers import BrowserUnderTest, start
from tests.support.remote import (
    look_for_update,
    model_line,
    new_version,
    open_settings,
    publish,
    remote,
    scores,
)
from tests.support.sites import HOME
from tests.support.tiny import write_extension, write_tiny_asset

TEXTS = ["a fine text", "a poor text", "strange"]
LATEST = f"{HOME}model/latest.json"
FORGED = "What came is not signed by the author of this extension, or is an older model"
RELEASE = """
return import(new URL('/ui/lib/engine-client.js', location.href)).then(({release}) => release())
"""


@dataclass(frozen=True)
class Author:
    """What an author has: the project, the key, and the folder of what was built."""

    config: ExtensionConfig
    key: Path
    out: Path

    def publish(self, web: Web, version: str, temperature: float) -> None:
        """Put a newer model on the server."""
        asset = self.config.asset.with_name(f"asset-{version}")
        new_version(self.config.asset, asset, version, temperature)
        web.pages |= publish(replace(self.config, asset=asset), self.out, self.key)

    def sign(self, web: Web, key: Path, **changes: object) -> None:
        """Replace the files on the server by changed ones with a new signature."""
        index = opened(web.pages[LATEST].body) | changes
        web.pages[LATEST] = replace(web.pages[LATEST], body=envelope(index, read_key(key)))


@dataclass(frozen=True)
class Signed:
    browser: BrowserUnderTest
    web: Web
    author: Author


@pytest.fixture(params=["chrome", "firefox"])
def signed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Signed]:
    """A browser that has fetched the first model."""
    write_tiny_asset(tmp_path / "asset")
    key = tmp_path / "key.pem"
    public_key = make_key(key)
    plain = load_config(write_extension(tmp_path / "extension.toml", "asset"))
    config = remote(plain, public_key=public_key)
    author = Author(config, key, tmp_path / "site")
    (bundle,) = build_extension(config, tmp_path / "dist", [request.param])
    with Web(publish(config, author.out, key)) as web:
        with start(request.param, bundle.folder, web) as browser:
            open_settings(browser)
            assert model_line(browser, "ready") == "The model is on this device: version 1.0.0."
            yield Signed(browser, web, author)
        assert web.unexpected() == []


def test_a_signed_newer_model_takes_the_place_of_the_one_before(signed: Signed) -> None:
    browser, web, author = signed.browser, signed.web, signed.author
    before = scores(browser, TEXTS)
    open_settings(browser)
    model_line(browser, "ready")
    assert look_for_update(browser) == "This is the newest version of the model."
    author.publish(web, "1.10.0", 3.0)
    assert look_for_update(browser).startswith("Version 1.10.0 of the model has come.")
    assert scores(browser, TEXTS) == before, "it was exchanged in the middle of the work"
    browser.execute(RELEASE)
    after = scores(browser, TEXTS)
    assert after != before
    open_settings(browser)
    assert model_line(browser, "ready") == "The model is on this device: version 1.10.0."
    pages, web.pages = web.pages, {}
    browser.execute(RELEASE)
    assert scores(browser, TEXTS) == after, "it needs its server"
    web.pages = pages


def test_an_older_or_a_forged_model_is_refused(signed: Signed, tmp_path: Path) -> None:
    browser, web, author = signed.browser, signed.web, signed.author
    first: Page = web.pages[LATEST]
    author.publish(web, "1.9.0", 3.0)
    look_for_update(browser)
    browser.execute(RELEASE)
    now = scores(browser, TEXTS)
    open_settings(browser)
    model_line(browser, "ready")
    newest = web.pages[LATEST]
    web.pages[LATEST] = first
    assert look_for_update(browser).startswith(FORGED)
    author.publish(web, "2.0.0", 5.0)
    offered = web.pages[LATEST]
    make_key(tmp_path / "another.pem")
    author.sign(web, tmp_path / "another.pem")
    assert look_for_update(browser).startswith(FORGED)
    changed = offered.body.replace(b"2.0.0", b"3.0.0")
    assert changed != offered.body
    web.pages[LATEST] = replace(offered, body=changed)
    assert look_for_update(browser).startswith(FORGED)
    web.pages[LATEST] = newest
    assert look_for_update(browser) == "This is the newest version of the model."
    browser.execute(RELEASE)
    assert scores(browser, TEXTS) == now


def test_a_newer_model_that_fails_its_self_test_leaves_the_one_before(signed: Signed) -> None:
    browser, web, author = signed.browser, signed.web, signed.author
    before = scores(browser, TEXTS)
    open_settings(browser)
    model_line(browser, "ready")
    author.publish(web, "1.1.0", 3.0)
    wrong = {**opened(web.pages[LATEST].body)["selfTest"], "scores": [0.5, 0.1, 0.4]}
    author.sign(web, author.key, selfTest=wrong)
    assert look_for_update(browser).startswith("Version 1.1.0 of the model has come.")
    browser.execute(RELEASE)
    assert scores(browser, TEXTS) == before
    open_settings(browser)
    assert model_line(browser, "ready") == "The model is on this device: version 1.0.0."
    assert look_for_update(browser) == "This is the newest version of the model."
