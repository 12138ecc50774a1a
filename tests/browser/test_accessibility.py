"""WCAG 2.2 AA, as far as axe-core can see it, on every surface in both themes; and the whole way by
keyboard alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder.browsers.driver import POPUP_PAGE, wait_for
from tests.support.axe import RULES, SCAN, STILL, UPROOT
from tests.support.browsing import browsing
from tests.support.drivers import BrowserUnderTest
from tests.support.page_view import SIDE_PANEL_PAGE
from tests.support.pages import PAGE, PAGES
from tests.support.ui_pages import (
    SHORTCUT,
    TEXT,
    TIMEOUT,
    Evaluate,
    open_about,
    open_card,
    open_empty_popup,
    open_empty_side_panel,
    open_options,
    open_page_panel,
    open_popup,
    open_side_panel,
    open_welcome,
)

CONTROLS_OF_A_CARD = 6

PLANT = """
(() => {
  const planted = document.createElement('div')
  planted.id = 'planted'
  planted.innerHTML = '<button></button><p>pale</p>'
  // The policy refuses a style attribute.
  planted.lastChild.style.cssText = 'color: #999; background: #fff; transition: none'
  document.querySelector('main').append(planted)
})()
"""


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def shared_browser(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    display: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    """One for all tests of this file; it may read every page, so no click has to grant access."""
    name = request.param
    copy = tmp_path_factory.mktemp(name)
    headless = name == "firefox"
    with browsing(name, bundles[name], PAGES, copy=copy, headless=headless) as browser:
        yield browser


@pytest.fixture(scope="module")
def axe(repository: Path) -> str:
    return (repository / "tools/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


SURFACES = [
    open_card,
    open_page_panel,
    open_side_panel,
    open_empty_side_panel,
    open_popup,
    open_empty_popup,
    open_options,
    open_about,
    open_welcome,
]


@pytest.mark.parametrize(
    "opened", SURFACES, ids=lambda opened: opened.__name__.removeprefix("open_")
)
def test_axe_finds_nothing_in_either_theme_and_finds_what_is_planted(
    opened: Callable[[BrowserUnderTest], Evaluate], shared_browser: BrowserUnderTest, axe: str
) -> None:
    evaluate = opened(shared_browser)
    for theme in ("light", "dark"):
        evaluate(f"chrome.storage.local.set({{'setting:theme': '{theme}'}})")
        ask = f"document.documentElement.dataset.theme === '{theme}' || null"
        wait_for(lambda: evaluate(ask), TIMEOUT, f"the {theme} theme")  # noqa: B023 - asked before the next turn
        wait_for(lambda: evaluate(STILL), TIMEOUT, "the end of the transitions")
        scan = (
            f"(() => {{ if (!window.axe) {{ {axe} }} return {SCAN.strip() % json.dumps(RULES)}"
            " })()"
        )
        assert evaluate(scan) == []
        evaluate(PLANT.strip())
        found = {violation["id"] for violation in evaluate(scan)}
        assert {"button-name", "color-contrast"} <= found
        evaluate(UPROOT)


def test_the_main_way_is_gone_by_keyboard_alone_from_the_selection_to_the_side_panel_and_back(
    shared_browser: BrowserUnderTest,
) -> None:
    browser = shared_browser
    browser.open(PAGE)
    browser.execute(
        """
        const field = document.createElement('textarea')
        field.value = arguments[0]
        document.body.prepend(field)
        """,
        TEXT,
    )
    browser.type_keys("Tab")
    classify_by_keyboard(browser)
    assert browser.in_card("document.getElementById('sentence').hidden") is True
    go_by_tab(browser, "document.activeElement.role === 'option'")
    browser.type_keys("ArrowRight")
    second = "document.getElementById('position').textContent === '2 of 2' || null"
    wait_for(lambda: browser.in_card(second), TIMEOUT, "the second sentence")
    assert (
        browser.in_card("document.getElementById('quote').textContent")
        == "But I am terrified of the dark."
    )
    go_by_tab(browser, "document.activeElement.id === 'copy'")
    browser.type_keys("Enter")
    wait_for(
        lambda: browser.in_card(
            "document.getElementById('copy-text').textContent === 'Copied' || null"
        ),
        TIMEOUT,
        "the copy",
    )
    browser.type_keys("Escape")
    wait_for(lambda: True if browser.card() is None else None, TIMEOUT, "the end of the card")
    assert browser.execute("return document.activeElement.tagName") == "TEXTAREA"
    browser.type_keys("Ctrl+V")  # in the place of the selection
    pasted = wait_for(
        lambda: browser.execute(
            "const {value} = document.activeElement; return value.includes('Fear: ') ? value : null"
        ),
        TIMEOUT,
        "what was copied",
    )
    assert "I feel so happy and grateful" in pasted

    classify_by_keyboard(browser)
    go_by_tab(browser, "document.activeElement.id === 'panel'")
    browser.type_keys("Enter")
    rows = "document.querySelectorAll('#sentences tbody tr').length || null"
    wait_for(
        lambda: browser.in_page(SIDE_PANEL_PAGE, rows),
        TIMEOUT,
        "the result in the side panel, or in the tab that stands in for it",
    )
    browser.in_background("""
      chrome.tabs.query({}).then((tabs) => {
        const panels = tabs.filter(({url}) => url?.includes('side-panel'))
        return chrome.tabs.remove(panels.map(({id}) => id))
      })
    """)


def classify_by_keyboard(browser: BrowserUnderTest) -> None:
    """All of the field that has the focus."""
    browser.type_keys("Ctrl+A")
    browser.press(SHORTCUT)
    assert browser.wait_for_card().framed
    wait_for(
        lambda: browser.in_card("document.hasFocus() || null"), TIMEOUT, "the focus on the card"
    )


def go_by_tab(browser: BrowserUnderTest, arrived: str) -> None:
    for _ in range(CONTROLS_OF_A_CARD):
        browser.type_keys("Tab")
        if browser.in_card(arrived):
            return
    raise AssertionError(f"the tab key does not lead to where {arrived}")


def test_the_popup_is_used_by_keyboard_alone(shared_browser: BrowserUnderTest) -> None:
    browser = shared_browser
    browser.open(browser.extension_url + POPUP_PAGE)
    wait_for(
        lambda: browser.execute("return document.querySelector('#samples button') && true"),
        TIMEOUT,
        "the examples",
    )
    browser.execute(
        "document.getElementById('text').focus()"
    )  # what a real popup does, and a page in a tab may not
    browser.type_keys(*"so happy")
    state = "return document.body.dataset.state === 'result' || null"
    wait_for(lambda: browser.execute(state), TIMEOUT, "a result")
    browser.type_keys("Ctrl+A", "Backspace")
    wait_for(
        lambda: browser.execute("return document.body.dataset.state === 'empty' || null"),
        TIMEOUT,
        "the empty popup",
    )
    browser.type_keys("Tab", "Enter")  # the first example
    wait_for(lambda: browser.execute(state), TIMEOUT, "the result of the example")
    assert browser.execute("return document.activeElement.id") == "text"
    browser.type_keys("Tab")
    assert browser.execute("return document.activeElement.id") == "page"


def test_every_control_of_the_settings_is_reached_by_the_tab_key_and_shows_it(
    shared_browser: BrowserUnderTest,
) -> None:
    browser = shared_browser
    open_options(browser)
    controls = browser.execute("""
        const radios = new Set()
        return [...document.querySelectorAll('a[href], button, input, select')]
          .filter((control) => !control.disabled && control.getClientRects().length)
          .filter(({type, name, checked}) => type !== 'radio' || checked)
          .map((control, index) => control.dataset.control = String(index))
        """)
    browser.execute("document.activeElement.blur(); getSelection().removeAllRanges()")
    seen = []
    for _ in controls:
        browser.type_keys("Tab")
        seen.append(
            browser.execute("""
            const control = document.activeElement
            const isOutlined = (part) => part && getComputedStyle(part).outlineStyle !== 'none'
            const shown = [control, control.nextElementSibling].some(isOutlined)
            return shown ? control.dataset.control : null
            """)
        )
    assert seen == controls
