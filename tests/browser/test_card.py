"""The card: its states, the strip of sentences, copying, stopping; in one browser of each kind for
all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.cards import open_card
from tests.support.drivers import BrowserUnderTest

ADDRESS = "http://letter.test/"
SENTENCES = [
    "I was furious with all of them.",
    "I feel so happy and grateful today.",
    "I feel terrified of the dark.",
]
LONG_CHARACTERS = 100_000
LONG = " ".join(
    f"In line {number} i say that i feel happy today."
    for number in range(LONG_CHARACTERS // 44 + 1)
)
PAGE = Page(
    "<!doctype html><html lang=en><meta charset=utf-8><title>A letter</title>"
    f"<p id=one>{SENTENCES[1]}</p><p id=many>{' '.join(SENTENCES)}</p>"
    f"<p id=long>{LONG}</p></html>".encode(),
)


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(request: pytest.FixtureRequest, bundles: dict[str, Path]) -> Iterator[BrowserUnderTest]:
    with browsing(request.param, bundles[request.param], {ADDRESS: PAGE}) as browser:
        browser.open_popup()
        yield browser


def wait_in_card(browser: BrowserUnderTest, expression: str, what: str) -> Any:
    return wait_for(lambda: browser.in_card(expression) or None, 60, what)


def press_in_strip(browser: BrowserUnderTest, key: str) -> None:
    options = f"{{key: '{key}', bubbles: true, cancelable: true}}"
    browser.in_card(
        f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {options}))"
    )


def test_one_sentence_has_an_answer_and_no_strip(reader: BrowserUnderTest) -> None:
    open_card(reader, ADDRESS, "one")
    card = reader.wait_for_card()
    assert card.winner == "joy"
    assert reader.in_card("document.getElementById('sentences').hidden") is True
    assert reader.in_card("document.getElementById('spoken').textContent").startswith("😄 Joy"), (
        "a screen reader is not told"
    )
    assert reader.in_card("document.activeElement.id") == "main", (
        "the shortcut did not bring the focus into the card"
    )


def test_a_card_that_is_waited_for_in_vain_is_described(reader: BrowserUnderTest) -> None:
    open_card(reader, ADDRESS, "one")
    reader.wait_for_card()
    with pytest.raises(
        TimeoutError,
        match=r"'failure' did not appear .*; the card is in state 'result': Emotion Lens 😄 Joy",
    ):
        reader.wait_for_card("failure", timeout=0.5)
    reader.open("about:blank")
    with pytest.raises(TimeoutError, match="there is no card"):
        reader.wait_for_card(timeout=0.5)


def test_several_sentences_can_be_walked_through_with_the_arrow_keys(
    reader: BrowserUnderTest,
) -> None:
    open_card(reader, ADDRESS, "many")
    reader.wait_for_card()
    answers = reader.in_card(
        "[...document.querySelectorAll('[role=option]')].map((option) =>"
        " option.dataset.answer).join()"
    )
    assert answers == "anger,joy,fear"
    assert reader.in_card("document.querySelectorAll('[role=option][tabindex=\"0\"]').length") == 1
    reader.in_card("document.querySelector('[role=option]').focus()")
    shown = (
        "document.getElementById('position').textContent + '|' +"
        " document.getElementById('quote').textContent"
    )
    for key, position in (
        ("", 1),
        ("ArrowRight", 2),
        ("End", 3),
        ("ArrowRight", 3),
        ("ArrowLeft", 2),
        ("Home", 1),
    ):
        if key:
            press_in_strip(reader, key)
        assert reader.in_card(shown) == f"{position} of 3|{SENTENCES[position - 1]}", key
        chosen = (
            "[...document.querySelectorAll('[role=option]')].findIndex((option) =>"
            " option.ariaSelected === 'true')"
        )
        assert reader.in_card(chosen) == position - 1
    assert SENTENCES[0] in reader.in_card("document.activeElement.ariaLabel")


def test_the_result_is_offered_by_hand_where_the_clipboard_is_refused(
    reader: BrowserUnderTest,
) -> None:
    open_card(reader, ADDRESS, "many")
    reader.wait_for_card()
    reader.in_card("document.execCommand = () => false")
    reader.in_card("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    reader.in_card("document.getElementById('copy').click()")
    text = wait_in_card(reader, "document.getElementById('by-hand').value", "the text to copy")
    assert reader.in_card("document.getElementById('by-hand').hidden") is False
    lines = text.splitlines()
    assert [line.split("] ")[1] for line in lines if line.startswith("[")] == SENTENCES
    assert any(line.startswith("Joy: ") for line in lines)


def test_a_hundred_thousand_characters_are_read_with_progress_and_can_be_stopped(
    reader: BrowserUnderTest,
) -> None:
    open_card(reader, ADDRESS, "long")
    wait_in_card(
        reader, "document.querySelectorAll('[role=option]').length > 2", "the first sentences"
    )
    assert reader.in_card("document.body.dataset.state") == "waiting"
    wait_in_card(
        reader,
        f"document.getElementById('progress').max > {LONG_CHARACTERS / 100}",
        "most of the sentences",
    )
    assert "sentences" in reader.in_card("document.getElementById('phase').textContent")
    wait_in_card(reader, "!document.getElementById('stop').hidden", "a button to stop")
    reader.in_card("document.getElementById('stop').click()")
    stopped = reader.wait_for_card("failure")
    assert "Stopped before the end." in stopped.text and "Try again" in stopped.text
    open_card(reader, ADDRESS, "one")
    assert reader.wait_for_card().winner == "joy"


def test_where_no_score_reaches_what_the_reader_wants_there_is_no_clear_answer(
    reader: BrowserUnderTest,
) -> None:
    reader.in_background("chrome.storage.local.set({'setting:minScore': 1})")
    reader.open_popup()
    if reader.name == "chrome":
        reader.in_background("chrome.offscreen.closeDocument()")
    else:
        reader.stop_background()
    try:
        open_card(reader, ADDRESS, "one")
        card = reader.wait_for_card()
        assert card.winner is None
        assert "No clear" in card.text and "Closest: 😄 Joy" in card.text
        assert (
            reader.in_card("document.getElementById('result').classList.contains('unclear')")
            is True
        )
    finally:
        reader.in_background("chrome.storage.local.remove('setting:minScore')")
