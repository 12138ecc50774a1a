"""The files that a page names: in attributes, in its styles and in its inline scripts."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser

from builder.packaging.references.css import from_style
from builder.packaging.references.js import from_script
from builder.packaging.references.reference import Reference, resolve
from builder.packaging.tree import Tree

_HTML_ATTRIBUTES = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src",),
    "iframe": ("src",),
    "source": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "input": ("src",),
    "a": ("href",),
    "use": ("href",),
    "image": ("href",),
}
_SCRIPT_TYPES = ("", "module")


class _Page(HTMLParser):
    def __init__(self, tree: Tree, name: str) -> None:
        super().__init__()
        self.tree = tree
        self.name = name
        self.found: list[Reference] = []
        self._inside = ""
        self._script = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        if tag == "script":
            kind = dict(attrs).get("type") or ""
            self._script = kind in _SCRIPT_TYPES or "javascript" in kind
        for key, value in attrs:
            if not value:
                continue
            if key == "style":
                self.found += from_style(self.name, value, self.getpos()[0] - 1)
            elif key == "srcset":
                for part in value.split(","):
                    self._add(part.split()[0] if part.split() else "")
            elif key.removeprefix("xlink:") in _HTML_ATTRIBUTES.get(tag, ()):
                self._add(value)

    def handle_data(self, data: str) -> None:
        line = self.getpos()[0] - 1
        if self._inside == "style":
            self.found += from_style(self.name, data, line)
        elif self._inside == "script" and self._script:
            self.found += from_script(self.tree, self.name, data, line)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def _add(self, value: str) -> None:
        if target := resolve(posixpath.dirname(self.name), value):
            self.found.append(Reference(self.name, self.getpos()[0], target))


def from_page(tree: Tree, name: str, text: str) -> list[Reference]:
    page = _Page(tree, name)
    page.feed(text)
    page.close()
    return page.found
