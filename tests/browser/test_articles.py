"""The view of ten pages in the shape of what people read: the right text, in the right pieces.

``tests/data/articles`` holds each page, and beside it a line for each piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.drivers import BrowserUnderTest
from tests.support.page_view import SIDE_PANEL_PAGE, tab_id

FOLDER = Path(__file__).parent.parent / "data/articles"
ARTICLES = sorted(file.stem for file in FOLDER.glob("*.html"))
SOFT_HYPHEN = "\u00ad"
"""It is in the page, and nobody sees it."""

TEXTS = (
    "return document.getElementById('view').dataset.phase === 'done' ?"
    " [...document.querySelectorAll('#sentences tbody tr')].map((row) =>"
    " row.cells[1].textContent) : null"
)


def address(name: str) -> str:
    return f"http://{name}.test/"


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    name = request.param
    copy = tmp_path_factory.mktemp(name)
    pages = {address(name): Page((FOLDER / f"{name}.html").read_bytes()) for name in ARTICLES}
    with browsing(name, bundles[name], pages, copy=copy) as browser:
        browser.open(address(ARTICLES[0]))
        browser.open_tab(browser.extension_url + SIDE_PANEL_PAGE)
        yield browser


def test_there_are_ten_of_them() -> None:
    assert len(ARTICLES) >= 10


@pytest.mark.parametrize("name", ARTICLES)
def test_the_view_of_an_article_reads_its_text_in_its_pieces(
    name: str, reader: BrowserUnderTest
) -> None:
    panel = f"{reader.extension_url}{SIDE_PANEL_PAGE}"
    reader.open(panel)
    tab = tab_id(reader)
    reader.open("about:blank")  # a change of the fragment alone loads nothing
    reader.switch_tab(0)
    reader.open(address(name))
    reader.switch_tab(1)
    reader.open(f"{panel}#tab={tab}")
    can_begin = "return document.getElementById('granted').hidden === false || null"
    wait_for(lambda: reader.execute(can_begin), 30, "the button")
    reader.execute("document.getElementById('start').click()")
    found = wait_for(lambda: reader.execute(TEXTS), 120, "the end of the page")
    seen = [" ".join(text.replace(SOFT_HYPHEN, "").split()) for text in found]
    right = (FOLDER / f"{name}.txt").read_text("utf-8")
    assert "".join(f"{text}\n" for text in seen) == right
