"""Why this answer? The words that carried it, in the card, in the side panel and over fifty
sentences whose carrying words are marked by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page, Web
from tests.support.cards import open_card
from tests.support.drivers import BrowserUnderTest, start

ADDRESS = "http://letter.test/"
PLAIN = "The meeting is on the second floor at three."
PAGE = Page(
    "<!doctype html><html lang=en><meta charset=utf-8><title>A letter</title>"
    "<p id=one>I am terrified of the dark.</p>"
    "<p id=many>I am so happy and grateful today. I am terrified of the dark.</p>"
    f"<p id=plain>{PLAIN}</p></html>".encode()
)
RIGHT_AT_LEAST = 0.8  # of the sentences: the word that weighs most is a marked one


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(request: pytest.FixtureRequest, bundles: dict[str, Path]) -> Iterator[BrowserUnderTest]:
    with Web({ADDRESS: PAGE}) as web, start(request.param, bundles[request.param], web) as browser:
        browser.open_popup()
        yield browser
        assert web.unexpected() == []  # no request, however much is explained


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


def test_a_text_without_a_clear_answer_says_that_there_is_nothing_to_explain(
    reader: BrowserUnderTest,
) -> None:
    explained_card(reader, "plain")
    said = wait_for(
        lambda: reader.in_card("document.querySelector('#why [role=status]')?.textContent"),
        30,
        "a sentence",
    )
    assert said == "There is no clear answer to explain."


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
