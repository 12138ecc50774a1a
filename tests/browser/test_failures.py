"""What a person sees when something is broken, and that it can be tried again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers import start
from builder.browsers.base import CARD_PAGE, Browser
from builder.browsers.proxy import Web


@pytest.fixture(params=["chrome", "firefox"])
def broken(request: pytest.FixtureRequest, bundles: dict[str, Path], web: Web, tmp_path: Path) -> Iterator[tuple[Browser, Path]]:
    """A browser whose extension has lost its model's graph, and where the graph belongs."""
    folder = shutil.copytree(bundles[request.param], tmp_path / "bundle")
    graph = folder / "model" / "model.onnx"
    graph.rename(tmp_path / "model.onnx")
    with start(request.param, folder, web) as browser:
        yield browser, graph


def test_a_model_that_cannot_be_loaded_is_said_in_words_and_the_next_try_starts_anew(broken: tuple[Browser, Path], tmp_path: Path) -> None:
    browser, graph = broken
    browser.open_popup()
    failed = browser.classify_in_popup("i feel so happy today")
    assert failed.state == "failure"
    assert "The model could not be loaded." in failed.text
    (tmp_path / "model.onnx").rename(graph)
    assert browser.classify_in_popup("i feel so happy today").winner == "joy"


def test_a_card_whose_text_is_gone_says_so(browser: Browser) -> None:
    browser.open(f"{browser.extension_url}{CARD_PAGE}#no-such-request")
    card = browser.wait_for_card("failure", timeout=30)
    assert "This result is gone." in card.text
    assert "Try again" not in card.text
