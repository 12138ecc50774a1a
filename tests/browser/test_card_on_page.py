"""How the card behaves on its page: where it appears, how it closes, which text it highlights."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.card_probe import probe, settled
from tests.support.drivers import BrowserUnderTest

REPOSITORY = Path(__file__).parent.parent.parent
SHORTCUT = "Alt+Shift+L"
TEXT = "i feel so happy and grateful today. i am furious with all of them. what a day."
SECOND = (36, 66)
"""Where its second sentence is."""

SELECT = "getSelection().selectAllChildren(document.querySelector('#text'))"
PLACES = {
    "top left": "left: 0; top: 0",
    "top right": "right: 0; top: 0; text-align: end",
    "middle": "left: 30%; top: 45%",
    "bottom left": "left: 0; bottom: 0",
    "bottom right": "right: 0; bottom: 0",
    "tall on the left": "left: 0; top: 10%; width: 4em",
    "as wide as the page": "left: 0; right: 0; top: 60%; font-size: 40px",
    "partly outside": "left: -40px; top: -8px",
}


def page(body: str, head: str = "") -> Page:
    return Page(
        "<!doctype html><html lang=en><head><meta"
        f" charset=utf-8>{head}</head><body>{body}</body></html>".encode()
    )


PAGES = {
    "http://places.test/": page(f"<span id=text style='position: fixed'>{TEXT}</span>"),
    "http://long.test/": page(
        "<a href=#>a link</a><div style='height: 300px'></div><p id=text"
        f" tabindex=-1>{TEXT}</p><div style='height: 4000px'></div>"
    ),
    # Leaves room above the text for the tallest card, also after a scroll of 100.
    "http://room.test/": page(
        "<div style='height: 540px'></div><p id=text"
        f" tabindex=-1>{TEXT}</p><div style='height: 4000px'></div>"
    ),
    "http://dialog.test/": page(
        f"<dialog id=dialog><button id=first>First</button><p id=text>{TEXT}</p></dialog>"
        "<script>document.querySelector('dialog').showModal()</script>"
    ),
    "http://frame.test/": page(
        "<iframe id=frame src=http://frame.test/inner style='margin: 80px; width: 700px; height:"
        " 120px'></iframe>"
    ),
    "http://frame.test/inner": page(f"<p id=text>{TEXT}</p>"),
}
CARD_SCRIPTS = re.findall(
    r"'(content/[^']+)'", (REPOSITORY / "extension/background/open-card.js").read_text("utf-8")
)
"""As the background injects them."""

WAITING = """
(async (theme) => {
  const [tab] = await chrome.tabs.query({active: true, lastFocusedWindow: true})
  const files = %s
  await chrome.scripting.executeScript({target: {tabId: tab.id}, files})
  const show = (theme) => {
    globalThis.lensmith.openCard({id: 'nobody', corner: false, keyboard: false, theme})
    const host = document.querySelector('[popover]')
    const root = globalThis.chrome?.dom?.openOrClosedShadowRoot?.(host)
      ?? host.openOrClosedShadowRoot
    const box = (element) => {
      const {left, top, width, height} = element.getBoundingClientRect()
      return [left, top, width, height]
    }
    const [waiting, frame] = [root.querySelector('.waiting'), root.querySelector('iframe')]
    return {
      ground: getComputedStyle(waiting).backgroundColor,
      waiting: box(waiting),
      frame: box(frame),
      text: root.textContent,
    }
  }
  const target = {tabId: tab.id}
  const [{result}] = await chrome.scripting.executeScript({target, args: [theme], func: show})
  return JSON.stringify(result)
})(%s)
"""
"""What is there as soon as the page script has run, of a card that was opened for nothing."""

Box = list[float]


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(request: pytest.FixtureRequest, bundles: dict[str, Path]) -> Iterator[BrowserUnderTest]:
    with browsing(request.param, bundles[request.param], PAGES) as browser:
        browser.open_popup()
        yield browser


def open_card(browser: BrowserUnderTest, address: str, before: str = "") -> None:
    browser.open(address)
    browser.execute(f"{before};{SELECT}")
    browser.press(SHORTCUT)
    browser.wait_for_card(timeout=120)


def tell_shell(browser: BrowserUnderTest, request: dict[str, Any]) -> None:
    """What the card's page sends for a sentence, a drag."""
    identifier = browser.in_card("location.hash.slice(1)")
    message = json.dumps({"kind": "card_host", "body": {"id": identifier, **request}})
    browser.in_card(f"void chrome.runtime.sendMessage({message})")


def is_gone(browser: BrowserUnderTest) -> None:
    wait_for(
        lambda: (
            True if browser.execute("return document.querySelector('[popover]') === null") else None
        ),
        30,
        "the end of the card",
    )


def overlap(a: Box, b: Box) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0


@pytest.mark.parametrize("place", PLACES)
def test_the_card_lies_in_the_viewport_and_not_on_the_text(
    place: str, reader: BrowserUnderTest
) -> None:
    open_card(
        reader,
        "http://places.test/",
        f"document.querySelector('#text').style.cssText += '; {PLACES[place]}'",
    )
    frame = settled(reader)["frame"]
    width, height = reader.execute("return [innerWidth, innerHeight]")
    text = reader.execute(
        "const {left, top, width, height} ="
        " document.querySelector('#text').getBoundingClientRect(); return [left, top, width,"
        " height]"
    )
    assert overlap(frame, text) == 0
    assert (
        frame[0] >= 0
        and frame[1] >= 0
        and frame[0] + frame[2] <= width
        and frame[1] + frame[3] <= height
    )


@pytest.mark.parametrize(
    ("theme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(28, 29, 33)")]
)
def test_a_card_without_words_stands_there_until_its_page_is_loaded(
    theme: str, ground: str, reader: BrowserUnderTest
) -> None:
    open_card(reader, "http://long.test/")
    tell_shell(reader, {"kind": "dismiss"})
    is_gone(reader)
    reader.execute(SELECT)
    found = json.loads(
        reader.in_background(WAITING % (json.dumps(CARD_SCRIPTS), json.dumps(theme)))
    )
    assert found["ground"] == ground
    assert found["waiting"] == found["frame"] and min(found["frame"][2:]) > 100
    assert found["text"] == "", "the page could find it"
    wait_for(
        lambda: True if not (probe(reader) or {})["waits"] else None,
        60,
        "the card's own page over it",
    )


def test_the_card_and_its_light_follow_the_text_and_leave_no_trace(
    reader: BrowserUnderTest,
) -> None:
    reader.open("http://room.test/")
    reader.execute(SELECT)
    before = reader.execute("return document.documentElement.outerHTML")
    reader.press(SHORTCUT)
    reader.wait_for_card(timeout=120)
    tell_shell(
        reader,
        {
            "kind": "highlight",
            "start": SECOND[0],
            "end": SECOND[1],
            "colour": "#cc0000",
            "reveal": True,
        },
    )
    lit = wait_for(lambda: found if (found := settled(reader))["light"] else None, 30, "the light")
    expected = reader.execute(
        """
        const range = new Range()
        range.setStart(document.querySelector('#text').firstChild, arguments[0])
        range.setEnd(document.querySelector('#text').firstChild, arguments[1])
        const box = ({left, top, width, height}) => [left, top, width, height]
        return Array.from(range.getClientRects(), box)
        """,
        *SECOND,
    )
    assert lit["light"] == [pytest.approx(box, abs=0.5) for box in expected]
    reader.execute("scrollTo(0, 100)")
    scrolled = settled(reader)
    assert scrolled["light"][0][1] == pytest.approx(lit["light"][0][1] - 100, abs=1)
    text = reader.execute(
        "const {left, top, width, height} ="
        " document.querySelector('#text').getBoundingClientRect(); return [left, top, width,"
        " height]"
    )
    gap = max(
        text[1] - scrolled["frame"][1] - scrolled["frame"][3],
        scrolled["frame"][1] - text[1] - text[3],
    )
    beside = scrolled["frame"][0] >= text[0] + text[2] or overlap(scrolled["frame"], text) == 0
    assert beside and gap < 100, "the card did not come along"
    reader.execute("scrollTo(0, 3000)")
    tell_shell(
        reader,
        {
            "kind": "highlight",
            "start": SECOND[0],
            "end": SECOND[1],
            "colour": "#cc0000",
            "reveal": True,
        },
    )
    wait_for(
        lambda: True if reader.execute("return scrollY") < 1000 else None,
        30,
        "the sentence in view",
    )
    tell_shell(
        reader, {"kind": "highlight", "start": 0, "end": 0, "colour": "#cc0000", "reveal": False}
    )
    assert (
        wait_for(
            lambda: found if not (found := settled(reader))["light"] else None, 30, "darkness"
        )["light"]
        == []
    )
    tell_shell(reader, {"kind": "dismiss"})
    is_gone(reader)
    assert reader.execute("return document.documentElement.outerHTML") == before


def test_the_card_is_moved_and_stays_in_the_viewport(reader: BrowserUnderTest) -> None:
    open_card(reader, "http://long.test/")
    left, _, *size = settled(reader)["frame"]
    tell_shell(reader, {"kind": "grab"})
    tell_shell(reader, {"kind": "move", "x": 60, "y": -4})
    moved = settled(reader)["frame"]
    assert moved[0] == pytest.approx(left + 60, abs=1)
    reader.execute("scrollTo(0, 200)")
    assert settled(reader)["frame"] == moved, "a card put somewhere stays there"
    tell_shell(reader, {"kind": "move", "x": 9000, "y": 9000})
    edges = reader.execute("return [innerWidth, innerHeight]")
    wait_for(
        lambda: True if (probe(reader) or {})["frame"][0] > left + 100 else None,
        30,
        "the card at the edge",
    )
    moved = settled(reader)["frame"]
    assert moved[2:] == size
    assert moved[0] + moved[2] <= edges[0] and moved[1] + moved[3] <= edges[1]


def test_escape_in_the_card_closes_it_and_the_focus_goes_back(reader: BrowserUnderTest) -> None:
    open_card(reader, "http://long.test/", "document.querySelector('a').focus()")
    wait_for(
        lambda: True if reader.in_card("document.hasFocus()") else None, 30, "the focus in the card"
    )
    reader.type_keys("Escape")
    is_gone(reader)
    assert reader.execute("return document.activeElement.localName") == "a"
    assert reader.execute("return String(getSelection())") == TEXT


def test_escape_on_the_page_closes_the_card_but_not_the_dialog_around_it(
    reader: BrowserUnderTest,
) -> None:
    open_card(reader, "http://dialog.test/")
    card = settled(reader)
    assert card["parent"] == "dialog", "all outside of the dialog is inert"
    left, top, width, height = card["frame"]
    matches = "return document.elementFromPoint(arguments[0], arguments[1]).matches('[popover]')"
    hit = reader.execute(matches, left + width / 2, top + height / 2)
    assert hit, "the card cannot be clicked"
    reader.execute("document.querySelector('#first').focus()")
    reader.type_keys("Escape")
    is_gone(reader)
    assert reader.execute("return document.querySelector('dialog').open") is True


def test_the_card_goes_with_the_dialog_that_it_stands_in(reader: BrowserUnderTest) -> None:
    open_card(reader, "http://dialog.test/")
    reader.execute("document.querySelector('dialog').close()")
    is_gone(reader)


def test_only_what_a_person_does_closes_the_card(reader: BrowserUnderTest) -> None:
    open_card(reader, "http://long.test/")
    reader.execute("""
        const options = {bubbles: true, composed: true}
        for (const target of [window, document.body, document.querySelector('[popover]')]) {
          target.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', ...options}))
          target.dispatchEvent(new PointerEvent('pointerdown', {button: 0, ...options}))
        }
        """)
    assert settled(reader)["frame"][2] > 0


def test_a_card_for_text_in_a_frame_stands_beside_it_on_the_whole_page(
    reader: BrowserUnderTest,
) -> None:
    reader.open("http://frame.test/")
    reader.execute(
        "const {contentWindow: view} = document.querySelector('#frame'); view.focus(); "
        "view.getSelection().selectAllChildren(view.document.querySelector('#text'))"
    )
    reader.press(SHORTCUT)
    reader.wait_for_card(timeout=120)
    frame = settled(reader)["frame"]
    text = reader.execute("""
        const outer = document.querySelector('#frame')
        const inner = outer.contentDocument.querySelector('#text').getBoundingClientRect()
        const around = outer.getBoundingClientRect()
        const [left, top] = [around.left + outer.clientLeft, around.top + outer.clientTop]
        return [inner.left + left, inner.top + top, inner.width, inner.height]
        """)
    assert overlap(frame, text) == 0
    assert frame[1] == pytest.approx(text[1] + text[3] + 8, abs=1)
