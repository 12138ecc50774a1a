"""What a selection and the view of a page read: the same text, the text that the eye reads.

One row a case. A later report adds a row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.proxy import Page
from tests.support.browsing import browsing
from tests.support.drivers import BrowserUnderTest

REPOSITORY = Path(__file__).parent.parent.parent
ADDRESS = "http://text.test/"
PIXEL = "src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=' width=16 height=16"
SCREEN_READER = (
    "position: absolute; width: 1px; height: 1px; padding: 0; margin: -1px; overflow: hidden;"
    " clip: rect(0, 0, 0, 0); white-space: nowrap; border: 0"
)
MATHML = "<math><mi>x</mi><mo>=</mo><mn>12</mn></math>"
HAPPY = ["I am so happy today."]
Cases = dict[str, tuple[str, list[str]]]

LETTERS: Cases = {
    "ruby": (
        "<p><ruby>地震<rt>じしん</rt></ruby>で<ruby>怖<rp>(</rp><rt>こわ</rt><rp>)</rp></ruby>い思いをした。</p>",
        ["地震で怖い思いをした。"],
    ),
    "ruby with bases of their own": (
        "<p><ruby><rb>東</rb><rb>京</rb><rt>とう</rt><rt>きょう</rt></ruby>はとても楽しかった。</p>",
        ["東京はとても楽しかった。"],
    ),
    "ruby by style": (
        "<p><span style='display: ruby'>怖<i style='display: ruby-text'>こわ</i></span>"
        "い思いをした。</p>",
        ["怖い思いをした。"],
    ),
    "a drop cap that is a word": (
        "<p><span style='float: left; font-size: 3em'>I</span> was unhappy and lost.</p>",
        ["I was unhappy and lost."],
    ),
    "a drop cap before a part in capitals": (
        "<p><span style='float: left; font-size: 3em'>U</span><b>nhappy was I</b> and lost.</p>",
        ["Unhappy was I and lost."],
    ),
    "a drop cap that floats": (
        "<p><span style='float: left; font-size: 3em'>U</span>nhappy was I and lost.</p>",
        ["Unhappy was I and lost."],
    ),
    "a drop cap in a block": (
        "<p><b style='display: inline-block'>“U</b>nhappy was I and lost.”</p>",
        ["“Unhappy was I and lost.”"],
    ),
    "a drop cap by style": (
        "<style>p::first-letter { float: left; font-size: 3em }</style>"
        "<p>Unhappy was I and lost.</p>",
        ["Unhappy was I and lost."],
    ),
    "what a style adds": (
        "<style>i::before { content: 'not ' } li::marker { content: '9. ' }</style>"
        "<ol><li>I am <i>so</i> happy today.</li></ol>",
        HAPPY,
    ),
    "numbers of a list": (
        "<ol><li>I am so happy today.</li><li>It scares me a lot.</li></ol>",
        [*HAPPY, "It scares me a lot."],
    ),
    "a soft hyphen and a place to break": (
        "<p>I am so hap<wbr>py today.</p>",
        HAPPY,
    ),
    "letters that are boxes": (
        "<p>I am so <span style='display: inline-block'>h</span><span style='display:"
        " inline-block'>appy</span> today.</p>",
        HAPPY,
    ),
    "an icon drawn by letters": (
        "<p>I am <i style='font-family: \"Material Icons\"' aria-hidden=true>favorite</i> so happy"
        " today.</p>",
        HAPPY,
    ),
}

PICTURES: Cases = {
    "an emoji that is a picture": (
        f"<p>I lost the keys again <img alt='😭' {PIXEL}></p>",
        ["I lost the keys again 😭"],
    ),
    "an emoji of several parts": (
        f"<p>I lost the keys again <img alt='👩‍👩‍👧‍👦🇫🇷' {PIXEL}></p>",
        ["I lost the keys again 👩‍👩‍👧‍👦🇫🇷"],
    ),
    "an emoji whose picture is missing": (
        "<p>I lost the keys again <img alt='😭' width=16 height=16 src='data:,'></p>",
        ["I lost the keys again 😭"],
    ),
    "a photograph": (
        f"<p>Well done all <img alt='🎉' {PIXEL}><img alt='a photo of the team' {PIXEL}></p>",
        ["Well done all 🎉"],
    ),
    "a number": (f"<p>We are all here <img alt='12' {PIXEL}></p>", ["We are all here"]),
    "a smiley": (f"<p>We are all here <img alt=':-)' {PIXEL}></p>", ["We are all here :-)"]),
    "an emoji named for screen readers": (
        "<p>We are all here <i role=img aria-label='🎉' style='display: inline-block; width:"
        " 9px'></i></p>",
        ["We are all here 🎉"],
    ),
    "an emoji with a name": (
        "<p>We are all here <span role=img aria-label='party'>🎉</span></p>",
        ["We are all here 🎉"],
    ),
    "a hidden emoji": (
        f"<p>We are all here <img alt='🎉' style='display: none' {PIXEL}></p>",
        ["We are all here"],
    ),
    "words in a drawing": (
        "<p>I am so <svg width=60 height=20><title>A word</title><text y=15>happy</text></svg>"
        " today.</p>",
        ["I am so happy today."],
    ),
    "lines of a drawing": (
        "<p>I am <svg width=60 height=50><text><tspan x=0 y=15>so</tspan><tspan x=0"
        " dy=20>happy</tspan></text></svg> today.</p>",
        ["I am so happy today."],
    ),
    "a formula": (f"<p>I know that {MATHML} holds.</p>", ["I know that x=12 holds."]),
    "a fraction": (
        "<p>I know that <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> holds.</p>",
        ["I know that 1/2 holds."],
    ),
    "a formula with its source": (
        f"<p>I know that <math><semantics><mrow>{MATHML[6:-7]}</mrow><annotation>x = 12"
        "</annotation></semantics></math> holds.</p>",
        ["I know that x=12 holds."],
    ),
}

NOTES: Cases = {
    "marks of notes": (
        "<p>I am so happy today.<sup><a href=#n>[1]</a></sup> It scares me.<sup><a"
        " href=#m>2</a></sup></p>",
        ["I am so happy today. It scares me."],
    ),
    "marks without links": (
        "<p>I am so happy today.<sup>[12]</sup></p>",
        HAPPY,
    ),
    "a raised mark in a link": (
        "<p>I am so happy today.<a href=#n><sup>1</sup></a></p>",
        HAPPY,
    ),
    "a mark raised by style": (
        "<p>I am so happy today.<a href=#n style='vertical-align: super'>*</a></p>",
        HAPPY,
    ),
    "a mark in the line": ("<p>I am so happy today.<a href=#n>[note 3]</a></p>", HAPPY),
    "a mark by its role": ("<p>I am so happy today.<a role=doc-noteref href=#n>1</a></p>", HAPPY),
    "a demand for a source": (
        "<p>I am so happy today.<sup>[<i><a href=#n>citation needed</a></i>]</sup></p>",
        HAPPY,
    ),
    "a bare number behind a stop": ("<p>I am so happy today.<sup>1</sup></p>", HAPPY),
    "a mark of no link": ("<p>I am so happy today.<span class=ref>[1]</span></p>", HAPPY),
    "a way back to the mark": (
        "<p>I am so happy today. <a href=#r>↩</a><a href=#s>↑\ufe0e</a></p>",
        HAPPY,
    ),
    "a link of a heading to itself": (
        "<h2>I am so happy today.<a href=#h>¶</a></h2>",
        HAPPY,
    ),
    "a power": (
        "<p>It has 20 m<sup>2</sup> on the 1<sup>st</sup> floor.</p>",
        ["It has 20 m2 on the 1st floor."],
    ),
    "a link of one letter": (
        "<p>Vitamin <a href=#c>C</a> makes me happy.</p>",
        ["Vitamin C makes me happy."],
    ),
}

UNSEEN: Cases = {
    "display: none": ("<p>I am so happy<i style='display: none'> and sad</i> today.</p>", HAPPY),
    "visibility: hidden": (
        "<p>I am so happy<i style='visibility: hidden'> and sad</i> today.</p>",
        HAPPY,
    ),
    "seen in what is hidden": (
        "<p style='visibility: hidden'>No. <i style='visibility: visible'>I am so happy"
        " today.</i></p>",
        HAPPY,
    ),
    "opacity: 0": ("<p>I am so happy<i style='opacity: 0'> and sad</i> today.</p>", HAPPY),
    "no size": ("<p>I am so happy<i style='font-size: 0'> and sad</i> today.</p>", HAPPY),
    "no scale": (
        "<p>I am so happy<i style='display: inline-block; transform: scale(0)'>x</i> today.</p>",
        HAPPY,
    ),
    "a folded part": (
        "<p>I am so happy today.</p><div style='max-height: 0; overflow: hidden'><p>It scares me"
        " a lot.</p></div>",
        HAPPY,
    ),
    "a closed dialog": ("<p>I am so happy today.</p><dialog>It scares me a lot.</dialog>", HAPPY),
    "what has no content to see": (
        "<p>I am so happy today.</p><div style='content-visibility: hidden'>It scares me.</div>",
        HAPPY,
    ),
    "closed details": (
        "<p>I am so happy today.</p><details><summary>Read more of it</summary>It scares me a"
        " lot.<p>I am furious with all.</p></details>",
        [*HAPPY, "Read more of it"],
    ),
    "open details": (
        "<details open><summary>Read more of it</summary><p>I am furious with all.</p></details>",
        ["Read more of it", "I am furious with all."],
    ),
    "hidden until it is found": (
        "<p>I am so happy today.</p><p hidden=until-found>It scares me a lot.</p>",
        HAPPY,
    ),
    "for screen readers": (
        f"<p>I am so happy<span style='{SCREEN_READER}'>reader fury</span> today.</p>",
        HAPPY,
    ),
    "for screen readers, by a path": (
        "<p>I am so happy<span style='position: absolute; clip-path: inset(50%)'>fury</span>"
        " today.</p>",
        HAPPY,
    ),
    "for screen readers, by a pixel": (
        "<p>I am so happy<span style='position: absolute; width: 1px; height: 1px; overflow:"
        " hidden'>fury and terror</span> today.</p>",
        HAPPY,
    ),
    "off the screen": (
        "<p>I am so happy<span style='position: absolute; left: -9999px'> fury</span> today.</p>",
        HAPPY,
    ),
    "off the screen, above": (
        "<p>I am so happy<span style='position: absolute; top: -9999px'> fury</span> today.</p>",
        HAPPY,
    ),
    "moved off the screen": (
        "<p>I am so happy today.</p><div style='transform: translateX(-3000px)'>It scares me a"
        " lot.</div>",
        HAPPY,
    ),
    "indented off the screen": (
        "<p>I am so happy today.</p><div style='text-indent: -9999px; overflow: hidden'>It scares"
        " me a lot.</div>",
        HAPPY,
    ),
    "a box without height": (
        "<p>I am so happy today.</p><div style='height: 0; overflow: hidden'>It scares me a"
        " lot.</div>",
        HAPPY,
    ),
    "below the end of its box": (
        "<div style='height: 60px; overflow: hidden'><p style='height: 80px; margin: 0'>I am so"
        " happy today.</p><p>It scares me a lot.</p></div>",
        HAPPY,
    ),
    "below the end of a box that scrolls": (
        "<div style='height: 60px; overflow: auto'><p style='height: 80px; margin: 0'>I am so"
        " happy today.</p><p>It scares me a lot.</p></div>",
        [*HAPPY, "It scares me a lot."],
    ),
    "hidden from screen readers alone": (
        "<p>I am so <b aria-hidden=true>happy</b> today.</p>",
        HAPPY,
    ),
    "words that are masked": (
        "<p>I am so happy today.<i style='-webkit-text-security: disc'> blue horse</i></p>",
        HAPPY,
    ),
    "words that are not masked in what is": (
        "<p style='-webkit-text-security: disc'>blue horse <b style='-webkit-text-security:"
        " none'>I am so happy today.</b></p>",
        HAPPY,
    ),
    "words that are masked by what is around": (
        "<div style='-webkit-text-security: circle'><p>blue horse of mine</p></div><p>I am so"
        " happy today.</p>",
        HAPPY,
    ),
}

LAYOUT: Cases = {
    "cells": (
        "<table><tr><td>Great camera<td>awful battery<tr><td>I like it<td>he does not</table>",
        ["Great camera", "awful battery", "I like it", "he does not"],
    ),
    "short sentences": (
        "<p>I am so happy today.</p><p>Awesome!</p><p>rtfm. seriously.</p>",
        [*HAPPY, "Awesome!", "rtfm. seriously."],
    ),
    "lines that are cut off": (
        "<p style='display: -webkit-box; -webkit-line-clamp: 1; -webkit-box-orient: vertical;"
        " overflow: hidden; width: 80px'>I am so happy today.</p>",
        HAPPY,
    ),
    "an ellipsis in place of the end": (
        "<p style='width: 60px; overflow: hidden; white-space: nowrap; text-overflow:"
        " ellipsis'>I am so happy today.</p>",
        HAPPY,
    ),
    "a button between": (
        "<p>I am so happy<button>Like</button>today.</p>",
        HAPPY,
    ),
    "what is like a button": (
        "<p>I am so happy<span role=button>Like</span>today.</p>",
        HAPPY,
    ),
    "a field between": ("<p>I am so <input value='sad and'> happy today.</p>", HAPPY),
    "a list to choose from": (
        "<p>I am so <select><option>sad<option>angry</select> happy today.</p>",
        HAPPY,
    ),
    "lines": ("<p>I am so happy<br>today and here.</p>", ["I am so happy today and here."]),
    "white space": ("<p>\n  I am \t so\n happy\n  today.\n</p>", HAPPY),
    "kept lines": ("<pre>I am so\nhappy today.</pre>", HAPPY),
    "a block in a sentence": (
        "<div>I am so happy today.<p>It scares me a lot.</p>I hate all of it.</div>",
        [*HAPPY, "It scares me a lot.", "I hate all of it."],
    ),
    "a shadow tree with two slots": (
        "<x-card><span slot=b>It scares me a lot.</span><span slot=a>I am so happy"
        " today.</span></x-card><script></script>",
        [*HAPPY, "I hate all of it.", "It scares me a lot."],
    ),
}
CASES: Cases = {**LETTERS, **PICTURES, **NOTES, **UNSEEN, **LAYOUT}

FILL = """
document.body.innerHTML = arguments[0]
const card = document.querySelector('x-card')
if (card) card.attachShadow({mode: 'open'}).innerHTML =
  '<p><slot name=a></slot></p><p>I hate all of it.</p><p><slot name=b></slot></p>'
getSelection().selectAllChildren(document.body)
"""
READ = """
(async (files) => {
  const [tab] = await chrome.tabs.query({active: true, lastFocusedWindow: true})
  const target = {tabId: tab.id}
  if (files.length) await chrome.scripting.executeScript({target, files})
  const [{result}] = await chrome.scripting.executeScript({target, func: async () => {
    const {blocks} = await globalThis.lensmith.extraction.findBlocks(new AbortController().signal)
    const {text, secret} = globalThis.lensmith.selection.read(window)
    return {card: text, secret, view: blocks.map(({text}) => text)}
  }})
  return JSON.stringify(result)
})(%s)
"""


def scripts() -> list[str]:
    """As the background injects them, for card and view together."""
    sources = ("extension/background/open-card.js", "extension/shared/page-view.js")
    found: list[str] = []
    for source in sources:
        text = (REPOSITORY / source).read_text("utf-8")
        found += re.findall(r"'/?(content/(?!page-view/floating)[^']+)'", text)
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def reader(
    request: pytest.FixtureRequest,
    bundles: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserUnderTest]:
    """One browser, in one page with the scripts in it, for all cases."""
    name = request.param
    copy = tmp_path_factory.mktemp(name)
    page = Page(b"<!doctype html><html lang=en><meta charset=utf-8><body>")
    with browsing(name, bundles[name], {ADDRESS: page}, copy=copy) as browser:
        browser.open(ADDRESS)
        read(browser, scripts())
        yield browser


def read(browser: BrowserUnderTest, files: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(browser.in_background(READ % json.dumps(files)))
    return found


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", CASES)
def test_card_and_page_view_read_what_the_eye_reads(name: str, reader: BrowserUnderTest) -> None:
    body, pieces = CASES[name]
    reader.execute(FILL, body)
    found = read(reader, [])
    assert [in_one_line(piece) for piece in found["card"].split("\n\n")] == pieces
    assert [in_one_line(piece) for piece in found["view"]] == pieces


RANGES: dict[str, tuple[str, str, str]] = {
    "from the middle of one to the middle of another": (
        "<p id=a>I am so happy today.</p><p id=b>It scares me.</p>",
        "range.setStart(a.firstChild, 5); range.setEnd(b.firstChild, 9)",
        "so happy today. It scares",
    ),
    "its end in what is hidden": (
        "<p id=a>I am so happy <i id=b style='display: none'>and sad</i></p>",
        "range.setStart(a.firstChild, 5); range.setEnd(b.firstChild, 3)",
        "so happy",
    ),
    "one masked word": (
        "<p id=a style='-webkit-text-security: disc'>blue horse</p>",
        "range.selectNodeContents(a)",
        "",
    ),
    "a part of a masked editable element": (
        "<div id=a contenteditable style='-webkit-text-security: square'>blue horse</div>",
        "range.setStart(a.firstChild, 1); range.setEnd(a.firstChild, 6)",
        "",
    ),
    "what cannot be selected": (
        "<p id=a>I am so happy<i style='user-select: none; -webkit-user-select: none'> and"
        " sad</i> today.</p>",
        "range.selectNodeContents(a)",
        "I am so happy today.",
    ),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_selection_is_read_from_its_first_letter_to_its_last(
    name: str, reader: BrowserUnderTest
) -> None:
    body, select, text = RANGES[name]
    reader.execute(
        f"document.body.innerHTML = arguments[0]; const range = new Range(); {select};"
        " getSelection().removeAllRanges(); getSelection().addRange(range)",
        body,
    )
    found = read(reader, [])
    assert in_one_line(found["card"]) == text
    assert found["secret"] is (text == ""), "the menu's words would be read in its place"


def test_several_ranges_stand_apart(reader: BrowserUnderTest) -> None:
    if reader.name == "chrome":
        pytest.skip("Chromium knows one range")
    reader.execute(
        "document.body.innerHTML = '<p id=a>I am happy</p><p id=b>It scares me</p>';"
        "getSelection().removeAllRanges();"
        "for (const [node, from, to] of [[a, 0, 4], [a, 5, 10], [b, 0, 9]]) {"
        " const range = new Range(); range.setStart(node.firstChild, from);"
        " range.setEnd(node.firstChild, to); getSelection().addRange(range) }"
    )
    assert read(reader, [])["card"] == "I am happy\n\nIt scares"
