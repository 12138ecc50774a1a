"""Several threads in real Chromium: they are measured while nobody waits, used from then on, and
change no score.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder.bench.setup import EnginePage
from builder.browsers.driver import wait_for
from builder.browsers.proxy import Web
from builder.config.extension import ExtensionConfig, load_config
from builder.packaging.pack import build_extension
from tests.support.drivers import BrowserUnderTest, start
from tests.support.engine_worker import HOME, ask, sentences
from tests.support.waiting import assert_stays

KEY = "measured-threads"
LEARN_S = 60
QUIET_S = 3.5
"""A little longer than the host waits before it measures."""


def isolated(config: ExtensionConfig, out: Path) -> Path:
    (bundle,) = build_extension(config, out, ("chrome",))
    assert bundle.isolated
    return bundle.folder


@pytest.fixture(scope="module")
def big(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose model is so big that its pages are isolated."""
    return isolated(
        load_config(repository / "examples/go-emotions/extension.toml"),
        tmp_path_factory.mktemp("big"),
    )


@pytest.fixture
def browser(big: Path) -> Iterator[BrowserUnderTest]:
    with Web({}) as web, start("chrome", big, web) as browser:
        browser.open(browser.extension_url + HOME)
        yield browser
        assert web.unexpected() == []


def kept(browser: BrowserUnderTest) -> dict[str, Any] | None:
    found: dict[str, Any] = json.loads(
        browser.execute("return (async () => JSON.stringify(await chrome.storage.local.get()))()")
    )
    return found.get(KEY)


def keep(browser: BrowserUnderTest, **value: Any) -> None:
    browser.execute("return chrome.storage.local.set(arguments[0])", {KEY: value})


def test_threads_are_measured_after_the_first_use_and_used_from_then_on(
    browser: BrowserUnderTest,
) -> None:
    engine = EnginePage(browser)
    engine.classify([["what a lovely day"]])
    assert engine.status()["threads"] == 1
    measured = wait_for(lambda: kept(browser), LEARN_S, "a number of threads")
    assert measured["threads"] in (1, 2, 4, 8, 16) and measured["threads"] <= measured["cores"]
    assert engine.status()["threads"] == measured["threads"], (
        "what was found to be fastest does not answer"
    )
    assert engine.classify([["what a lovely day"]])[0].tokens > 0

    other = 3 - min(measured["threads"], 2)  # told from what any start would use
    keep(browser, **measured | {"threads": other})
    engine.release()
    engine.classify([["what a lovely day"]])
    assert engine.status()["threads"] == other
    browser.execute("return chrome.storage.local.set({'setting:threads': arguments[0]})", 3 - other)
    engine.release()
    engine.classify([["what a lovely day"]])
    assert engine.status()["threads"] == 3 - other, (
        "the reader's own number counts less than what was measured"
    )


def test_what_an_earlier_version_measured_is_measured_anew(browser: BrowserUnderTest) -> None:
    engine = EnginePage(browser)
    cores = engine.environment()["cores"]
    keep(browser, threads=2, version="0.0.1", cores=cores)
    engine.classify([["what a lovely day"]])
    assert engine.status()["threads"] == 1
    wait_for(
        lambda: ((found := kept(browser)) and found["version"] != "0.0.1") or None,
        LEARN_S,
        "a new number of threads",
    )


def test_who_asks_while_threads_are_measured_is_answered(browser: BrowserUnderTest) -> None:
    engine = EnginePage(browser)
    for number in range(4):
        (answer,) = engine.classify([[f"what a lovely day, said {number} of them"]])
        assert answer.tokens > 0
        time.sleep(QUIET_S + 0.3 * number)
    wait_for(lambda: kept(browser), LEARN_S, "a number of threads")


def test_two_threads_give_the_scores_of_one_at_every_length_with_what_is_left_of_the_runtime(
    browser: BrowserUnderTest,
) -> None:
    words = sentences(60)
    texts = [
        " ".join(words)[:length] for length in (1, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560)
    ]
    works = [
        {"id": str(number), "texts": [text], "priority": "user"}
        for number, text in enumerate(texts)
    ]
    told = {threads: ask(browser, *works, threads=threads) for threads in (1, 2)}
    assert [told[threads]["ready"]["threads"] for threads in (1, 2)] == [1, 2]
    for number in range(len(texts)):
        assert told[1][str(number)]["prediction"] == told[2][str(number)]["prediction"]


def test_a_number_of_the_authors_is_used_and_nothing_measured(
    repository: Path, tmp_path: Path
) -> None:
    bundle = isolated(replace(load_config(repository / "extension.toml"), threads=2), tmp_path)
    with Web({}) as web, start("chrome", bundle, web) as browser:
        browser.open(browser.extension_url + HOME)
        engine = EnginePage(browser)
        engine.classify([["what a lovely day"]])
        assert engine.status()["threads"] == 2
        assert_stays(lambda: kept(browser), None, QUIET_S)
        browser.open_popup()
        assert browser.classify_in_popup("i feel so happy and grateful today").winner == "joy"
