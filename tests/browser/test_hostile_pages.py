"""Pages that work against the extension, a row each: the answer comes, and the page learns nothing
of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.attack import TELLING
from tests.support.browsing import browsing
from tests.support.cards import SHORTCUT
from tests.support.drivers import BrowserUnderTest
from tests.support.page_view import PANEL_PAGE, begin, counts, wait_for_state

TEXT = "i feel so happy and grateful to be here"
SELECT = "getSelection().selectAllChildren(document.getElementById('text'))"
NOTES = """
const learned = []
const {stringify} = JSON
const push = [].push
const note = (what, ...values) => {
  for (const value of values) {
    try { push.call(learned, `${what}: ${typeof value === 'string' ? value : stringify(value)}`) }
    catch { push.call(learned, `${what}: ${value}`) }
  }
}
// Notes what a function of the page is called with, and does what it always did.
const listen = (owner, name) => {
  const original = owner[name]
  owner[name] = function (...given) {
    note(name, ...given)
    return original.apply(this, given)
  }
}
// Notes the call, and fails it.
const refuse = (owner, name) => {
  owner[name] = function (...given) {
    note(name, ...given)
    throw new Error(`${name} is refused here`)
  }
}
"""


@dataclass(frozen=True)
class Row:
    script: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    shows: str = "card"
    """``card`` on the page, or ``window``: a card in one of its own."""


ROWS = {
    "attachShadow": Row("refuse(Element.prototype, 'attachShadow')"),
    "postMessage": Row(
        "refuse(window, 'postMessage'); refuse(MessagePort.prototype, 'postMessage')"
    ),
    "customElements": Row(
        "for (const name of ['define', 'get', 'whenDefined'])"
        " refuse(CustomElementRegistry.prototype, name)"
    ),
    "JSON": Row("listen(JSON, 'stringify'); listen(JSON, 'parse')"),
    "Promise": Row(
        "listen(Promise.prototype, 'then'); listen(Promise, 'resolve'); listen(Promise, 'all')"
    ),
    "Array": Row(
        "for (const name of ['push', 'map', 'join', 'slice', 'forEach', 'filter'])"
        " listen(Array.prototype, name); listen(Array, 'from')"
    ),
    "WeakMap": Row(
        "for (const type of [WeakMap, Map]) for (const name of ['get', 'set', 'has'])"
        " listen(type.prototype, name)"
    ),
    "elements": Row("""
        for (const name of ['append', 'prepend', 'before', 'setAttribute', 'animate', 'matches'])
          refuse(Element.prototype, name)
        for (const name of ['showPopover', 'hidePopover', 'focus', 'blur'])
          refuse(HTMLElement.prototype, name)
        const {set} = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'src')
        Object.defineProperty(HTMLIFrameElement.prototype, 'src', {
          get() { note('src read', 1) }, set(value) { note('src', value); set.call(this, value) },
        })"""),
    "timers": Row(
        "setInterval(() => { for (let id = 2; id < 3000; id++) { clearTimeout(id) } }, 50);"
        "listen(window, 'setTimeout'); listen(window, 'requestAnimationFrame')"
    ),
    "an observer that removes our element": Row(
        """new MutationObserver((records) => {
          for (const {addedNodes} of records) for (const node of addedNodes) {
            note('added', node.outerHTML); node.remove()
          }
        }).observe(document.documentElement, {childList: true})""",
        shows="window",
    ),
    "an observer that moves our element": Row(
        """new MutationObserver((records) => {
          for (const {addedNodes} of records) for (const node of addedNodes) {
            if (node.parentNode !== document.documentElement) continue
            note('added', node.outerHTML); document.body.append(node)
          }
        }).observe(document.documentElement, {childList: true})""",
        shows="window",
    ),
    "an overlay": Row("""
        setInterval(() => {
          const cover = document.getElementById('cover') ?? document.createElement('div')
          cover.id = 'cover'
          cover.style.cssText = 'position: fixed; inset: 0; width: 100vw; height: 100vh; opacity: 0'
          cover.popover = 'manual'
          if (!cover.isConnected) document.body.append(cover)
          cover.hidePopover(); cover.showPopover()
          cover.onpointermove = cover.onclick = ({target}) => note('pointer', target.outerHTML)
        }, 200)"""),
    "forged events and messages": Row("""
        setInterval(() => {
          for (const target of [window, document, ...document.documentElement.children]) {
            for (const [type, init] of [[KeyboardEvent, ['keydown', {key: 'Escape'}]],
              [PointerEvent, ['pointerdown', {button: 0}]],
              [Event, ['pagehide']], [Event, ['blur']],
              [Event, ['visibilitychange']], [Event, ['resume']]])
              target.dispatchEvent(new type(init[0], {bubbles: true, composed: true, ...init[1]}))
          }
          for (const kind of ['card_placed', 'claim_request', 'dismiss', 'stands', 'replaced'])
            postMessage({kind, id: 'view', body: {id: '0'}, order: 1e15}, '*')
        }, 50)"""),
    "a clock on our frame": Row("""
        for (const type of PerformanceObserver.supportedEntryTypes)
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) note(type, entry)
          }).observe({type, buffered: true})
        setInterval(() => note('frames', frames.length), 5)"""),
    "Trusted Types and a policy of nothing": Row(
        headers=(
            (
                "Content-Security-Policy",
                "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            ),
        ),
    ),
    "cross-origin isolation": Row(
        headers=(
            ("Cross-Origin-Embedder-Policy", "require-corp"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ),
    ),
    "a sandbox around the page": Row(
        headers=(("Content-Security-Policy", "sandbox allow-scripts"),), shows="any"
    ),
}
ALL_NATIVES = ("attachShadow", "customElements", "JSON", "Promise", "Array", "WeakMap", "elements")
FRAMING = "http://sandboxed.test/"
FRAMED = "http://sandboxed.test/inner"
CLOSE_WINDOWS = (
    "chrome.windows.getAll({windowTypes: ['popup']}).then((all) => Promise.all(all.map(({id}) =>"
    " chrome.windows.remove(id))))"
)


def address_of(name: str) -> str:
    return f"http://{name.lower().replace(' ', '-')}.test/"


def page(script: str, headers: tuple[tuple[str, str], ...] = ()) -> Page:
    body = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>A page</title><body>"
        f"<p id=text>{TEXT}</p><script>{NOTES}{script}</script></body></html>"
    )
    return Page(body.encode(), headers=dict(headers))


PAGES = {address_of(name): page(row.script, row.headers) for name, row in ROWS.items()} | {
    address_of("all natives"): page("\n".join(f"{{{ROWS[one].script}}}" for one in ALL_NATIVES)),
    FRAMING: Page(
        f"<!doctype html><meta charset=utf-8><iframe sandbox src={FRAMED}></iframe>".encode()
    ),
    FRAMED: Page(f"<!doctype html><meta charset=utf-8><p id=text>{TEXT}</p>".encode()),
}


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    name = request.param
    with browsing(name, bundles[name], PAGES, copy=tmp_path_factory.mktemp(name)) as browser:
        browser.open_popup()
        yield browser


def learned(browser: BrowserUnderTest) -> list[str]:
    """What the page noted; nothing where its policy ran no script of it."""
    found: list[str] = json.loads(
        browser.execute("return typeof learned === 'undefined' ? '[]' : stringify(learned)")
    )
    return found


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_page_gets_nothing_and_the_reader_gets_the_answer(
    name: str, reader: BrowserUnderTest
) -> None:
    row = ROWS[name]
    reader.open(address_of(name))
    reader.execute(SELECT)
    reader.press(SHORTCUT)

    def answered() -> bool | None:
        card = reader.card()
        if card is None or card.state != "result":
            return None
        return True if row.shows in ("any", "card" if card.framed else "window") else None

    wait_for(answered, 60, f"the answer in a {row.shows}")
    card = reader.card()
    assert card is not None and card.winner == "joy"
    noted = learned(reader)
    assert [one for one in noted if TELLING.search(one) and TEXT not in one] == []
    reader.in_background(CLOSE_WINDOWS)


def test_a_page_that_overrides_all_natives_is_viewed_and_learns_nothing(
    reader: BrowserUnderTest,
) -> None:
    reader.open(address_of("all natives"))
    begin(reader)
    wait_for_state(reader, "done")
    assert counts(reader)["joy"] == 1
    assert [one for one in learned(reader) if TELLING.search(one) and TEXT not in one] == []
    reader.in_page(PANEL_PAGE, "document.getElementById('remove').click()")


def test_text_in_a_sandboxed_frame_is_answered_beside_it_or_in_a_corner(
    reader: BrowserUnderTest,
) -> None:
    reader.open(FRAMING)
    reader.send_menu_click("classify-selection", frame=FRAMED, text=TEXT)
    card = reader.wait_for_card(timeout=60)
    assert card.winner == "joy"


def test_a_page_finds_no_sign_of_the_extension_before_its_user_acts(
    reader: BrowserUnderTest,
) -> None:
    reader.open(address_of("a clock on our frame"))
    assert [one for one in learned(reader) if "-extension:" in one] == []
    assert reader.execute("return document.documentElement.children.length") == 2
    globals_ = reader.execute(
        "return Object.getOwnPropertyNames(window).filter((name) => /lensmith/i.test(name))"
    )
    assert globals_ == []
