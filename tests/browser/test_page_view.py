"""The view of a whole page, in both browsers: painted, walked through, filtered, followed, and gone
without a trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from builder.bench.sample_page import sample_page
from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page, Web
from tests.support.attack import assert_nothing_was_learned, findings_after_more_rounds
from tests.support.drivers import BrowserUnderTest, start
from tests.support.host_permissions import with_host_permissions
from tests.support.page_view import (
    LABELS,
    PANEL_PAGE,
    begin,
    counts,
    label_colours,
    pixels,
    press,
    wait_for_state,
)
from tests.support.pages import FOLDER, HOSTILE_PAGE, PAGE, PAGES
from tests.support.waiting import assert_stays

ARTICLE = "http://article.test/"
LONG = "http://long.test/"
MIDDLE = "http://middle.test/"
UNREAD = "http://unread.test/"
EMPTY = "http://empty.test/"
SENTENCES = 500
FEWER = 150
STEPS = 8
VIEW_PAGES = {
    **PAGES,
    ARTICLE: Page((FOLDER / "article.html").read_bytes()),
    LONG: Page(sample_page(SENTENCES)),
    MIDDLE: Page(sample_page(FEWER)),
    UNREAD: Page(sample_page(FEWER, day=2 * SENTENCES)),
    EMPTY: Page(b"<!doctype html><title>Nothing</title><nav>Home</nav><button>Press</button>"),
}
ENTRY = "Classify emotion on this page"
DOM = "return document.documentElement.outerHTML"
TEXT_WIDTH = 700  # of the article's column, which is beside the panel


@pytest.fixture(scope="module")
def view_web() -> Iterator[Web]:
    with Web(VIEW_PAGES) as web:
        yield web
        assert web.unexpected() == []


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def viewer(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    view_web: Web,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    """One browser for all tests of this file; it may read every page, so that no click has to grant
    it one.
    """
    name = request.param
    with start(
        name,
        with_host_permissions(bundles[name], tmp_path_factory.mktemp(name) / "bundle"),
        view_web,
    ) as browser:
        yield browser


def test_five_hundred_sentences_are_painted_with_progress_and_removed_byte_for_byte(
    viewer: BrowserUnderTest, repository: Path
) -> None:
    viewer.open(LONG)
    before = viewer.execute(DOM)
    colours = label_colours(repository / "model_assets/emotion")
    bare = pixels(viewer, colours, TEXT_WIDTH)
    begin(viewer)
    seen: list[float] = []

    def done() -> bool | None:
        state, value = viewer.in_page(
            PANEL_PAGE, "[document.body.dataset.state, document.querySelector('progress')?.value]"
        )
        if state == "reading":
            seen.append(value)
        return True if state == "done" else None

    wait_for(done, 120, "the end of the page")
    assert len(set(seen)) >= 3 and seen == sorted(seen), f"no progress was to be seen: {seen}"
    painted = counts(viewer)
    said = viewer.in_page(PANEL_PAGE, "document.querySelector('.view-line').textContent")
    assert said == f"Sentences read: {SENTENCES}. With a clear answer: {sum(painted.values())}"
    assert painted["joy"] > 0 and painted["anger"] > 0
    assert viewer.execute("return document.documentElement.children.length") == 3, (
        "the page sees one element of ours, and no more"
    )

    def shown() -> dict[str, int] | None:
        found = pixels(viewer, colours, TEXT_WIDTH)
        return found if sum(found.values()) > 500 else None

    on_page = wait_for(shown, 20, "colours on the page")
    assert {label for label in LABELS if on_page[label] > bare[label]} >= {"joy", "anger"}
    press(viewer, "#remove")
    wait_for(lambda: viewer.execute(DOM) == before or None, 10, "the page as it was")
    assert pixels(viewer, colours, TEXT_WIDTH) == bare
    assert viewer.in_page(PANEL_PAGE, "1") is None


def test_a_filter_leaves_the_colours_of_its_label_alone(
    viewer: BrowserUnderTest, repository: Path
) -> None:
    viewer.open(ARTICLE)
    begin(viewer)
    wait_for_state(viewer, "done")
    colours = label_colours(repository / "model_assets/emotion")
    wait_for(
        lambda: pixels(viewer, colours, TEXT_WIDTH)["anger"] > 50 or None, 20, "the colour of anger"
    )
    press(viewer, "[data-label=sadness] button")
    pressed = "document.querySelector('[data-label=sadness] button').ariaPressed === 'true' || null"
    wait_for(lambda: viewer.in_page(PANEL_PAGE, pressed), 20, "a pressed button")
    wait_for(
        lambda: pixels(viewer, colours, TEXT_WIDTH)["anger"] == 0 or None,
        20,
        "the end of the other colours",
    )
    assert pixels(viewer, colours, TEXT_WIDTH)["sadness"] > 50
    press(viewer, "[data-act=all]")
    wait_for(
        lambda: pixels(viewer, colours, TEXT_WIDTH)["anger"] > 50 or None, 20, "all colours again"
    )


def shows(viewer: BrowserUnderTest, read: str, place: str) -> bool | None:
    """Whether the first thing that the panel tells is this place."""
    return viewer.in_page(PANEL_PAGE, read)[0] == place or None


def test_the_reader_is_taken_from_sentence_to_sentence_and_told_what_each_one_is(
    viewer: BrowserUnderTest,
) -> None:
    viewer.open(MIDDLE)
    begin(viewer)
    wait_for_state(viewer, "done")
    viewer.execute("scrollTo(0, 0)")
    press(viewer, "[data-label=fear] button")
    read = (
        "[...document.querySelectorAll('.view-name, .view-text, .view-steps span')].map((element)"
        " => element.textContent)"
    )
    of = counts(viewer)["fear"]
    for number in range(1, STEPS + 1):
        press(viewer, "[data-act=next]")
        place = f"{number} of {of}"
        wait_for(
            partial(shows, viewer, read, place),
            20,
            f"sentence {place}",
        )
        _, name, text = viewer.in_page(PANEL_PAGE, read)
        assert name.startswith("😨 Fear") and text in viewer.execute(
            "return document.body.innerText.replaceAll(/\\s+/g, ' ')"
        )
    wait_for(
        lambda: viewer.execute("return scrollY") > 0 or None,
        10,
        "a page that has scrolled to the sentence",
    )
    press(viewer, "[data-act=previous]")
    wait_for(
        lambda: viewer.in_page(PANEL_PAGE, read)[0] == f"{STEPS - 1} of {of}" or None,
        20,
        "the sentence before",
    )


def test_a_stop_stops_and_going_on_reads_the_rest(viewer: BrowserUnderTest) -> None:
    viewer.open(UNREAD)  # sentences that were read before need no time
    begin(viewer)
    wait_for(lambda: sum(counts(viewer).values()) > 0 or None, 60, "the first colours")
    press(viewer, "[data-act=stop]")
    wait_for_state(viewer, "stopped")
    some = sum(counts(viewer).values())
    assert_stays(lambda: sum(counts(viewer).values()), some, 1)
    press(viewer, "[data-act=go-on]")
    wait_for_state(viewer, "done")
    assert f"Sentences read: {FEWER}." in viewer.in_page(
        PANEL_PAGE, "document.querySelector('.view-line').textContent"
    )
    assert sum(counts(viewer).values()) > some


def test_added_text_is_read_when_that_is_asked_for_and_not_before(viewer: BrowserUnderTest) -> None:
    viewer.open(ARTICLE)
    begin(viewer)
    wait_for_state(viewer, "done")
    before = counts(viewer)["joy"]
    add = (
        "document.querySelector('article').insertAdjacentHTML('beforeend',"
        " `<p>${arguments[0]}</p>`)"
    )
    viewer.execute(add, "I feel so happy and grateful today.")
    assert_stays(lambda: counts(viewer)["joy"], before, 2)
    press(viewer, ".view-follow input")
    wait_for(lambda: counts(viewer)["joy"] == before + 1 or None, 30, "the added sentence")
    viewer.execute(add, "I feel so happy and cheerful this morning.")
    wait_for(lambda: counts(viewer)["joy"] == before + 2 or None, 30, "the next one")


def test_a_view_ends_with_its_page_and_does_not_come_back_with_it(viewer: BrowserUnderTest) -> None:
    viewer.open(ARTICLE)
    begin(viewer)
    wait_for_state(viewer, "done")
    viewer.open(MIDDLE)
    wait_for(lambda: viewer.in_page(PANEL_PAGE, "1") is None or None, 10, "the end of the panel")
    viewer.execute("setTimeout(() => history.back(), 100)")
    # A command to the page that meets the navigation is lost, so the background is asked.
    shown = "chrome.tabs.query({active: true}).then(([{status, url}]) => `${status} ${url}`)"
    wait_for(
        lambda: viewer.in_background(shown) == f"complete {ARTICLE}" or None, 10, "the page before"
    )
    assert viewer.execute("return document.documentElement.children.length") == 2


def test_a_page_that_becomes_another_without_loading_is_said_and_can_be_read_again(
    viewer: BrowserUnderTest,
) -> None:
    viewer.open(ARTICLE)
    begin(viewer)
    wait_for_state(viewer, "done")
    viewer.execute(
        "history.pushState(null, '', '/next'); document.querySelector('main').innerHTML = '<p>I am"
        " so happy today.</p>'"
    )
    visible = "!document.querySelector('.view-notice').hidden"
    wait_for(lambda: viewer.in_page(PANEL_PAGE, visible) or None, 20, "the notice")
    press(viewer, "[data-act=again]")
    wait_for(lambda: sum(counts(viewer).values()) == 1 or None, 60, "the new page's one sentence")
    assert counts(viewer)["joy"] == 1
    assert not viewer.in_page(PANEL_PAGE, visible)


def test_a_panel_elsewhere_takes_the_view_over_from_the_docked_one(
    viewer: BrowserUnderTest,
) -> None:
    viewer.open(ARTICLE)
    begin(viewer)
    wait_for_state(viewer, "done")
    tab = viewer.in_background(
        "chrome.tabs.query({active: true, lastFocusedWindow: true}).then(([tab]) => tab.id)"
    )
    viewer.open_tab(f"{viewer.extension_url}{PANEL_PAGE}#tab={tab}")
    wait_for_state(viewer, "done", f"{PANEL_PAGE}#tab=")
    viewer.open("about:blank")
    viewer.switch_tab(0)
    wait_for(
        lambda: viewer.execute("return document.documentElement.children.length") == 2 or None,
        20,
        "a page without a view",
    )


def test_a_page_without_text_says_so(viewer: BrowserUnderTest) -> None:
    viewer.open(EMPTY)
    begin(viewer)
    wait_for_state(viewer, "empty")
    assert "No text to read was found" in viewer.in_page(PANEL_PAGE, "document.body.innerText")


def test_a_hostile_page_learns_nothing_of_what_is_painted(
    viewer: BrowserUnderTest, repository: Path
) -> None:
    viewer.open(HOSTILE_PAGE)
    begin(viewer)
    wait_for_state(viewer, "done")
    assert sum(counts(viewer).values()) == 1
    joy = {"joy": label_colours(repository / "model_assets/emotion")["joy"]}
    wait_for(lambda: pixels(viewer, joy, TEXT_WIDTH)["joy"] or None, 20, "the colour of joy")
    press(viewer, "[data-act=next]")  # paints the sentence strongly
    assert_nothing_was_learned(
        findings_after_more_rounds(viewer), '<div style="display: contents !important;"></div>'
    )
    assert pixels(viewer, joy, TEXT_WIDTH)["joy"], "the paint was gone while it was attacked"
    # Boxes and map take no pointer: a click on painted text reaches the page's own element.
    word = "document.querySelector('#sentence .word')"
    assert viewer.execute(
        f"const {{x, y}} = {word}.getBoundingClientRect(); return document.elementFromPoint(x + 3,"
        f" y + 3) === {word}"
    )


def test_the_entry_on_a_bare_page_paints_it_with_no_more_than_the_click_grants(
    browser: BrowserUnderTest,
) -> None:
    browser.open(PAGE)
    browser.choose_menu_entry("#sentence", ENTRY, select=False)
    wait_for_state(browser, "done")
    assert counts(browser)["joy"] == 1
