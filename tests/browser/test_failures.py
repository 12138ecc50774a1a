"""What a person sees when something is broken, and that it can be tried again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import CARD_PAGE
from builder.browsers.proxy import Web
from tests.support.drivers import BrowserUnderTest, start


@pytest.fixture(
    params=[
        (name, file)
        for name in ("chrome", "firefox")
        for file in ("model/model.onnx", "runtime/ort-wasm-simd-threaded.wasm")
    ],
    ids=lambda param: f"{param[0]}-{Path(param[1]).name}",
)
def broken(
    request: pytest.FixtureRequest, bundles: dict[str, Path], web: Web, tmp_path: Path
) -> Iterator[tuple[BrowserUnderTest, Path]]:
    """A browser whose extension holds something else in the place of a file that the engine needs,
    and the place.
    """
    name, file = request.param
    folder = shutil.copytree(bundles[name], tmp_path / "bundle")
    place = folder / file
    place.rename(tmp_path / "whole")
    place.write_text("not what it should be")
    with start(name, folder, web) as browser:
        yield browser, place


def test_an_engine_that_cannot_start_says_so_in_words_and_the_next_try_starts_anew(
    broken: tuple[BrowserUnderTest, Path], tmp_path: Path
) -> None:
    browser, place = broken
    browser.open_popup()
    failed = browser.classify_in_popup("i feel so happy today")
    assert failed.state == "failure"
    assert "The model could not be loaded." in failed.text
    (tmp_path / "whole").replace(place)
    assert browser.classify_in_popup("i feel so happy today").winner == "joy"


@pytest.fixture(params=["chrome", "firefox"])
def speechless(
    request: pytest.FixtureRequest, bundles: dict[str, Path], web: Web, tmp_path: Path
) -> Iterator[BrowserUnderTest]:
    """A browser that has no words for the extension's pages, as Chromium in rare starts on a busy
    machine.
    """
    folder = shutil.copytree(bundles[request.param], tmp_path / "bundle")
    script = folder / "ui" / "lib" / "first-paint.js"
    script.write_text(
        f"chrome.i18n.getMessage = () => '';\n{script.read_text(encoding='utf-8')}",
        encoding="utf-8",
    )
    with start(request.param, folder, web) as browser:
        yield browser


def test_words_that_the_browser_has_lost_are_read_from_their_file(
    speechless: BrowserUnderTest,
) -> None:
    speechless.open_popup()
    assert speechless.execute("return chrome.i18n.getMessage('name')") == ""
    answer = speechless.classify_in_popup("i feel so happy today")
    assert (answer.state, answer.winner) == ("result", "joy")
    assert "Emotion Lens" in answer.text and "ms, computed on your device" in answer.text
    assert speechless.execute(
        "return [document.documentElement.lang, document.documentElement.dir]"
    ) == ["en", "ltr"]


def test_a_card_whose_text_is_gone_says_so(browser: BrowserUnderTest) -> None:
    browser.open(f"{browser.extension_url}{CARD_PAGE}#no-such-request")
    card = browser.wait_for_card("failure", timeout=30)
    assert "This result is gone." in card.text
    assert "Try again" not in card.text
