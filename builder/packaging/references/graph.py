"""What of an extension anything uses: from the manifest over pages, styles and modules to the last
file that one of them names.

A package is made of this list, so that a file which nobody names never ships, and a name without a
file is found before a reader finds it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from typing import Any

from builder.errors import BuilderError
from builder.packaging.javascript import Lines, Token, code
from builder.packaging.tree import Tree, text_of

MANIFEST = "manifest.json"
NOTICES = "notices/"
"""Licences and their notices ship though nothing loads them."""

# Keys of the manifest that hold a path, a list of paths, or a mapping to paths; `*` stands for any
# key or index.
_MANIFEST_PATHS = (
    "icons.*",
    "action.default_icon",
    "action.default_icon.*",
    "action.default_popup",
    "background.service_worker",
    "background.scripts.*",
    "background.page",
    "options_ui.page",
    "options_page",
    "side_panel.default_path",
    "sidebar_action.default_panel",
    "sidebar_action.default_icon",
    "sidebar_action.default_icon.*",
    "devtools_page",
    "chrome_url_overrides.*",
    "sandbox.pages.*",
    "content_scripts.*.js.*",
    "content_scripts.*.css.*",
    "declarative_net_request.rule_resources.*.path",
    "storage.managed_schema",
    "page_action.default_icon.*",
    "page_action.default_popup",
    "action.theme_icons.*.light",
    "action.theme_icons.*.dark",
)
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
_CSS_URL = re.compile(
    r"""/\*.*?\*/|@import\s+["']([^"']+)["']|url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)""",
    re.DOTALL,
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


@dataclass(frozen=True)
class Reference:
    """A place that names a file. ``certain``: the browser will ask for it, so that its absence is
    an error; else it is a string that happens to be the path of a file. A ``target`` that ends in a
    slash is a folder.
    """

    source: str
    line: int
    target: str
    certain: bool = True


@dataclass
class DependencyGraph:
    """``files``: each file that is used, with the first place that names it (none for what every
    extension has).
    """

    files: dict[str, Reference | None] = field(default_factory=dict)
    missing: list[Reference] = field(default_factory=list)

    def chain(self, name: str) -> list[str]:
        """How the manifest leads to ``name``: places as ``file:line``, the nearest first."""
        places: list[str] = []
        reference = self.files.get(name)
        while reference is not None and len(places) < len(self.files):
            places.append(f"{reference.source}:{reference.line}")
            reference = self.files.get(reference.source)
        return places


def trace_references(tree: Tree, *, omitted: Collection[str] = ()) -> DependencyGraph:
    """Follow every name from the manifest on.

    :param omitted: files that this bundle does without on purpose; naming them is no error.
    :raises BuilderError: if the manifest is missing or is no JSON object.
    """
    found = DependencyGraph()
    roots = [
        MANIFEST,
        *(
            name
            for name in tree.names
            if name.startswith(NOTICES) or re.fullmatch(r"_locales/[^/]+/messages\.json", name)
        ),
    ]
    waiting = []
    for root in roots:
        if root in tree.names:
            found.files[root] = None
            waiting.append(root)
    if MANIFEST not in tree.names:
        raise BuilderError(
            "manifest.json: missing",
            hint="it belongs to the root of the extension, not into a folder",
            place=MANIFEST,
        )
    while waiting:
        for reference in references(tree, waiting.pop(0)):
            hits = _hits(tree, reference.target)
            if (
                not hits
                and reference.certain
                and not any(_covers(reference.target, name) for name in omitted)
            ):
                found.missing.append(reference)
            for hit in hits:
                if hit not in found.files:
                    found.files[hit] = reference
                    waiting.append(hit)
    return found


def references(tree: Tree, name: str) -> list[Reference]:
    """All that one file names."""
    if name == MANIFEST:
        return list(_from_manifest(text_of(tree, name)))
    suffix = posixpath.splitext(name)[1]
    if suffix in (".js", ".mjs"):
        return list(_from_module(tree, name))
    if suffix in (".html", ".htm"):
        return list(_from_page(name, text_of(tree, name)))
    if suffix == ".css":
        return list(_from_style(name, text_of(tree, name), 0))
    if posixpath.basename(name) == "model.json":
        return list(_from_model(name, text_of(tree, name)))
    return []


def parse_manifest(text: str) -> dict[str, Any]:
    """manifest.json as a mapping.

    :raises BuilderError: with the line, if it is no JSON object.
    """
    try:
        manifest = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{MANIFEST}:{error.lineno}"
        raise BuilderError(
            f"{place}: not valid JSON: {error.msg}",
            hint="stores refuse such a manifest",
            place=place,
        ) from None
    if not isinstance(manifest, dict):
        raise BuilderError(f"{MANIFEST}: expected one JSON object", place=MANIFEST)
    return manifest


def line_of(text: str, needle: str) -> int:
    """The first line of a JSON text that holds a string; 1 if none does."""
    quoted = json.dumps(needle, ensure_ascii=False)
    place = text.find(quoted)
    return text.count("\n", 0, place) + 1 if place >= 0 else 1


def _hits(tree: Tree, target: str) -> list[str]:
    """A folder stands for all in it, unless it is a model's: then its model.json says what belongs
    to it.
    """
    if "*" in target:
        return sorted(name for name in tree.names if fnmatchcase(name, target))
    if target.endswith("/"):
        description = f"{target}model.json"
        return (
            [description]
            if description in tree.names
            else sorted(name for name in tree.names if name.startswith(target))
        )
    return [target] if target in tree.names else []


def _covers(target: str, name: str) -> bool:
    return name.startswith(target) if target.endswith("/") else name == target


def _from_manifest(text: str) -> Iterator[Reference]:
    manifest = parse_manifest(text)
    for path in _MANIFEST_PATHS:
        for value in _values(manifest, path.split(".")):
            if isinstance(value, str) and (target := _resolve("", value)):
                yield Reference(MANIFEST, line_of(text, value), target)
    for entry in manifest.get("web_accessible_resources", []):
        for value in entry.get("resources", []) if isinstance(entry, dict) else []:
            yield Reference(MANIFEST, line_of(text, value), value.lstrip("/"))
    locale = manifest.get("default_locale")
    if isinstance(locale, str):
        yield Reference(MANIFEST, line_of(text, locale), f"_locales/{locale}/messages.json")


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == "*":
        for item in (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        ):
            yield from _values(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


def _from_model(name: str, text: str) -> Iterator[Reference]:
    """The files that a model.json lists, and the card beside it."""
    description = json.loads(text)
    folder = posixpath.dirname(name)
    for entry in description.get("files", []):
        path = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(path, str) and (target := _resolve(folder, path)):
            yield Reference(name, line_of(text, path), target)
    yield Reference(name, 1, posixpath.join(folder, "README.md"))


class _Page(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.found: list[Reference] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        for key, value in attrs:
            if not value:
                continue
            if key == "style":
                self.found += _from_style(self.name, value, self.getpos()[0] - 1)
            elif key == "srcset":
                for part in value.split(","):
                    self._add(part.split()[0] if part.split() else "")
            elif key.removeprefix("xlink:") in _HTML_ATTRIBUTES.get(tag, ()):
                self._add(value)

    def handle_data(self, data: str) -> None:
        if self._style:
            self.found += _from_style(self.name, data, self.getpos()[0] - 1)

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def _add(self, value: str) -> None:
        if target := _resolve(posixpath.dirname(self.name), value):
            self.found.append(Reference(self.name, self.getpos()[0], target))


def _from_page(name: str, text: str) -> list[Reference]:
    page = _Page(name)
    page.feed(text)
    page.close()
    return page.found


def _from_style(name: str, text: str, line_before: int) -> Iterator[Reference]:
    for match in _CSS_URL.finditer(text):
        value = match[1] or match[2] or match[3] or match[4]
        if value and (target := _resolve(posixpath.dirname(name), value)):
            yield Reference(name, line_before + text.count("\n", 0, match.start()) + 1, target)


def _from_module(tree: Tree, name: str) -> Iterator[Reference]:
    text = text_of(tree, name)
    folder = posixpath.dirname(name)
    lines = Lines(text)
    stream = code(text)
    for index, token in enumerate(stream):
        if token.kind not in ("string", "template") or not token.text:
            continue
        line = lines.at(token.offset)[0]
        before = [item.text for item in stream[max(0, index - 3) : index]]
        base = _certain_base(stream, index, before, folder)
        if base is not None:
            target = _resolve(base, token.text)
            # A name that a hole in the template completes cannot be checked; a fragment or a query
            # changes no name.
            complete = token.whole or (
                target is not None and re.search(r"[?#]", token.text) is not None
            )
            if target and complete and (not _is_bare_module(before, token.text)):
                yield Reference(name, line, target)
                continue
        for start in ("", folder):
            # A folder's name alone is too weak a sign; a string that is the path of a file is
            # hardly chance.
            target = _resolve(start, token.text)
            if target and not target.endswith("/") and target in tree.names and target != name:
                yield Reference(name, line, target, certain=False)
                break


def _certain_base(
    stream: tuple[Token, ...], index: int, before: list[str], folder: str
) -> str | None:
    """The folder that the string at ``index`` is relative to, where the browser is certain to load
    it; else none.
    """
    last = before[-1:]
    if last in (["from"], ["import"]) or before[-2:] == ["import", "("]:
        return folder
    if before[-3:] == ["new", "URL", "("]:
        after = [item.text for item in stream[index + 1 : index + 7]]
        return folder if after[:6] == [",", "import", ".", "meta", ".", "url"] else None
    if before[-2:] in (["getURL", "("], ["importScripts", "("]):
        return ""
    # chrome.scripting.executeScript({files: ['a.js', 'b.js']}) and insertCSS
    for back in range(index - 1, max(-1, index - 40), -1):
        item = stream[back]
        if item.text == "[" and item.kind == "mark":
            return (
                ""
                if [other.text for other in stream[max(0, back - 2) : back]] == ["files", ":"]
                else None
            )
        if item.kind != "string" and item.text != ",":
            return None
    return None


def _is_bare_module(before: list[str], value: str) -> bool:
    """``import 'package'``: browsers refuse it, which is another check's business."""
    imported = before[-1:] in (["from"], ["import"]) or before[-2:] == ["import", "("]
    return imported and not value.startswith((".", "/"))


def _resolve(folder: str, value: str) -> str | None:
    """The path from the root that ``value`` means in a file of ``folder``; none for addresses,
    fragments and the root itself.
    """
    value = re.split(r"[?#]", value, maxsplit=1)[0]
    if not value or "\n" in value or len(value) > 300 or _SCHEME.match(value):
        return None
    joined = posixpath.normpath(
        value.lstrip("/") if value.startswith("/") else posixpath.join(folder, value)
    )
    if joined in (".", "") or joined.startswith("_favicon"):
        return None
    return f"{joined}/" if value.endswith("/") else joined
