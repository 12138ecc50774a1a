"""Kinds of pages and of selections: each gives the right text in the right place, or the fallback
that was designed for it.

One browser serves all of them. What opens the card is what the browser sends for the shortcut or
for the menu's entry; the menus themselves are in test_menu.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.drivers import BrowserUnderTest

SHORTCUT = "Alt+Shift+L"
ENTRY = "classify-selection"
JOY = "i feel so happy and grateful today"
FEAR = "i feel terrified of the dark"
ARABIC = "أشعر بسعادة كبيرة اليوم"
ANGER = "i am furious with all of them"


def html(body: str, head: str = "", attributes: str = 'lang="en"') -> Page:
    return Page(
        f"<!doctype html><html {attributes}><head><meta"
        f" charset=utf-8>{head}</head><body>{body}</body></html>".encode()
    )


def with_headers(page: Page, **headers: str) -> Page:
    return Page(
        page.body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


PLAIN = f"<p>Before it.</p><p><span id=text>{JOY}</span></p><p>After it.</p>"
FRAME = f"<p><span id=text>{FEAR}</span></p>"
SHADOW = f"""<p id=light>{ANGER}</p><x-outer></x-outer><script>
  const root = document.querySelector('x-outer').attachShadow({{mode: 'open'}})
  root.innerHTML = '<p id=one>{JOY}.</p><p id=two>{FEAR}.</p><x-inner><b>slotted</b></x-inner>'
  const inner = root.querySelector('x-inner').attachShadow({{mode: 'open'}})
  inner.innerHTML = '<p id=deep>{FEAR}</p><slot></slot>'
</script>"""
# Removes, hides and moves whatever it can of what is not its own.
RUDE = """<style>
  div, div *, iframe {
    display: none !important; opacity: 0 !important;
    transform: translate(-999px) !important; zoom: 3
  }
  *::backdrop { background: black !important } body { transform: rotate(2deg); overflow: hidden }
  section { position: fixed; inset: 0; z-index: 2147483647; background: white }</style>"""

# The browsers' viewers show it; what is selected in it, only the menu tells.
PAPER = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200]>> endobj
trailer <</Root 1 0 R>>
"""

PAGES: dict[str, Page] = {
    "http://plain.test/": html(PLAIN),
    "http://list.test/": html(
        f"<h1>Title</h1><p id=first>{JOY}</p>"
        f"<ul><li>{FEAR}</li><li>and <a href=#>a link</a></li></ul>"
    ),
    "http://fields.test/": html(
        f"<textarea id=area>Before. {JOY}. After.</textarea><input id=line value='{FEAR}'><input"
        f" id=mail type=email value=me@joy.test><input id=find type=search value='{JOY}'><input"
        f" id=secret type=password value='{JOY}'><input id=shown autocomplete='section-a"
        f" current-password' value='{JOY}'><input id=masked autocomplete=off"
        f" style='-webkit-text-security: disc' value='{JOY}'><textarea id=circles"
        f" style='-webkit-text-security: circle'>{JOY}</textarea><input id=code"
        f" autocomplete=one-time-code value='{JOY}'><input id=number autocomplete='billing"
        f" cc-number' value='{JOY}'>"
        f"<div id=edit contenteditable>{ANGER}, <b>all of"
        " them</b></div>"
    ),
    "http://shadow.test/": html(SHADOW),
    "http://frames.test/": html(
        "<iframe id=same src=http://frames.test/inner></iframe>"
        "<iframe id=doc srcdoc='<p id=text>i am furious with all of them</p>'></iframe>"
        "<iframe id=nest src=http://frames.test/nest></iframe>"
    ),
    "http://frames.test/inner": html(FRAME),
    "http://frames.test/nest": html(
        "<iframe id=inner src=http://frames.test/inner style='margin: 30px'></iframe>"
    ),
    "http://foreign.test/": html(
        "<p>The page.</p><iframe id=frame src=http://other.test/></iframe>"
    ),
    "http://other.test/": html(f"{FRAME}<iframe src=http://foreign.test/back></iframe>"),
    "http://foreign.test/back": html(
        f"<p id=text>{ANGER}</p>"
        "<script>getSelection().selectAllChildren(document.querySelector('#text'))</script>"
    ),
    "http://sandbox.test/": html(
        "<iframe id=frame sandbox src=http://sandbox.test/inner></iframe>"
    ),
    "http://sandbox.test/inner": html(FRAME),
    "http://dialog.test/": html(
        f"<p>Behind.</p><dialog id=dialog><p id=text>{FEAR}</p></dialog>"
        "<script>document.querySelector('dialog').showModal()</script>"
    ),
    "http://full.test/": html(f"<div id=full style='background: white'><p id=text>{JOY}</p></div>"),
    "http://strict.test/": with_headers(
        html(PLAIN),
        Content_Security_Policy=(
            "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none';"
            " frame-ancestors 'none'"
        ),
    ),
    "http://boxed.test/": with_headers(
        html(PLAIN), Content_Security_Policy="sandbox allow-scripts"
    ),
    "http://isolated.test/": with_headers(
        html(PLAIN),
        Cross_Origin_Embedder_Policy="require-corp",
        Cross_Origin_Opener_Policy="same-origin",
    ),
    "http://rtl.test/": html(
        f"<p style='padding-top: 60px'><span id=text>{ARABIC}</span></p>",
        attributes='lang="ar" dir="rtl"',
    ),
    "http://language.test/": html(
        f"<p>Un texte.</p><div lang=fr><p><span id=text>{JOY}</span></p></div>"
    ),
    "http://dark.test/": html(
        PLAIN,
        head=(
            "<meta name=color-scheme content=dark><style>html { background: #111; color: #eee"
            " }</style>"
        ),
    ),
    "http://hidden.test/": html(
        f"<p id=text>{JOY}<span style='display: none'> and sad</span>"
        "<span style='user-select: none; -webkit-user-select: none'> and angry</span>"
        "<span style='visibility: hidden'> and afraid</span></p>"
    ),
    "http://upper.test/": html(f"<p id=text style='text-transform: uppercase'>{JOY}</p>"),
    "http://rude.test/": html(f"<section><p><span id=text>{JOY}</span></p></section>", head=RUDE),
    "http://zoomed.test/": html(
        PLAIN,
        head="<style>html { zoom: 1.7 } body { transform: scale(0.9); perspective: 10px }</style>",
    ),
    "http://frameset.test/": Page(
        b"<!doctype html><html><frameset cols='50%,50%'><frame"
        b" src=http://frameset.test/inner><frame src=http://frameset.test/inner></frameset></html>"
    ),
    "http://frameset.test/inner": html(FRAME),
    "http://drawing.test/": Page(
        "<svg xmlns='http://www.w3.org/2000/svg'>"
        f"<text id='text' x='20' y='40'>{JOY}</text></svg>".encode(),
        content_type="image/svg+xml",
    ),
    "http://plaintext.test/": Page(JOY.encode(), content_type="text/plain"),
    "http://long.test/": html(
        "<main"
        f" id=text>{''.join(f'<p>{JOY}, number {number}.</p>' for number in range(2200))}</main>"
    ),
    "http://scroller.test/": html(
        "<div id=box style='height: 200px; overflow: auto'><div style='height:"
        f" 900px'></div><p><span id=text>{JOY}</span></p><div style='height: 900px'></div></div>"
    ),
    "http://paper.test/": Page(PAPER, content_type="application/pdf"),
    "http://paper.test/a.pdf": Page(PAPER, content_type="application/pdf"),
    "http://picture.test/": html("<img id=text alt='a picture' width=50 height=50>"),
}

VIEWER = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/index.html"
"""Chromium's, in a frame of the page."""

ACROSS = (
    "getSelection().setBaseAndExtent(document.querySelector('#first'), 0,"
    " document.querySelector('a').firstChild, 6);"
)
WORDS = (
    "const {firstChild} = document.querySelector('#text');"
    " getSelection().setBaseAndExtent(firstChild, %d, firstChild, %d);"
)
IN_SHADOW = (
    "const {firstChild} = document.querySelector('x-outer')%s;"
    " getSelection().setBaseAndExtent(firstChild, 0, firstChild, 28);"
)
ROOT = ".shadowRoot.querySelector('%s')"
SELECT_ALL = "getSelection().selectAllChildren(document.body);"
SELECT = "getSelection().selectAllChildren(document.querySelector('#text'));"
IN_VIEW = (
    "view.focus(); view.getSelection().selectAllChildren(view.document.querySelector('#text'));"
)
IN_FRAME = f"const view = document.querySelector('%s').contentWindow; {IN_VIEW}"
NESTED = (
    "const view ="
    " document.querySelector('#nest').contentWindow.document.querySelector('#inner').contentWindow;"
    f" {IN_VIEW}"
)
AREA = "const area = document.querySelector('#area'); area.focus(); area.setSelectionRange(8, 42);"
EDIT = (
    "const edit = document.querySelector('#edit'); edit.focus();"
    " getSelection().selectAllChildren(edit);"
)
IN_FIELD = "const field = document.querySelector('%s'); field.focus(); field.select();"


CLOSE_WINDOWS = (
    "chrome.windows.getAll({windowTypes: ['popup']}).then((all) => Promise.all(all.map(({id}) =>"
    " chrome.windows.remove(id))))"
)
"""What a case that failed may have left."""


@dataclass(frozen=True)
class Case:
    """A selection, and what the card has to be opened with."""

    name: str
    address: str
    select: str
    text: str
    winner: str | None
    """Of the result; None for a card that says there is no text."""

    where: str = "page"
    notes: tuple[str, ...] = ()
    menu: bool = False
    """By the menu's entry instead of the shortcut."""

    frame: str = ""
    menu_text: str = ""
    browsers: tuple[str, ...] = ("chrome", "firefox")
    expect: dict[str, Any] = field(default_factory=dict)
    """More that the request has to hold."""


CASES = (
    Case(
        "a paragraph",
        "http://plain.test/",
        SELECT,
        JOY,
        "joy",
        expect={"language": "en", "direction": "ltr", "places": True, "keyboard": True},
    ),
    Case(
        "a paragraph, by the menu",
        "http://plain.test/",
        SELECT,
        JOY,
        "joy",
        menu=True,
        menu_text="what the menu says",
        expect={"keyboard": False},
    ),
    Case("a few words of a paragraph", "http://plain.test/", WORDS % (7, 15), "so happy", "joy"),
    Case("a selection made backwards", "http://plain.test/", WORDS % (15, 7), "so happy", "joy"),
    Case(
        "a selection across elements",
        "http://list.test/",
        ACROSS,
        f"{JOY}\n{FEAR}\nand a link",
        None,
    ),
    Case("a textarea", "http://fields.test/", AREA, JOY, "joy", expect={"places": False}),
    Case("an input", "http://fields.test/", IN_FIELD % "#line", FEAR, "fear"),
    Case("a search field", "http://fields.test/", IN_FIELD % "#find", JOY, "joy"),
    Case(
        "an input without offsets", "http://fields.test/", IN_FIELD % "#mail", "me@joy.test", None
    ),
    Case("a password", "http://fields.test/", IN_FIELD % "#secret", "", None),
    Case(
        "a password, though the menu should tell it",
        "http://fields.test/",
        IN_FIELD % "#secret",
        "",
        None,
        menu=True,
        menu_text=JOY,
    ),
    Case("a password that the page shows", "http://fields.test/", IN_FIELD % "#shown", "", None),
    Case("a field that CSS masks", "http://fields.test/", IN_FIELD % "#masked", "", None),
    Case("a text area that CSS masks", "http://fields.test/", IN_FIELD % "#circles", "", None),
    Case(
        "a masked field, though the menu should tell it",
        "http://fields.test/",
        IN_FIELD % "#masked",
        "",
        None,
        menu=True,
        menu_text=JOY,
    ),
    Case("a one-time code", "http://fields.test/", IN_FIELD % "#code", "", None),
    Case("a card number", "http://fields.test/", IN_FIELD % "#number", "", None),
    Case("an editable element", "http://fields.test/", EDIT, f"{ANGER}, all of them", "anger"),
    Case(
        "a shadow tree",
        "http://shadow.test/",
        IN_SHADOW % ROOT % "#two",
        FEAR,
        "fear",
        expect={"places": True},
    ),
    Case(
        "a shadow tree in a shadow tree",
        "http://shadow.test/",
        IN_SHADOW % (ROOT % "x-inner" + ROOT % "#deep"),
        FEAR,
        "fear",
    ),
    Case("a frame of the same site", "http://frames.test/", IN_FRAME % "#same", FEAR, "fear"),
    Case(
        "a frame of the same site, by the menu",
        "http://frames.test/",
        IN_FRAME % "#same",
        FEAR,
        "fear",
        menu=True,
        frame="http://frames.test/inner",
    ),
    Case("a frame without an address", "http://frames.test/", IN_FRAME % "#doc", ANGER, "anger"),
    Case("a frame in a frame", "http://frames.test/", NESTED, FEAR, "fear"),
    Case("a frameset", "http://frameset.test/", IN_FRAME % "frame", FEAR, "fear"),
    Case(
        "a frame of another site",
        "http://foreign.test/",
        "",
        FEAR,
        "fear",
        menu=True,
        frame="http://other.test/",
        menu_text=FEAR,
        where="docked",
        notes=("frame",),
        expect={"places": False},
    ),
    Case(
        "a long text in a frame of another site",
        "http://foreign.test/",
        "",
        "a" * 16_384,
        None,
        menu=True,
        frame="http://other.test/",
        menu_text="a" * 16_384,
        where="docked",
        notes=("frame", "cut"),
    ),
    Case(
        "a frame of another site, by the shortcut",
        "http://foreign.test/",
        "document.querySelector('#frame').focus();",
        "",
        None,
        where="docked",
        notes=("frame", "use_menu"),
    ),
    Case(
        "a frame of this site inside another's",
        "http://foreign.test/",
        "",
        ANGER,
        "anger",
        menu=True,
        frame="http://foreign.test/back",
        menu_text="what the menu says",
        where="docked",
        notes=("frame",),
    ),
    Case(
        "a sandboxed frame",
        "http://sandbox.test/",
        "",
        FEAR,
        "fear",
        menu=True,
        frame="http://sandbox.test/inner",
        menu_text=FEAR,
        where="docked",
        notes=("frame",),
    ),
    Case("a modal dialog", "http://dialog.test/", SELECT, FEAR, "fear"),
    Case("the strictest policy", "http://strict.test/", SELECT, JOY, "joy"),
    Case("a page in a sandbox", "http://boxed.test/", SELECT, JOY, "joy", browsers=("chrome",)),
    Case(
        "a page in a sandbox, which Firefox extends to frames",
        "http://boxed.test/",
        SELECT,
        JOY,
        "joy",
        browsers=("firefox",),
        where="window",
        notes=("no_frame",),
    ),
    Case("a page isolated from other origins", "http://isolated.test/", SELECT, JOY, "joy"),
    Case(
        "a page from right to left",
        "http://rtl.test/",
        SELECT,
        ARABIC,
        None,
        expect={"language": "ar", "direction": "rtl"},
    ),
    Case(
        "a part in another language",
        "http://language.test/",
        SELECT,
        JOY,
        "joy",
        expect={"language": "fr"},
    ),
    Case("a dark page", "http://dark.test/", SELECT, JOY, "joy"),
    Case("hidden text", "http://hidden.test/", SELECT, JOY, "joy"),
    Case(
        "text in capitals by style",
        "http://upper.test/",
        SELECT,
        JOY.upper(),
        "joy",
        browsers=("chrome",),
    ),
    Case(
        "text in capitals by style, in Firefox",
        "http://upper.test/",
        SELECT,
        JOY,
        "joy",
        browsers=("firefox",),
    ),
    Case("a page that hides what is not its own", "http://rude.test/", SELECT, JOY, "joy"),
    Case("a page zoomed by its style", "http://zoomed.test/", SELECT, JOY, "joy"),
    Case(
        "a drawing", "http://drawing.test/", SELECT, JOY, "joy", where="window", notes=("no_frame",)
    ),
    Case("a plain text", "http://plaintext.test/", SELECT_ALL, JOY, "joy"),
    Case(
        "a hundred thousand characters",
        "http://long.test/",
        SELECT,
        "\n\n".join(f"{JOY}, number {number}." for number in range(2200)),
        "joy",
    ),
    Case(
        "a box that scrolls",
        "http://scroller.test/",
        "document.querySelector('#text').scrollIntoView();" + SELECT,
        JOY,
        "joy",
    ),
    Case(
        "a PDF",
        "http://paper.test/",
        "",
        JOY,
        "joy",
        menu=True,
        menu_text=JOY,
        where="docked",
        notes=("pdf",),
        browsers=("chrome",),
        expect={"places": False},
    ),
    Case(
        "a PDF, by the menu inside the viewer",
        "http://paper.test/",
        "",
        JOY,
        "joy",
        menu=True,
        frame=VIEWER,
        menu_text=JOY,
        where="docked",
        notes=("pdf",),
        browsers=("chrome",),
    ),
    Case(
        "a PDF, by the shortcut",
        "http://paper.test/",
        "",
        "",
        None,
        where="docked",
        notes=("pdf", "use_menu"),
        browsers=("chrome",),
    ),
    Case(
        "a PDF in Firefox",
        "http://paper.test/a.pdf",
        "",
        JOY,
        "joy",
        menu=True,
        menu_text=JOY,
        where="window",
        notes=("pdf",),
        browsers=("firefox",),
    ),
    Case(
        "a PDF in Firefox, by the shortcut",
        "http://paper.test/a.pdf",
        "",
        "",
        None,
        where="window",
        notes=("pdf", "use_menu"),
        browsers=("firefox",),
    ),
    *(
        case
        for name, address in (("chrome", "chrome://version"), ("firefox", "about:support"))
        for case in (
            Case(
                f"a page of {name} itself",
                address,
                "",
                JOY,
                "joy",
                where="window",
                notes=("browser_page",),
                menu=True,
                menu_text=JOY,
                browsers=(name,),
            ),
            Case(
                f"a page of {name} itself, by the shortcut",
                address,
                "",
                "",
                None,
                where="window",
                browsers=(name,),
                notes=("browser_page" if name == "firefox" else "refused", "use_menu"),
            ),
        )
    ),
    Case("no selection", "http://plain.test/", "", "", None),
    Case("a picture", "http://picture.test/", SELECT_ALL, "", None),
    Case(
        "a picture, though the menu should tell its words",
        "http://picture.test/",
        SELECT_ALL,
        "",
        None,
        menu=True,
        menu_text="a picture",
    ),
)


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(request: pytest.FixtureRequest, bundles: dict[str, Path]) -> Iterator[BrowserUnderTest]:
    """One browser for all cases."""
    with browsing(request.param, bundles[request.param], PAGES) as browser:
        browser.open_popup()
        yield browser


def watch_requests(browser: BrowserUnderTest) -> None:
    """From now on the background remembers what cards were opened for."""
    browser.in_background("""
      self.seen = [], self.watching ??= (chrome.storage.session.onChanged.addListener((changes) => {
        for (const [key, {newValue}] of Object.entries(changes)) {
          const [kind, id] = key.split(':')
         if (kind === 'request' && newValue?.claimant === null)
           self.seen.push({id, ...newValue.request})
        }
      }), true)
    """)


def opened(browser: BrowserUnderTest) -> dict[str, Any]:
    """The request of the card that was opened last."""
    found: dict[str, Any] = wait_for(
        lambda: next(iter(json.loads(browser.in_background("JSON.stringify(self.seen)"))), None),
        20,
        "a card",
    )
    return found


def close_card(browser: BrowserUnderTest) -> None:
    """By its own button, in a frame as in a window."""
    browser.in_card(
        "setTimeout(() => document.getElementById('close').click())"
    )  # after the answer: it goes with its page
    wait_for(lambda: True if browser.card() is None else None, 20, "the end of the card")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_card_has_the_text_and_says_where_it_stands(
    case: Case, reader: BrowserUnderTest
) -> None:
    if reader.name not in case.browsers:
        pytest.skip("the other browser's own reading")
    reader.in_background(CLOSE_WINDOWS)
    reader.open(case.address)
    if case.menu and case.where != "window":
        reader.press(SHORTCUT)  # grants activeTab
        reader.wait_for_card("failure")
    reader.execute(case.select)
    watch_requests(reader)
    if case.menu:
        reader.send_menu_click(ENTRY, frame=case.frame, text=case.menu_text)
    else:
        reader.press(SHORTCUT)
    request = opened(reader)
    expected = {"where": case.where, "notes": list(case.notes), **case.expect}
    assert request["text"].split() == case.text.split()
    assert {name: request[name] for name in expected} == expected
    if case.text in ("", JOY, FEAR, ANGER):
        assert request["text"] == case.text
    # The card of the shortcut that granted activeTab is a failure, and stays until it is replaced.
    card = reader.wait_for_card("result" if case.text else "failure")
    assert card.framed == (case.where != "window")
    if case.winner:
        assert card.winner == case.winner
    close_card(reader)
