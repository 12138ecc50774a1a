"""The model card, from Markdown to the elements that the page about the extension shows.

The page gets no HTML: it makes the few elements that it knows from a tree, and text from strings.
So nothing in a card can run or load anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

CARD = "model/card.json"
_TOP = 3
"""The level that a card's first level of headings has in the page."""
_TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "td": "td",
    "strong": "strong",
    "em": "em",
}

Node = str | dict[str, Any]
"""Text, or an element: ``tag``, ``children``, and ``href`` of a link."""


def render_card(markdown: str) -> list[Node]:
    """The elements of a card, in order. HTML in it stays text; images become their descriptions."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return list(_nodes(SyntaxTreeNode(parser.parse(markdown)).children))


def _nodes(found: list[SyntaxTreeNode]) -> Iterator[Node]:
    for node in found:
        yield from _node(node)


def _node(node: SyntaxTreeNode) -> Iterator[Node]:
    children = node.children
    match node.type:
        case "text":
            yield node.content
        case "softbreak":
            yield " "
        case "hardbreak":
            yield _element("br")
        case "hr":
            yield _element("hr")
        case "code_inline":
            yield _element("code", node.content)
        case "fence" | "code_block":
            yield _element("pre", node.content.removesuffix("\n"))
        case "image":
            yield node.content
        case "heading":
            level = min(6, int(node.tag[1:]) + _TOP - 1)
            yield _element(f"h{level}", *_nodes(children))
        case "link" if str(node.attrs.get("href")).startswith("https://"):
            yield {**_element("a", *_nodes(children)), "href": str(node.attrs["href"])}
        case "paragraph" if node.hidden:  # of an item in a list without blank lines
            yield from _nodes(children)
        case "th":
            cell = list(_nodes(children))
            yield _element("th" if cell else "td", *cell)  # an empty corner heads nothing
        case kind if kind in _TAGS:
            yield _element(_TAGS[kind], *_nodes(children))
        case _:  # `inline` and others that only hold something
            yield from _nodes(children)


def _element(tag: str, *children: Node) -> dict[str, Any]:
    return {"tag": tag, "children": list(children)}
