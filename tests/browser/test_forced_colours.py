"""Where the system forces its colours, everything that ours mean can be seen all the same.

Pixels decide, as eyes would.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.browsing import browsing
from tests.support.card_probe import settled
from tests.support.drivers import BrowserUnderTest
from tests.support.pages import PAGES
from tests.support.ui_pages import (
    Evaluate,
    open_card,
    open_options,
    open_popup,
    open_side_panel,
    open_welcome,
)

HAPPY = "I feel so happy and grateful today."
LEAST_CONTRAST = 3
"""Of what is no text: WCAG 2.2, 1.4.11."""

WINNER_SHARE, LOSER_SHARE = 0.6, 0.2
"""Of a track's length: a winner's bar reaches that far, a loser's does not."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture."""

PAINTED = (
    "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>"
    " done(true))))"
)
BOX = "(({left, top, right, bottom}) => [left, top, right, bottom])(%s.getBoundingClientRect())"
ROWS = """
[...document.querySelectorAll('.bars li')].filter((row) => row.getClientRects().length).map(
  (row) => {
    const {left, top, right, bottom} = row.querySelector('.track').getBoundingClientRect()
    return {score: Number(row.dataset.score), wins: row.matches('.wins'),
      box: [left, top, right, bottom], weight: Number(getComputedStyle(row).fontWeight)}
  })
""".strip()


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def forced(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    name = request.param
    copy = tmp_path_factory.mktemp(name)
    with browsing(name, bundles[name], PAGES, copy=copy, forced_colours=True) as browser:
        browser.open_popup()
        assert browser.execute("return matchMedia('(forced-colors: active)').matches") is True
        yield browser


class View:
    """A surface, and how it looks on the screen."""

    def __init__(
        self, browser: BrowserUnderTest, opened: Callable[[BrowserUnderTest], Evaluate]
    ) -> None:
        self.browser = browser
        self.evaluate = opened(browser)
        self._corner = (
            settled(browser)["frame"][:2] if opened in (open_card, open_happy_card) else (0, 0)
        )

    def picture(self) -> Image.Image:
        self.browser.execute(PAINTED)  # a busy machine takes pictures of what was there before
        return Image.open(io.BytesIO(self.browser.screenshot())).convert("RGB")

    def box(self, selector: str, number: int = 0) -> Box:
        return self.on_picture(
            self.evaluate(BOX % f"document.querySelectorAll({selector!r})[{number}]")
        )

    def on_picture(self, box: Any) -> Box:
        x, y = self._corner
        left, top, right, bottom = box
        return left + x, top + y, right + x, bottom + y


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """As WCAG defines it."""

    def luminance(colour: tuple[int, int, int]) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (value / 255 for value in colour)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colour_at(
    picture: Image.Image, box: Box, across: float, down: float = 0.5
) -> tuple[int, int, int]:
    """At a share of a box's width and height."""
    left, top, right, bottom = box
    red, green, blue = picture.getpixel(
        (round(left + (right - left) * across), round(top + (bottom - top) * down))
    )
    return red, green, blue


def open_happy_card(browser: BrowserUnderTest) -> Evaluate:
    return open_card(browser, "#sentence")


def open_happy_popup(browser: BrowserUnderTest) -> Evaluate:
    evaluate = open_popup(browser)
    browser.classify_in_popup(HAPPY)
    return evaluate


def open_happy_welcome(browser: BrowserUnderTest) -> Evaluate:
    evaluate = open_welcome(browser)
    browser.classify_in_popup(HAPPY)
    return evaluate


@pytest.mark.parametrize(
    "opened",
    [open_happy_card, open_happy_popup, open_happy_welcome],
    ids=lambda opened: opened.__name__.removeprefix("open_happy_"),
)
def test_bars_have_their_lengths_and_the_winner_its_weight(
    opened: Callable[[BrowserUnderTest], Evaluate], forced: BrowserUnderTest
) -> None:
    view = View(forced, opened)
    rows = view.evaluate(ROWS)
    picture = view.picture()
    winner = max(rows, key=lambda row: row["score"])
    losers = [row for row in rows if row["score"] < LOSER_SHARE]
    assert winner["score"] > WINNER_SHARE and winner["wins"] and len(losers) >= 4
    assert winner["weight"] > max(row["weight"] for row in losers)
    ink = colour_at(picture, view.on_picture(winner["box"]), WINNER_SHARE / 2)
    for loser in losers:
        box = view.on_picture(loser["box"])
        ground = colour_at(picture, box, 0.5)
        assert contrast(ink, ground) >= LEAST_CONTRAST
        edges = [
            picture.getpixel(((box[0] + box[2]) // 2, round(box[1]) + step)) for step in (-1, 0, 1)
        ]
        assert max(contrast(edge, ground) for edge in edges) >= LEAST_CONTRAST, (
            "how long a bar could be is not to be seen"
        )


def test_the_card_stands_out_from_the_page(forced: BrowserUnderTest) -> None:
    view = View(forced, open_card)
    left, top, right, bottom = view.box("html")
    picture = view.picture()
    middle = round((left + right) / 2)
    for edge in (top, bottom):
        line = [picture.getpixel((middle, round(edge) + step)) for step in (-2, -1, 0, 1)]
        assert max(contrast(line[0], other) for other in line) >= LEAST_CONTRAST


def test_the_sentence_that_was_chosen_differs_from_the_others(forced: BrowserUnderTest) -> None:
    view = View(forced, open_card)
    view.evaluate("document.querySelectorAll('[role=option]')[1].focus()")
    view.evaluate("document.getElementById('main').focus()")
    picture = view.picture()
    corners = [
        colour_at(picture, view.box("[role=option]", number), 0.15, 0.4) for number in range(2)
    ]
    assert contrast(*corners) >= LEAST_CONTRAST
    assert all(
        view.evaluate(
            "[...document.querySelectorAll('[role=option]')].map((option) => option.textContent)"
        )
    ), "told by colour alone"


def test_settings_that_are_on_differ_from_those_that_are_off(forced: BrowserUnderTest) -> None:
    view = View(forced, open_options)
    picture = view.picture()
    segments = [
        colour_at(picture, view.box(".segments span", number), 0.5, 0.1) for number in range(2)
    ]
    assert contrast(*segments) >= LEAST_CONTRAST
    dots = {colour_at(picture, view.box("#swatches .dot", number), 0.5) for number in range(6)}
    assert len(dots) == 6, "the palette shows none"
    view.evaluate("scrollTo(0, 1e6)")
    picture = view.picture()
    on, off = view.box("#menu-selection"), view.box("#follow")
    assert contrast(colour_at(picture, on, 0.3), colour_at(picture, off, 0.7)) >= LEAST_CONTRAST
    for box in (on, off):  # the knob, at one end or the other
        assert (
            contrast(colour_at(picture, box, 0.3), colour_at(picture, box, 0.7)) >= LEAST_CONTRAST
        )


def pixels(picture: Image.Image) -> list[tuple[int, int, int]]:
    data = picture.tobytes()
    return [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]


@pytest.mark.parametrize(
    ("opened", "control"),
    [
        (open_card, "#copy"),
        (open_card, "#close"),
        (open_popup, "#settings"),
        (open_popup, "#page"),
        (open_options, "#min-score"),
        (open_options, "[name=theme]"),
        (open_options, "#palette"),
        (open_welcome, "#samples button"),
        (open_side_panel, "#csv"),
        (open_side_panel, "th button"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__.removeprefix("open_"),
)
def test_the_focus_is_seen(
    opened: Callable[[BrowserUnderTest], Evaluate], control: str, forced: BrowserUnderTest
) -> None:
    view = View(forced, opened)
    view.evaluate(f"document.querySelector({control!r}).scrollIntoView({{block: 'nearest'}})")
    view.evaluate("document.activeElement.blur()")
    left, top, right, bottom = view.box(control)
    around = (round(left) - 5, round(top) - 5, round(right) + 5, round(bottom) + 5)
    before = view.picture().crop(around)
    view.evaluate(f"document.querySelector({control!r}).focus()")
    after = view.picture().crop(around)
    changed = sum(
        contrast(one, other) >= LEAST_CONTRAST
        for one, other in zip(pixels(before), pixels(after), strict=True)
    )
    assert changed >= 2 * (right - left)
