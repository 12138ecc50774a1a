"""LM1: the manifest, and the files that it leads to."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from builder.config.extension import MAX_DESCRIPTION
from builder.packaging.references.graph import MANIFEST
from builder.stores.extension import Extension
from builder.stores.field_limits import limit, trademarks_in
from builder.stores.lint.findings import Hit, rule

_NUMBERS = re.compile(r"\d+(\.\d+){0,3}")
_GECKO_ID = re.compile(
    r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}|[A-Za-z0-9._-]*@[A-Za-z0-9._-]+"
)
_PNG = b"\x89PNG\r\n\x1a\n"
_STORE_ICON = "128"
_PREPARE = "https://developer.chrome.com/docs/webstore/prepare"
_MANIFEST = "https://developer.chrome.com/docs/extensions/reference/manifest"
_MDN = "https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/manifest.json"


@rule(
    "LM101",
    "The manifest cannot be read",
    source=_MANIFEST,
    fix="put a manifest.json that is one JSON object at the root, not in a folder",
    why="Stores refuse an upload without a valid manifest.",
)
def readable(extension: Extension) -> Iterator[Hit]:
    if extension.problem is not None:
        place, _, line = extension.problem.place.partition(":")
        nested = [name for name in extension.tree.names if name.endswith(f"/{MANIFEST}")]
        where = (
            f"; there is {sorted(nested)[0]}"
            if nested and MANIFEST not in extension.tree.names
            else ""
        )
        yield Hit(place or MANIFEST, int(line or 0), f"{extension.problem}{where}")


@rule(
    "LM102",
    "Not manifest version 3",
    source="https://developer.chrome.com/docs/extensions/develop/migrate",
    fix='set "manifest_version": 3',
    why="The Chrome Web Store accepts version 3 only.",
)
def version_3(extension: Extension) -> Iterator[Hit]:
    found = extension.manifest.get("manifest_version")
    if found != 3:
        yield Hit(
            MANIFEST, extension.manifest_line("manifest_version"), f"manifest_version is {found}"
        )


@rule(
    "LM103",
    "Stores do not accept this version",
    source=f"{_MANIFEST}/version",
    fix=(
        "write one to four numbers up to 65535, joined by dots, without leading zeros, like 1.2.0"
    ),
    why="Stores compare versions to recognize an update, and refuse other forms.",
)
def version_form(extension: Extension) -> Iterator[Hit]:
    value = str(extension.manifest.get("version", ""))
    parts = value.split(".")
    good = (
        _NUMBERS.fullmatch(value)
        and all(int(part) <= 65535 and part == str(int(part)) for part in parts)
        and any(map(int, parts))
    )
    if not good:
        yield Hit(MANIFEST, extension.manifest_line("version"), f"version is '{value}'")


@rule(
    "LM104",
    "The name is missing or too long",
    source=f"{_MANIFEST}/name",
    fix="give a name that fits, in every locale",
    why=(
        "Stores show it everywhere, and refuse an upload without it. The Chrome Web Store takes 75"
        " characters, addons.mozilla.org 45."
    ),
)
def name(extension: Extension) -> Iterator[Hit]:
    if not list(extension.words("name")):
        yield Hit(MANIFEST, extension.manifest_line("name"), "name: missing")
    yield from _too_long(extension, extension.browser, "name")


@rule(
    "LM114",
    "The name is too long for Edge",
    severity="warning",
    source=_MDN + "/name",
    stores=("edge",),
    fix="give a name of at most 45 characters if the package goes to Edge Add-ons",
    why="Microsoft Edge Add-ons takes 45 characters.",
)
def name_for_edge(extension: Extension) -> Iterator[Hit]:
    yield from _too_long(extension, "edge", "name", empty=False)


@rule(
    "LM115",
    "The name uses a trademark of the store",
    severity="warning",
    heuristic=True,
    source="https://developer.chrome.com/docs/webstore/branding",
    stores=("chrome", "firefox"),
    fix="drop the word, or write 'NAME for BROWSER'",
    why=(
        "Names that look like the store's own products are refused: Mozilla and Firefox at"
        " addons.mozilla.org, Google and Chrome in the Chrome Web Store."
    ),
)
def trademarks(extension: Extension) -> Iterator[Hit]:
    for locale, text, file, line in extension.words("name"):
        for mark in trademarks_in(text, extension.browser):
            yield Hit(file, line, f"name has '{mark.word}'{_in(locale)} ({mark.source})")


@rule(
    "LM105",
    "The description is missing or too long",
    source=f"{_MANIFEST}/description",
    stores=("chrome", "edge"),
    fix=f"shorten it to at most {MAX_DESCRIPTION} characters in every locale",
    why="The Chrome Web Store refuses longer ones at upload.",
)
def description(extension: Extension) -> Iterator[Hit]:
    if not list(extension.words("description")):
        yield Hit(MANIFEST, extension.manifest_line("description"), "description: missing")
    yield from _too_long(extension, "chrome", "description")


def _too_long(extension: Extension, store: str, field: str, *, empty: bool = True) -> Iterator[Hit]:
    most = limit(store, field)
    for locale, text, file, line in extension.words(field):
        length = len(text.encode("utf-16-le")) // 2  # as JavaScript counts, which the stores use
        if (empty and not text.strip()) or (most is not None and length > most):
            yield Hit(file, line, f"{field} has {length} characters{_in(locale)}")


@rule(
    "LM106",
    "An icon is missing or has the wrong size",
    source=f"{_MANIFEST}/icons",
    fix="provide square PNG icons of 16, 32, 48 and 128 pixels",
    why="The Chrome Web Store needs the icon of 128 pixels.",
)
def icons(extension: Extension) -> Iterator[Hit]:
    named = extension.manifest.get("icons", {})
    if (
        not isinstance(named, dict)
        or (_STORE_ICON not in named and extension.browser == "chrome")
        or not named
    ):
        yield Hit(
            MANIFEST, extension.manifest_line("icons"), f"icons: no icon of {_STORE_ICON} pixels"
        )
        return
    for size, path in named.items():
        file = str(path).lstrip("/")
        if file not in extension.tree.names or not file.endswith(".png"):
            continue  # a missing file is LM110's business
        head = extension.tree.read(file)[:24]
        if not head.startswith(_PNG):
            yield Hit(file, 0, f"{file} is not a PNG")
        elif struct.unpack(">II", head[16:24]) != (int(size), int(size)):
            width, height = struct.unpack(">II", head[16:24])
            yield Hit(
                file, 0, f"{file} has {width} by {height} pixels, but the manifest says {size}"
            )


@rule(
    "LM107",
    "Firefox needs an id",
    source="https://extensionworkshop.com/documentation/develop/extensions-and-the-add-on-id/",
    stores=("firefox",),
    fixable=True,
    fix="set extension.gecko_id in extension.toml (builder init makes one)",
    why=(
        "addons.mozilla.org refuses a version 3 extension without"
        " browser_specific_settings.gecko.id."
    ),
)
def gecko_id(extension: Extension) -> Iterator[Hit]:
    found = _gecko(extension).get("id")
    if not isinstance(found, str) or not _GECKO_ID.fullmatch(found):
        yield Hit(
            MANIFEST,
            extension.manifest_line("gecko"),
            f"gecko.id is {found!r}" if found else "gecko.id is missing",
        )


@rule(
    "LM108",
    "Firefox needs a data collection declaration",
    stores=("firefox",),
    source="https://extensionworkshop.com/documentation/develop/firefox-builtin-data-consent/",
    fix=(
        'set gecko.data_collection_permissions, {"required": ["none"]} where nothing leaves the'
        " device"
    ),
    why="Since November 2025, new extensions must declare which data they collect.",
)
def data_collection(extension: Extension) -> Iterator[Hit]:
    declared = _gecko(extension).get("data_collection_permissions")
    if not isinstance(declared, dict) or not declared.get("required"):
        yield Hit(
            MANIFEST,
            extension.manifest_line("gecko"),
            "gecko.data_collection_permissions.required: missing",
        )


@rule(
    "LM109",
    "The background is of the other browser's kind",
    source=f"{_MDN}/background",
    fix="pack each browser with its own manifest (builder pack does)",
    why=(
        "Chrome runs background.service_worker only; addons.mozilla.org refuses a background"
        " without scripts or page."
    ),
)
def background(extension: Extension) -> Iterator[Hit]:
    found = extension.manifest.get("background")
    if not isinstance(found, dict) or not found:
        return
    if extension.browser == "firefox" and "scripts" not in found and "page" not in found:
        yield Hit(MANIFEST, extension.manifest_line("background"), "background has no scripts")
    if extension.browser == "chrome" and "service_worker" not in found:
        yield Hit(
            MANIFEST, extension.manifest_line("background"), "background has no service_worker"
        )


@rule(
    "LM110",
    "A reference leads to a missing file",
    source="https://developer.chrome.com/docs/webstore/troubleshooting",
    fix="correct the path, or add the file",
    why="The browser cannot load it, and reviewers reject what does not work (Yellow Magnesium).",
)
def missing_files(extension: Extension) -> Iterator[Hit]:
    for reference in extension.graph.missing:
        yield Hit(
            reference.source,
            reference.line,
            (f"refers to {reference.target}, which does not exist"),
        )


@rule(
    "LM111",
    "A key that stores refuse",
    source=_PREPARE,
    fix="remove it: stores set it themselves",
    why=(
        "update_url and key are for packages outside the stores. Stores refuse"
        " uploads that have them."
    ),
)
def store_keys(extension: Extension) -> Iterator[Hit]:
    for key in ("update_url", "key", "differential_fingerprint"):
        if key in extension.manifest:
            yield Hit(MANIFEST, extension.manifest_line(key), f"{key} is set")
    if "update_url" in _gecko(extension):
        yield Hit(MANIFEST, extension.manifest_line("update_url"), "gecko.update_url is set")


@rule(
    "LM112",
    "Any web site can read every file or every page",
    severity="warning",
    source=f"{_MANIFEST}/web-accessible-resources",
    fix=(
        "list only the pages that a web page must frame, one by one, with use_dynamic_url in Chrome"
    ),
    why="Web sites can detect the extension, and use its pages, through each listed file.",
)
def accessible(extension: Extension) -> Iterator[Hit]:
    listed = extension.manifest.get("web_accessible_resources", [])
    for entry in listed if isinstance(listed, list) else ():
        resources = entry.get("resources", []) if isinstance(entry, dict) else []
        for value in resources if isinstance(resources, list) else ():
            if re.search(r"\*(\.(m?js|html?|json|\*))?$", str(value)):
                yield Hit(
                    MANIFEST,
                    extension.manifest_line(str(value)),
                    f"web_accessible_resources lists {value}",
                )


@rule(
    "LM113",
    "Web sites may send messages to the extension",
    severity="warning",
    source=f"{_MANIFEST}/externally-connectable",
    fix="list the few sites that need it, or remove the key",
    why="Messages from a web page are untrusted input.",
)
def connectable(extension: Extension) -> Iterator[Hit]:
    for value in extension.manifest.get("externally_connectable", {}).get("matches", []):
        if value == "<all_urls>" or re.match(r"(\*|https?)://\*/", str(value)):
            yield Hit(
                MANIFEST,
                extension.manifest_line(str(value)),
                f"externally_connectable matches {value}",
            )


def _gecko(extension: Extension) -> dict[str, object]:
    settings = extension.manifest.get("browser_specific_settings", {})
    gecko = settings.get("gecko", {}) if isinstance(settings, dict) else {}
    return gecko if isinstance(gecko, dict) else {}


def _in(locale: str) -> str:
    return f" in '{locale}'" if locale else ""
