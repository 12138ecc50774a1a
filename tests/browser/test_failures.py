"""What a person sees when something is broken, and that it can be tried again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import CARD_PAGE
from builder.browsers.proxy import Web
from tests.support.drivers import BrowserUnderTest, start

TEXT = "i feel so happy today"
DAMAGED = "A file of this extension is missing or damaged, so it gives no answer."


def one_byte(content: bytes) -> bytes:
    """Another byte in the middle: of a vocabulary a word, of weights a number."""
    place = len(content) // 2
    return content[:place] + bytes((content[place] ^ 1,)) + content[place + 1 :]


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


DAMAGES: list[tuple[str, Callable[[bytes], bytes | None]]] = [
    ("model/weights.bin", one_byte),
    ("model/weights.bin", half),
    ("model/weights.bin", lambda _: None),
    ("model/vocab.txt", lambda content: b"\n".join(sorted(content.splitlines())) + b"\n"),
    ("model/model.onnx", lambda _: b"not what it should be"),
    ("model/model.json", one_byte),
    ("model/model.json", half),
    ("runtime/ort-wasm-simd-threaded.wasm", lambda _: b"not what it should be"),
    ("runtime/ort-wasm-simd-threaded.wasm", lambda content: content[:-1] + b"x"),
    ("runtime/ort.wasm.min.mjs", lambda content: content + b"\n//"),
    ("integrity.json", half),
    # Changes that run as before: nothing but its hash tells.
    ("engine/scores.js", lambda content: content + b"\n//"),
    ("engine/character-tables.js", lambda content: content + b"\n//"),
    ("settings.json", lambda content: content + b"\n"),
]


@pytest.fixture(params=["chrome", "firefox"])
def copy(
    request: pytest.FixtureRequest, bundles: dict[str, Path], web: Web, tmp_path: Path
) -> Iterator[tuple[BrowserUnderTest, Path]]:
    """A browser, and the folder of its extension, in which files may be damaged."""
    folder = shutil.copytree(bundles[request.param], tmp_path / "bundle")
    with start(request.param, folder, web) as browser:
        yield browser, folder


def test_a_damaged_file_gives_no_answer_but_a_sentence_and_a_whole_one_gives_answers_again(
    copy: tuple[BrowserUnderTest, Path],
) -> None:
    browser, folder = copy
    for name, damage in DAMAGES:
        place = folder / name
        whole = place.read_bytes()
        place.unlink()  # the copy may be a link
        damaged = damage(whole)
        if damaged is not None:
            place.write_bytes(damaged)
        browser.open_popup()
        failed = browser.classify_in_popup(TEXT)
        assert (failed.state, DAMAGED in failed.text) == ("failure", True), (name, failed)
        assert "Try again" not in failed.text, name
        place.write_bytes(whole)
    browser.open_popup()
    assert browser.classify_in_popup(TEXT).winner == "joy"


def test_a_model_that_computes_other_numbers_than_the_builder_gives_no_answer(
    copy: tuple[BrowserUnderTest, Path],
) -> None:
    browser, folder = copy
    file = folder / "integrity.json"
    packed = json.loads(file.read_text("utf-8"))
    packed["selfTest"]["scores"] = packed["selfTest"]["scores"][::-1]
    file.write_text(json.dumps(packed), encoding="utf-8")
    browser.open_popup()
    failed = browser.classify_in_popup(TEXT)
    assert failed.state == "failure"
    assert "The model computes wrong numbers in this browser" in failed.text


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
