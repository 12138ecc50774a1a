"""Why this answer? The words that carried it, in the card, in the side panel and over fifty
sentences whose carrying words are marked by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.cards import open_card
from tests.support.drivers import BrowserUnderTest

ADDRESS = "http://letter.test/"
OTHERS = (
    "The bus stops at the corner of the street.",
    "The shop opens at nine on weekdays.",
    "The form has four pages and two copies.",
    "The train to the coast leaves from platform two.",
    "The manual describes the settings of the printer.",
    "The library is across the road from the station.",
)
"""So many sentences without an emotion that the whole text has none."""
PLAIN = "The meeting is on the second floor at three."
PAGE = Page(
    "<!doctype html><html lang=en><meta charset=utf-8><title>A letter</title>"
    "<p id=one>I am terrified of the dark.</p>"
    "<p id=many>I am so happy and grateful today. I am terrified of the dark.</p>"
    f"<p id=plain>{PLAIN}</p>"
    f"<p id=mixed>{' '.join(OTHERS)} I am terrified of the dark.</p></html>".encode()
)
RIGHT_AT_LEAST = 0.8  # of the sentences: the word that weighs most is a marked one


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(request: pytest.FixtureRequest, bundles: dict[str, Path]) -> Iterator[BrowserUnderTest]:
    with browsing(request.param, bundles[request.param], {ADDRESS: PAGE}) as browser:
        browser.open_popup()
        yield browser  # no request, however much is explained


def explained_card(browser: BrowserUnderTest, element: str) -> None:
    open_card(browser, ADDRESS, element)
    wait_for(
        lambda: browser.in_card("document.body.dataset.state === 'result'") or None, 60, "a result"
    )
    browser.in_card("document.getElementById('explain').click()")


def test_the_card_shows_the_word_that_carried_the_answer_and_says_it(
    reader: BrowserUnderTest,
) -> None:
    explained_card(reader, "one")
    label = wait_for(
        lambda: reader.in_card("document.getElementById('why').dataset.explained"), 60, "words"
    )
    assert label == "fear"
    strongest = reader.in_card(
        "[...document.querySelectorAll('#why mark')]"
        ".sort((a, b) => b.dataset.weight - a.dataset.weight)[0].textContent"
    )
    assert strongest == "terrified"
    assert reader.in_card("document.querySelector('#why .weighted').textContent") == (
        "I am terrified of the dark."
    )
    assert "terrified" in reader.in_card("document.querySelector('#why [role=status]').textContent")
    reader.in_card("document.getElementById('explain').click()")
    assert reader.in_card("document.getElementById('why').hidden") is True


def test_another_sentence_of_the_text_closes_the_explanation_and_is_explained_when_asked(
    reader: BrowserUnderTest,
) -> None:
    explained_card(reader, "many")
    wait_for(lambda: reader.in_card("document.getElementById('why').dataset.explained"), 60, "it")
    reader.in_card("document.querySelectorAll('[role=option]')[1].click()")
    assert reader.in_card("document.getElementById('why').hidden") is True
    reader.in_card("document.getElementById('explain').click()")
    wait_for(
        lambda: (
            reader.in_card("document.getElementById('why').dataset.explained") == "fear" or None
        ),
        60,
        "the second sentence's words",
    )


def test_a_text_without_a_clear_answer_offers_no_explanation(reader: BrowserUnderTest) -> None:
    explained_card(reader, "plain")
    assert reader.in_card("document.getElementById('explain').hidden") is True


def test_of_a_text_without_a_clear_answer_a_sentence_that_has_one_is_explained(
    reader: BrowserUnderTest,
) -> None:
    explained_card(reader, "mixed")
    assert reader.in_card("document.querySelector('.winner').dataset.winner") == ""
    assert reader.in_card("document.getElementById('explain').hidden") is True
    last = len(OTHERS)
    reader.in_card(f"document.querySelectorAll('[role=option]')[{last}].click()")
    assert reader.in_card("document.getElementById('explain').hidden") is False
    reader.in_card("document.getElementById('explain').click()")
    label = wait_for(
        lambda: reader.in_card("document.getElementById('why').dataset.explained"), 60, "words"
    )
    assert label == "fear"


def test_the_buttons_below_the_card_are_in_one_row_in_every_language(
    reader: BrowserUnderTest, repository: Path
) -> None:
    explained_card(reader, "one")
    for file in sorted((repository / "extension/_locales").glob("*/messages.json")):
        messages = json.loads(file.read_text(encoding="utf-8"))
        for copy in ("card_copy", "card_copied"):
            texts = json.dumps([messages[copy]["message"], messages["why"]["message"]])
            rows = reader.in_card(
                f"(([copy, why]) => {{"
                " document.getElementById('copy-text').textContent = copy;"
                " document.getElementById('explain').textContent = why;"
                " const middle = (button) => {"
                "  const {top, bottom} = button.getBoundingClientRect()\n"
                "  return (top + bottom) / 2 };"
                " return [...document.querySelectorAll('footer button')].map(middle)"
                f"}})({texts})"
            )
            assert max(rows) - min(rows) < 2, f"{file.parent.name}: {rows}"


def test_of_fifty_sentences_the_word_that_weighs_most_is_one_that_a_person_marked(
    reader: BrowserUnderTest, repository: Path
) -> None:
    lines = (repository / "tests/data/carrying_words.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert len(rows) == 50
    reader.open_popup()
    right = 0
    for text, label, words in rows:
        found = reader.execute(
            """
            return import(location.origin + '/ui/lib/explanation.js')
              .then(({explain}) => explain(arguments[0], arguments[1], {language: 'en'}))
              .then((weighted) => {
                const [best] = weighted.toSorted((a, b) => b.weight - a.weight)
                return arguments[0].slice(best.start, best.end)
              })
            """,
            text,
            label,
        )
        right += found.lower() in words.lower().split()
    assert right >= RIGHT_AT_LEAST * len(rows), f"{right} of {len(rows)}"
