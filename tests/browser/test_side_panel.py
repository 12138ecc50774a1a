"""The side panel's page: a result in full, its table, the files that it is saved to, and the view
of the page beside it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page, Web
from tests.support.card_probe import settled
from tests.support.drivers import BrowserUnderTest, start
from tests.support.host_permissions import with_host_permissions
from tests.support.native_menu import click
from tests.support.page_view import (
    LABELS,
    PANEL_PAGE,
    SIDE_PANEL_PAGE,
    begin,
    hand_over,
    open_side_panel,
    press,
    tab_id,
    wait_for_state,
)
from tests.support.pages import FOLDER, PAGE, PAGES

ARTICLE = "http://article.test/"
ROWS = (
    "return [...document.querySelectorAll('#sentences tbody tr')].map((row) =>"
    " [...row.cells].map((cell) => cell.textContent))"
)


@pytest.fixture
def article_web() -> Iterator[Web]:
    with Web({**PAGES, ARTICLE: Page((FOLDER / "article.html").read_bytes())}) as web:
        yield web
        assert web.unexpected() == []


@pytest.fixture(params=["chrome", "firefox"])
def reader(
    request: pytest.FixtureRequest, bundles: dict[str, Path], article_web: Web, tmp_path: Path
) -> Iterator[BrowserUnderTest]:
    """A browser whose extension may read every page, so that no click has to grant it one."""
    name = request.param
    with start(
        name, with_host_permissions(bundles[name], tmp_path / "bundle"), article_web
    ) as browser:
        yield browser


def hidden(browser: BrowserUnderTest, element: str) -> bool:
    value: bool = browser.execute("return document.getElementById(arguments[0]).hidden", element)
    return value


def test_a_tab_that_was_not_granted_gets_a_line_that_says_what_to_click(
    browser: BrowserUnderTest,
) -> None:
    open_side_panel(browser, PAGE)
    wait_for(lambda: None if hidden(browser, "ungranted") else True, 20, "the line")
    assert hidden(browser, "granted") and hidden(browser, "view")
    assert "right-click it" in browser.execute(
        "return document.getElementById('ungranted').textContent"
    )
    assert "No result yet" in browser.execute("return document.body.innerText")


def test_a_granted_page_is_viewed_from_here_its_rows_lead_to_it_and_closing_ends_the_view(
    reader: BrowserUnderTest,
) -> None:
    open_side_panel(reader, ARTICLE)
    wait_for(lambda: None if hidden(reader, "granted") else True, 20, "the button")
    reader.execute("document.getElementById('start').click()")
    wait_for(
        lambda: (
            reader.execute("return document.getElementById('view').dataset.phase") == "done" or None
        ),
        120,
        "the end of the page",
    )
    rows = wait_for(
        lambda: found if len(found := reader.execute(ROWS)) > 30 else None, 20, "the rows"
    )
    assert [number for number, *_ in rows] == [str(number + 1) for number in range(len(rows))]
    last = next(text for _, text, label, _ in reversed(rows) if label != "–")
    reader.execute(
        "[...document.querySelectorAll('tbody button')].find(({textContent}) => textContent ==="
        " arguments[0]).click()",
        last,
    )
    wait_for(
        lambda: (
            last in reader.execute("return document.querySelector('.view-current').textContent")
            or None
        ),
        20,
        "the sentence",
    )
    reader.switch_tab(0)
    there = "return scrollY > 200 && document.documentElement.children.length === 3"
    wait_for(lambda: reader.execute(there) or None, 20, "the sentence in its page")
    reader.switch_tab(1)
    reader.open("about:blank")
    reader.switch_tab(0)
    wait_for(
        lambda: reader.execute("return document.documentElement.children.length") == 2 or None,
        20,
        "the end of the view",
    )


def test_a_result_that_is_handed_over_is_taken_once_sorted_filtered_and_saved(
    reader: BrowserUnderTest, tmp_path: Path
) -> None:
    reader.keep_downloads(tmp_path)
    reader.open(reader.extension_url + SIDE_PANEL_PAGE)
    sentences = [
        ("The first one, plain.", None),
        ('=1+1 is "all" I fear', "fear"),
        ("I am so happy.", "joy"),
        ("A second joy.", "joy"),
    ]
    hand_over(reader, sentences)
    rows = wait_for(
        lambda: found if len(found := reader.execute(ROWS)) == 4 else None, 20, "the rows"
    )
    assert [(text, label) for _, text, label, _ in rows] == [
        ("The first one, plain.", "–"),
        ('=1+1 is "all" I fear', "😨 Fear"),
        ("I am so happy.", "😄 Joy"),
        ("A second joy.", "😄 Joy"),
    ]
    kept = (
        "const page = window.wrappedJSObject ?? window; return"
        " page.chrome.storage.session.get(null).then((all) => Object.keys(all))"
    )
    assert reader.execute(kept) == [], "it stays in the memory of the panel alone"

    sort = "document.querySelector(`th[data-column=${arguments[0]}] button`).click()"
    heads = (
        "return Object.fromEntries([...document.querySelectorAll('th')].map((th) =>"
        " [th.dataset.column, th.getAttribute('aria-sort')]))"
    )
    assert reader.execute(heads) == {
        "number": "ascending",
        "text": None,
        "label": None,
        "score": None,
    }
    reader.execute(sort, "label")
    assert reader.execute(heads) == {
        "number": None,
        "text": None,
        "label": "ascending",
        "score": None,
    }
    assert [row[0] for row in reader.execute(ROWS)] == ["3", "4", "2", "1"]
    reader.execute(sort, "label")
    assert reader.execute(heads)["label"] == "descending"
    assert [row[0] for row in reader.execute(ROWS)] == ["1", "2", "3", "4"]

    reader.execute("document.getElementById('csv').click()")
    lines = list(csv.DictReader(io.StringIO(saved(tmp_path, ".csv").removeprefix("\ufeff"))))
    assert [(line["number"], line["text"], line["labels"]) for line in lines] == [
        ("1", "The first one, plain.", ""),
        ("2", '\'=1+1 is "all" I fear', "fear"),
        ("3", "I am so happy.", "joy"),
        ("4", "A second joy.", "joy"),
    ]
    assert [float(lines[2][label]) for label in LABELS] == [
        0.9 if label == "joy" else 0.02 for label in LABELS
    ]

    reader.execute(
        "const filter = document.getElementById('filter'); filter.value = 'joy';"
        " filter.dispatchEvent(new Event('change'))"
    )
    assert [row[0] for row in reader.execute(ROWS)] == ["3", "4"]
    reader.execute("document.getElementById('json').click()")
    document: dict[str, Any] = json.loads(saved(tmp_path, ".json"))
    assert document["source"] == "page" and document["model"]["name"] == "emotion"
    assert [sentence["text"] for sentence in document["sentences"]] == [
        "I am so happy.",
        "A second joy.",
    ]


def saved(folder: Path, ending: str) -> str:
    """What a download holds once it is complete."""

    def complete() -> Path | None:
        found = [path for path in folder.glob(f"*{ending}") if path.stat().st_size]
        return (
            found[0]
            if found and not list(folder.glob("*.part")) + list(folder.glob("*.crdownload"))
            else None
        )

    path = wait_for(complete, 30, f"a download that ends in {ending}")
    assert path.name.startswith("emotion-lens-2026-01-02")
    return path.read_text(encoding="utf-8")


def test_the_docked_panel_hands_its_sentences_to_the_side_panel(reader: BrowserUnderTest) -> None:
    reader.open(ARTICLE)
    begin(reader)
    wait_for_state(reader, "done")
    press(
        reader, "#side"
    )  # no real click, so the browser refuses the panel itself and a tab takes its place
    count = "document.querySelectorAll('#sentences tbody tr').length"
    total = wait_for(
        lambda: reader.in_page(SIDE_PANEL_PAGE, count) or None,
        30,
        "the sentences in the side panel's page",
    )
    said = reader.in_page(PANEL_PAGE, "document.querySelector('.view-line').textContent")
    assert said.startswith(f"Sentences read: {total}.")


def test_a_click_on_the_card_opens_the_browsers_own_panel_with_the_result(
    bundles: dict[str, Path], article_web: Web, display: None, tmp_path: Path
) -> None:
    """By the mouse on the screen: Chrome opens its panel for nothing less. (Firefox has no such way
    from a framed page.)
    """
    with start(
        "chrome",
        with_host_permissions(bundles["chrome"], tmp_path / "bundle"),
        article_web,
        headless=False,
    ) as browser:
        browser.open(PAGE)
        browser.execute("getSelection().selectAllChildren(document.querySelector('#sentence'))")
        browser.press("Alt+Shift+L")
        browser.wait_for_card()
        click_in_card(browser, "#panel")
        rows = wait_for(
            lambda: browser.in_page(SIDE_PANEL_PAGE, f"(() => {{ {ROWS} }})()") or None,
            30,
            "the result in the side panel",
        )
        assert [(text, label) for _, text, label, _ in rows] == [
            ("i feel so happy and grateful today", "😄 Joy")
        ]
        contexts = json.loads(
            browser.in_background("chrome.runtime.getContexts({}).then(JSON.stringify)")
        )
        kinds = [
            context["contextType"]
            for context in contexts
            if SIDE_PANEL_PAGE in context.get("documentUrl", "")
        ]
        assert kinds == ["SIDE_PANEL"], "a tab stands in for it"


def click_in_card(browser: BrowserUnderTest, selector: str) -> None:
    """Press and release the mouse on an element of the card, which does not move."""
    left, top, *_ = settled(browser)["frame"]
    x, y = browser.in_card(
        "(({left, right, top, bottom}) => [(left + right) / 2, (top + bottom) / 2])"
        f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
    )
    across, down = browser.execute(
        "return [screenX + (outerWidth - innerWidth) / 2, screenY + outerHeight - innerHeight]"
    )
    click(left + x + across, top + y + down)


def test_what_is_handed_over_in_one_window_is_not_shown_in_another(
    reader: BrowserUnderTest,
) -> None:
    reader.open(reader.extension_url + SIDE_PANEL_PAGE)
    assert tab_id(reader) > 0
    reader.execute("""
        const page = window.wrappedJSObject ?? window
        const other = '{"side-panel:999999": {"source": "page", "sentences": []}}'
        return page.chrome.storage.session.set(page.JSON.parse(other))
        """)
    hand_over(reader, [("Mine.", "joy")])
    wait_for(
        lambda: reader.execute(ROWS) == [["1", "Mine.", "😄 Joy", "90%"]] or None, 20, "the row"
    )
