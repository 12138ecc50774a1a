"""Model cards as the page about the extension shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.config.extension import load_config
from builder.models.asset.asset import load_asset
from builder.packaging.contents import bundle_contents
from builder.packaging.model_card import CARD, Node, render_card

ASSETS = sorted((Path(__file__).parents[2] / "model_assets").glob("*/README.md"))


def el(tag: str, *children: Node, **more: str) -> dict[str, Any]:
    return {"tag": tag, "children": list(children), **more}


def elements(nodes: list[Node]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if isinstance(node, dict):
            yield node
            yield from elements(node["children"])


def text(nodes: list[Node]) -> str:
    return "".join(node if isinstance(node, str) else text(node["children"]) for node in nodes)


def test_a_card_becomes_headings_paragraphs_lists_tables_and_code() -> None:
    card = (
        "# One\n\nA line\nand its end.\n- first\n  and more\n- second\n\n"
        "| | b |\n| --- | ---: |\n| 1 | 2 |\n\n```\nx = 1\n\ny\n```\n"
    )
    assert render_card(card) == [
        el("h3", "One"),
        el("p", "A line", " ", "and its end."),
        el("ul", el("li", "first", " ", "and more"), el("li", "second")),
        el(
            "table",
            el("thead", el("tr", el("td"), el("th", "b"))),
            el("tbody", el("tr", el("td", "1"), el("td", "2"))),
        ),
        el("pre", "x = 1\n\ny"),
    ]


@pytest.mark.parametrize(
    ("card", "shown"),
    [
        ("```\nnever closed", [el("pre", "never closed")]),
        ("| a row alone |", [el("p", "| a row alone |")]),
        ("", []),
        ("####### seven", [el("p", "####### seven")]),
        ("###### six", [el("h6", "six")]),
    ],
)
def test_an_unfinished_card_still_ends(card: str, shown: list[Node]) -> None:
    assert render_card(card) == shown


def test_within_a_line_there_is_code_strong_text_and_links_to_https_alone() -> None:
    card = "see `a*b` and **this** at [home](https://example.org/x), [away](http://example.org)"
    assert render_card(card) == [
        el(
            "p",
            "see ",
            el("code", "a*b"),
            " and ",
            el("strong", "this"),
            " at ",
            el("a", "home", href="https://example.org/x"),
            ", ",
            "away",
        )
    ]


@pytest.mark.parametrize(
    "card",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "a <b onclick=alert(1)>b</b> c",
        "[there](javascript:alert(1))",
        "[there](JaVaScRiPt:alert(1))",
        "[there](data:text/html,<script>alert(1)</script>)",
        "[there](&#x6A;avascript:alert(1))",
        "![picture](https://example.org/x.png)",
        "<https://example.org/><script>",
        "[x]: javascript:alert(1)\n\n[x]",
        "- <iframe src=https://example.org></iframe>",
        "| <style>*{}</style> |\n| --- |\n| <svg onload=alert(1)> |",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "> " * 200 + "deep",
        "[" * 5000,
        "*" * 5000 + "a",
    ],
)
def test_nothing_in_a_card_can_run_or_load_anything(card: str) -> None:
    allowed = {"p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "em"}
    for element in elements(render_card(card)):
        assert element["tag"] in allowed | {"a", "blockquote"}
        assert set(element) <= {"tag", "children", "href"}
        assert element.get("href", "https://").startswith("https://")


def test_html_in_a_card_stays_text() -> None:
    assert text(render_card("a <b>c</b> <script>d</script>")) == "a <b>c</b> <script>d</script>"


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.parent.name)
def test_the_shipped_cards_are_understood_to_their_last_line(path: Path) -> None:
    card = path.read_text(encoding="utf-8")
    found = list(elements(render_card(card)))
    headings = [element for element in found if re.fullmatch(r"h\d", element["tag"])]
    assert len(headings) == len(re.findall(r"^#+ ", card, re.MULTILINE))
    assert [e for e in found if e["tag"] == "p" and text(e["children"]).startswith("|")] == []
    assert json.loads(json.dumps(render_card(card))) == render_card(card)


def test_a_bundle_holds_the_card_of_its_model(project: Path) -> None:
    config = load_config(project)
    asset = load_asset(config.asset)
    contents = bundle_contents(config, asset, "firefox")
    card = contents[CARD]
    assert isinstance(card, bytes)
    readme = asset.folder / "README.md"
    expected = render_card(readme.read_text(encoding="utf-8")) if readme.is_file() else []
    assert json.loads(card) == expected
