"""What is left on a page when the extension goes: disabled, reloaded or updated in the middle."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page, Web
from tests.support.cards import SHORTCUT
from tests.support.drivers import BrowserUnderTest, start
from tests.support.page_view import begin, wait_for_state

ADDRESS = "http://life.test/"
PAGES = {
    ADDRESS: Page(
        b"<!doctype html><html lang=en><meta charset=utf-8><p id=text>i feel so happy and grateful"
        b" today.</p><p>i am furious with all of them. what a sad and lonely day.</p></html>"
    )
}
SELECT = "getSelection().selectAllChildren(document.getElementById('text'))"
GONE_WITHIN = 30
"""Seconds; a busy machine needs some of them."""


def update(browser: BrowserUnderTest, bundle: Path) -> None:
    file = bundle / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**manifest, "version": manifest["version"] + ".1"}), "utf-8")
    browser.reload_extension()


def turn_off_and_on(browser: BrowserUnderTest, _: Path) -> None:
    browser.set_enabled(False)


ENDS: dict[str, Callable[[BrowserUnderTest, Path], None]] = {
    "updated": update,
    "disabled": turn_off_and_on,
}


@pytest.fixture(params=["chrome", "firefox"])
def copy(
    request: pytest.FixtureRequest, bundles: dict[str, Path], tmp_path: Path
) -> Iterator[tuple[BrowserUnderTest, Path]]:
    folder = shutil.copytree(bundles[request.param], tmp_path / "bundle")
    with Web(PAGES) as web, start(request.param, folder, web) as browser:
        yield browser, folder


def picture(browser: BrowserUnderTest) -> Image.Image:
    return Image.open(io.BytesIO(browser.screenshot())).convert("RGB")


def press(browser: BrowserUnderTest) -> None:
    """The shortcut, on the selected text; afterwards nothing is selected."""
    browser.execute(SELECT)
    browser.press(SHORTCUT)
    browser.wait_for_card(timeout=120)
    browser.execute("getSelection().removeAllRanges()")


def wait_until_it_looks_like(browser: BrowserUnderTest, before: Image.Image) -> None:
    wait_for(
        lambda: ImageChops.difference(picture(browser), before).getbbox() is None or None,
        GONE_WITHIN,
        "a page that looks as it did",
    )


@pytest.mark.parametrize("end", ENDS)
def test_a_card_and_the_marks_of_a_view_go_with_the_extension_and_the_next_press_works(
    end: str, copy: tuple[BrowserUnderTest, Path]
) -> None:
    browser, folder = copy
    browser.open(ADDRESS)
    before = picture(browser)
    press(browser)
    begin(browser)
    wait_for_state(browser, "done")
    assert ImageChops.difference(picture(browser), before).getbbox() is not None
    ENDS[end](browser, folder)
    wait_until_it_looks_like(browser, before)
    if end == "disabled":
        browser.set_enabled(True)
    # The new one, on the page of the old.
    again(browser)
    begin(browser)
    wait_for_state(browser, "done")


def again(browser: BrowserUnderTest) -> None:
    """A press, as soon as the extension takes one again."""

    def answered() -> bool | None:
        try:
            browser.execute(SELECT)
            browser.press(SHORTCUT)
            browser.wait_for_card(timeout=20)
        except TimeoutError:
            return None
        return True

    wait_for(answered, 90, "an answer of the extension that came back")
