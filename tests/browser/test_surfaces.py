"""Settings that take effect, the self-test, and what the UI pages keep: in real browsers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.models.asset.asset import load_asset
from tests.support.drivers import BrowserUnderTest
from tests.support.waiting import assert_stays

HAPPY = "I feel so happy and grateful to be here with all of you."
OPTIONS = "ui/options/options.html"
ABOUT = "ui/about/about.html"
TIMEOUT = 60


def open_options(browser: BrowserUnderTest) -> None:
    browser.open(browser.extension_url + OPTIONS)
    wait_for(
        lambda: browser.execute("return document.querySelector('#swatches li') && true"),
        TIMEOUT,
        "the settings",
    )


def change(browser: BrowserUnderTest, selector: str, value: Any) -> None:
    """Give a control a value as a person does: with its events."""
    browser.execute(
        """
        const control = document.querySelector(arguments[0])
        if (['checkbox', 'radio'].includes(control.type)) return control.click()
        control.value = arguments[1]
        for (const name of ['input', 'change']) {
          control.dispatchEvent(new Event(name, {bubbles: true}))
        }
        """,
        selector,
        value,
    )


def until(browser: BrowserUnderTest, condition: str) -> None:
    wait_for(lambda: browser.execute(f"return ({condition}) || null"), TIMEOUT, condition)


def stored(browser: BrowserUnderTest) -> dict[str, Any]:
    found: dict[str, Any] = browser.execute("return chrome.storage.local.get()")
    return found


@pytest.fixture(autouse=True)
def defaults(shared_browser: BrowserUnderTest) -> None:
    open_options(shared_browser)
    shared_browser.execute("document.getElementById('reset').click()")
    until(shared_browser, "!document.getElementById('undo').hidden")


def test_the_theme_is_taken_at_once_and_by_every_surface_that_is_opened_later(
    shared_browser: BrowserUnderTest,
) -> None:
    open_options(shared_browser)
    for theme, scheme in (("dark", "dark"), ("light", "light")):
        change(shared_browser, f"[name=theme][value={theme}]", None)
        until(shared_browser, f"document.documentElement.dataset.theme === '{theme}'")
        assert (
            shared_browser.execute("return getComputedStyle(document.documentElement).colorScheme")
            == scheme
        )
    shared_browser.open_popup()
    until(shared_browser, "document.documentElement.dataset.theme === 'light'")


def test_the_palette_changes_the_colours_that_are_on_the_screen(
    shared_browser: BrowserUnderTest,
) -> None:
    open_options(shared_browser)
    colours = (
        "return [...document.querySelectorAll('#swatches .dot')].map((dot) =>"
        " getComputedStyle(dot).backgroundColor)"
    )
    standard = shared_browser.execute(colours)
    change(shared_browser, "#palette", None)
    until(shared_browser, "document.documentElement.dataset.palette === 'colour_blind'")
    safe = shared_browser.execute(colours)
    assert len(set(safe)) == len(safe) == 6
    assert not set(safe) & set(standard)


def test_a_higher_threshold_leaves_a_text_without_a_clear_answer_until_the_model_decides_again(
    shared_browser: BrowserUnderTest,
) -> None:
    open_options(shared_browser)
    change(shared_browser, "#min-score", "100")
    until(shared_browser, "document.getElementById('said').textContent")
    assert (
        shared_browser.execute("return document.getElementById('min-score-value').textContent")
        == "100%"
    )
    shared_browser.open_popup()
    surface = shared_browser.classify_in_popup(HAPPY)
    assert surface.winner is None
    assert surface.scores["joy"] > 0.5
    open_options(shared_browser)
    shared_browser.execute("document.getElementById('min-score-reset').click()")
    until(shared_browser, "document.getElementById('said').textContent")
    assert shared_browser.execute("return document.activeElement.id") == "min-score"
    shared_browser.open_popup()
    assert shared_browser.classify_in_popup(HAPPY).winner == "joy"


def test_only_what_was_changed_is_kept_and_a_reset_can_be_undone(
    shared_browser: BrowserUnderTest,
) -> None:
    open_options(shared_browser)
    change(shared_browser, "#release", "60")
    change(shared_browser, "#follow", None)
    until(shared_browser, "document.getElementById('said').textContent")
    assert stored(shared_browser) == {
        "setting:releaseAfterMinutes": 60,
        "setting:pageFollowsContent": True,
    }
    shared_browser.execute("document.getElementById('reset').click()")
    until(
        shared_browser,
        "!document.getElementById('undo').hidden && !document.getElementById('follow').checked",
    )
    assert stored(shared_browser) == {}
    shared_browser.execute("document.getElementById('undo').click()")
    until(
        shared_browser,
        "document.getElementById('follow').checked && document.getElementById('release').value ==="
        " '60'",
    )


def test_memory_can_be_given_back_by_hand(shared_browser: BrowserUnderTest) -> None:
    shared_browser.open_popup()
    shared_browser.classify_in_popup(HAPPY)
    open_options(shared_browser)
    until(shared_browser, "!document.getElementById('release-now').disabled")
    shared_browser.execute("document.getElementById('release-now').click()")
    until(shared_browser, "document.getElementById('release-now').disabled")
    assert "not loaded" in shared_browser.execute(
        "return document.getElementById('engine').textContent"
    )
    wait_for(
        lambda: shared_browser.in_page("host/offscreen.html", "1") is None or None,
        30,
        "the end of the engine's page",
    )
    shared_browser.open_popup()
    assert shared_browser.classify_in_popup(HAPPY).winner == "joy"


def test_the_self_test_passes_here_and_fails_where_the_answers_are_not_the_expected_ones(
    shared_browser: BrowserUnderTest,
) -> None:
    for spoiled, passed in ((False, "true"), (True, "false")):
        if spoiled:  # a threshold that no score reaches
            open_options(shared_browser)
            change(shared_browser, "#min-score", "100")
            until(shared_browser, "document.getElementById('said').textContent")
        shared_browser.open(shared_browser.extension_url + ABOUT)
        shared_browser.execute("document.getElementById('run').click()")
        until(shared_browser, "document.querySelector('[data-passed] #outcome')")
        assert (
            shared_browser.execute(
                "return document.getElementById('outcome').closest('[data-passed]').dataset.passed"
            )
            == passed
        )


def test_the_about_page_shows_the_shipped_model_card_the_notices_and_the_versions(
    shared_browser: BrowserUnderTest, repository: Any
) -> None:
    asset = load_asset(repository / "model_assets/emotion").description
    shared_browser.open(shared_browser.extension_url + ABOUT)
    until(
        shared_browser,
        "['#facts dd', '#card table', '#notices details'].every((part) =>"
        " document.querySelector(part))",
    )
    text = shared_browser.execute("return document.body.innerText")
    model = f"{asset['name']} {asset['version']}"
    scheme, licence = asset["quantization"]["scheme"], asset["licence"]["name"]
    for expected in (
        model,
        scheme,
        licence,
        "ONNX Runtime Web 1.",
        "Emotion Lens 0.",
        "Provenance",
    ):
        assert expected in text
    assert ("Chromium" in text) or ("Firefox" in text)
    shared_browser.execute("document.querySelector('#notices details').open = true")
    until(
        shared_browser,
        "document.querySelector('#notices details pre').textContent.includes('License')",
    )


def test_what_is_typed_into_the_popup_is_gone_with_it(shared_browser: BrowserUnderTest) -> None:
    shared_browser.open_popup()
    shared_browser.classify_in_popup(HAPPY)
    kept = shared_browser.execute(
        "return Promise.all([chrome.storage.local.get(), chrome.storage.session.get()])"
    )
    assert HAPPY not in json.dumps(
        [kept, shared_browser.execute("return {...localStorage, ...sessionStorage}")]
    )
    shared_browser.open_popup()
    assert shared_browser.execute("return document.getElementById('text').value") == ""


def test_the_welcome_page_loads_no_model_before_somebody_comes_to_it(
    shared_browser: BrowserUnderTest,
) -> None:
    welcome = shared_browser.extension_url + "ui/welcome/welcome.html"
    ask = (
        "return import(new URL('/ui/lib/engine-client.js', location.href)).then((engine) =>"
        " engine.{}()).then(({{engine}}) => engine)"
    )
    shared_browser.open(welcome)
    shared_browser.execute(ask.format("release"))
    shared_browser.open(welcome)
    until(shared_browser, "document.querySelector('#samples button')")
    assert_stays(lambda: shared_browser.execute(ask.format("status")), "off", 1)
    shared_browser.type_keys("Tab")
    wait_for(
        lambda: shared_browser.execute(ask.format("status")) == "ready" or None, 30, "the engine"
    )


def test_the_welcome_page_explains_with_the_readers_own_shortcut_and_classifies_there(
    shared_browser: BrowserUnderTest,
) -> None:
    shared_browser.open(shared_browser.extension_url + "ui/welcome/welcome.html")
    until(
        shared_browser,
        "document.querySelector('#samples button') &&"
        " document.getElementById('choose').textContent",
    )
    text = shared_browser.execute("return document.body.innerText")
    assert "Classify emotion" in text and "Alt+Shift+L" in text
    shared_browser.execute("document.querySelector('#samples button').click()")
    until(shared_browser, "document.body.dataset.state === 'result'")
    assert (
        shared_browser.execute("return document.querySelector('[data-winner]').dataset.winner")
        == "sadness"
    )
