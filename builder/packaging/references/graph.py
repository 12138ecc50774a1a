"""Resolve the files that an extension references, starting at the manifest.

A package holds exactly these files: a file that nothing names never ships, and a name without a
file is found before a user finds it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from builder.config.reader import parse_json
from builder.errors import BuilderError
from builder.packaging.references.css import from_style
from builder.packaging.references.html import from_page
from builder.packaging.references.js import from_script
from builder.packaging.references.reference import Reference, resolve
from builder.packaging.tree import TEXT_LIMIT, Tree, text_of

MANIFEST = "manifest.json"
READ_SUFFIXES = (".js", ".mjs", ".html", ".htm", ".css")
NOTICES = "notices/"
"""Licences and their notices ship though nothing loads them."""

# Keys of the manifest that hold a path, a list of paths, or a mapping to paths; `*` is any key
# or index.
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


@dataclass
class DependencyGraph:
    """``files``: each file that is used, with the first place that names it (none for what every
    extension has). ``unread``: files too large to be followed.
    """

    files: dict[str, Reference | None] = field(default_factory=dict)
    missing: list[Reference] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def chain(self, name: str) -> list[str]:
        """How the manifest leads to ``name``: places as ``file:line``, the nearest first."""
        places: list[str] = []
        reference = self.files.get(name)
        while reference is not None and len(places) < len(self.files):
            places.append(f"{reference.source}:{reference.line}")
            reference = self.files.get(reference.source)
        return places


def trace_references(
    tree: Tree, *, start: str = MANIFEST, omitted: Collection[str] = ()
) -> DependencyGraph:
    """Follow every name from the manifest on.

    :param start: the page to begin with, where there is no manifest.
    :param omitted: files that this bundle does without on purpose; naming them is no error.
    :raises BuilderError: if the manifest is missing or is no JSON object.
    """
    found = DependencyGraph()
    roots = [
        start,
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
    if start not in tree.names:
        raise BuilderError(
            "manifest.json: missing",
            hint="it belongs to the root of the extension, not into a folder",
            place=MANIFEST,
        )
    while waiting:
        name = waiting.pop(0)
        if name.endswith(READ_SUFFIXES) and tree.size(name) > TEXT_LIMIT:
            found.unread.append(name)
        for reference in references(tree, name):
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
    """All that one file names; nothing for one that is too large to be read."""
    suffix = posixpath.splitext(name)[1]
    if name == MANIFEST:
        return list(_from_manifest(text_of(tree, name)))
    if suffix in (".js", ".mjs"):
        return list(from_script(tree, name, text_of(tree, name)))
    if suffix in (".html", ".htm"):
        return list(from_page(tree, name, text_of(tree, name)))
    if suffix == ".css":
        return list(from_style(name, text_of(tree, name), 0))
    if posixpath.basename(name) == "model.json":
        return list(_from_model(name, text_of(tree, name)))
    return []


def parse_manifest(text: str) -> dict[str, Any]:
    """manifest.json as a mapping.

    :raises BuilderError: with the line, if it is not a JSON object.
    """
    manifest = parse_json(text, Path(MANIFEST))
    if not isinstance(manifest, dict):
        raise BuilderError(f"{MANIFEST}: expected one JSON object", place=MANIFEST)
    return manifest


def line_of(text: str, needle: str) -> int:
    """The first line of a JSON text that holds a string; 1 if none does."""
    quoted = json.dumps(needle, ensure_ascii=False)
    place = text.find(quoted)
    return text.count("\n", 0, place) + 1 if place >= 0 else 1


def _hits(tree: Tree, target: str) -> list[str]:
    """The files that a reference means: for a folder, all in it.

    A model's folder is an exception: its model.json lists what belongs to it.
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
            if isinstance(value, str) and (target := resolve("", value)):
                yield Reference(MANIFEST, line_of(text, value), target)
    for value in _values(manifest, ["web_accessible_resources", "*", "resources", "*"]):
        if isinstance(value, str):
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
    folder = posixpath.dirname(name)
    yield Reference(name, 1, posixpath.join(folder, "README.md"))
    try:
        description = parse_json(text, Path(name))
    except BuilderError:  # which the checks of the asset report
        return
    files = description.get("files") if isinstance(description, dict) else None
    for entry in files if isinstance(files, list) else ():
        path = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(path, str) and (target := resolve(folder, path)):
            yield Reference(name, line_of(text, path), target)
