"""LM1, continued: keys of the manifest whose values browsers or stores refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from builder.packaging.references.graph import MANIFEST
from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule

_MANIFEST = "https://developer.chrome.com/docs/extensions/reference/manifest"
_COMMANDS = "https://developer.chrome.com/docs/extensions/reference/api/commands"
_PATTERNS = "https://developer.chrome.com/docs/extensions/develop/concepts/match-patterns"
_MDN = "https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/manifest.json"
_MAX_SHORTCUTS = 4
_LONGEST_ID = 80
_KEY = (
    r"[A-Z0-9]|F([1-9]|1[0-2])|Comma|Period|Home|End|PageUp|PageDown|Space|Insert|Delete|Up|Down"
    r"|Left|Right"
)
_SHORTCUT = re.compile(
    rf"(Ctrl|Alt|Command|MacCtrl|Option)(\+(Shift|Alt|Ctrl|Option|Command|MacCtrl))?\+({_KEY})"
    r"|F([1-9]|1[0-2])|Media(NextTrack|PlayPause|PrevTrack|Stop)"
)
_PATTERN = re.compile(
    r"<all_urls>"
    r"|(\*|https?|wss?|ftp)://(\*|(\*\.)?[^/*:]+(:(\*|\d+))?)/.*"
    r"|file:///.*"
    r"|(chrome|moz)-extension://[^/]+/.*|data:.*"
)
_OLD_KEYS = ("browser_action", "page_action")
_OVERRIDES = ("chrome_url_overrides", "chrome_settings_overrides")
_CHROME_VERSION = re.compile(r"\d+(\.\d+){0,3}")
_GECKO_VERSION = re.compile(r"\d+(\.\d+){0,3}([ab]\d+)?")
_NEVER_OPTIONAL = {
    "debugger",
    "declarativeNetRequest",
    "devtools",
    "geolocation",
    "mdns",
    "proxy",
    "tts",
    "ttsEngine",
    "wallpaper",
}


@rule(
    "LM116",
    "More keyboard shortcuts than a browser takes",
    source=_COMMANDS,
    stores=("chrome", "edge"),
    fix="suggest keys for four commands at most; users can set the others themselves",
    why="Chrome refuses to load an extension that suggests more than four.",
)
def too_many_shortcuts(extension: Extension) -> Iterator[Hit]:
    suggesting = [name for name, command in _commands(extension) if command.get("suggested_key")]
    if len(suggesting) > _MAX_SHORTCUTS:
        line = extension.manifest_line("commands")
        yield Hit(MANIFEST, line, f"{len(suggesting)} commands suggest keys")


@rule(
    "LM117",
    "A keyboard shortcut that browsers refuse",
    source=_COMMANDS,
    fix="write Ctrl or Alt, perhaps Shift, and one key: 'Ctrl+Shift+Y'",
    why="The browser refuses to load the extension.",
)
def shortcut_form(extension: Extension) -> Iterator[Hit]:
    for name, command in _commands(extension):
        keys = command.get("suggested_key")
        for key in keys.values() if isinstance(keys, dict) else [keys] if keys else []:
            fits = isinstance(key, str) and _SHORTCUT.fullmatch(key.replace(" ", ""))
            if not fits or "Ctrl+Alt" in str(key) or "Alt+Ctrl" in str(key):
                line = extension.manifest_line(str(key))
                yield Hit(MANIFEST, line, f"the command '{name}' suggests {key!r}")


@rule(
    "LM118",
    "A key of manifest version 2",
    source="https://developer.chrome.com/docs/extensions/develop/migrate/api-calls",
    fix="write action instead of browser_action and page_action, and omit background.persistent",
    why="Browsers ignore or refuse it in version 3, so that the button does nothing.",
)
def old_keys(extension: Extension) -> Iterator[Hit]:
    for key in _OLD_KEYS:
        if key in extension.manifest:
            yield Hit(MANIFEST, extension.manifest_line(key), f"{key} is set")
    if "persistent" in _table(extension.manifest.get("background")):
        line = extension.manifest_line("persistent")
        yield Hit(MANIFEST, line, "background.persistent is set")


@rule(
    "LM119",
    "Files for web pages are not listed as version 3 wants",
    source=f"{_MANIFEST}/web-accessible-resources",
    fix='write [{"resources": ["a.html"], "matches": ["https://example.org/*"]}]',
    why="The browser refuses to load the extension.",
)
def accessible_form(extension: Extension) -> Iterator[Hit]:
    listed = extension.manifest.get("web_accessible_resources", [])
    line = extension.manifest_line("web_accessible_resources")
    if not isinstance(listed, list):
        yield Hit(MANIFEST, line, "web_accessible_resources is no list")
        return
    for entry in listed:
        if not isinstance(entry, dict):
            yield Hit(MANIFEST, line, f"lists {str(entry)[:60]!r} in the form of version 2")
        elif not isinstance(entry.get("resources"), list):
            yield Hit(MANIFEST, line, "an entry of web_accessible_resources has no resources")
        elif not entry.get("matches") and not entry.get("extension_ids"):
            yield Hit(MANIFEST, line, "an entry of web_accessible_resources has no matches")


@rule(
    "LM120",
    "A pattern of addresses that browsers refuse",
    source=_PATTERNS,
    fix="write scheme, host and path: 'https://*.example.org/*'; '*' may only begin a host",
    why="The browser refuses to load the extension.",
)
def match_patterns(extension: Extension) -> Iterator[Hit]:
    for key, value in _patterns(extension.manifest):
        if not isinstance(value, str) or not _PATTERN.fullmatch(value):
            yield Hit(MANIFEST, extension.manifest_line(str(value)), f"{key} has {value!r}")


@rule(
    "LM121",
    "A content script without pages or without files",
    source=f"{_MANIFEST}/content-scripts",
    fix="give each entry matches, and js or css",
    why="The browser refuses to load the extension.",
)
def content_scripts(extension: Extension) -> Iterator[Hit]:
    listed = extension.manifest.get("content_scripts", [])
    for entry in listed if isinstance(listed, list) else ():
        for missing in ("matches", "js or css"):
            if not any(_table(entry).get(key) for key in missing.split(" or ")):
                line = extension.manifest_line("content_scripts")
                yield Hit(MANIFEST, line, f"an entry of content_scripts has no {missing}")


@rule(
    "LM122",
    "The extension takes over the new tab, the start page or the search",
    severity="warning",
    source="https://developer.chrome.com/docs/webstore/program-policies/quality-guidelines",
    fix="remove the key, unless this is the one purpose of the extension",
    why=(
        "Stores reject an extension that does this beside something else: an extension has one"
        " purpose (Red Argon)."
    ),
)
def overrides(extension: Extension) -> Iterator[Hit]:
    for key in _OVERRIDES:
        if extension.manifest.get(key):
            yield Hit(MANIFEST, extension.manifest_line(key), f"{key} is set")


@rule(
    "LM123",
    "Firefox knows no split mode for private windows",
    source=f"{_MDN}/incognito",
    stores=("firefox",),
    fix='remove incognito, or write "spanning" or "not_allowed"',
    why="Firefox refuses to install the extension.",
)
def incognito(extension: Extension) -> Iterator[Hit]:
    if extension.manifest.get("incognito") == "split":
        yield Hit(MANIFEST, extension.manifest_line("incognito"), 'incognito is "split"')


@rule(
    "LM124",
    "The lowest version of the browser is not in the form of one",
    source=f"{_MANIFEST}/minimum-chrome-version",
    fix="write it like 116, or 140.0 for Firefox, without '*'",
    why="The browser or the store refuses the extension.",
)
def lowest_version(extension: Extension) -> Iterator[Hit]:
    gecko = _table(_table(extension.manifest.get("browser_specific_settings")).get("gecko"))
    for key, value, form in (
        (
            "minimum_chrome_version",
            extension.manifest.get("minimum_chrome_version"),
            _CHROME_VERSION,
        ),
        ("strict_min_version", gecko.get("strict_min_version"), _GECKO_VERSION),
    ):
        if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
            yield Hit(MANIFEST, extension.manifest_line(key), f"{key} is {value!r}")


@rule(
    "LM125",
    "Later versions of Firefox are excluded",
    severity="warning",
    source=f"{_MDN}/browser_specific_settings",
    stores=("firefox",),
    fix="remove strict_max_version",
    why="Firefox disables the extension on its next update; addons.mozilla.org warns about it.",
)
def highest_version(extension: Extension) -> Iterator[Hit]:
    gecko = _table(_table(extension.manifest.get("browser_specific_settings")).get("gecko"))
    if "strict_max_version" in gecko:
        line = extension.manifest_line("strict_max_version")
        yield Hit(MANIFEST, line, f"strict_max_version is {gecko['strict_max_version']!r}")


@rule(
    "LM126",
    "The id for Firefox is too long",
    source=f"{_MDN}/browser_specific_settings",
    stores=("firefox",),
    fix=f"give an id of at most {_LONGEST_ID} characters",
    why="Firefox and addons.mozilla.org refuse it.",
)
def long_id(extension: Extension) -> Iterator[Hit]:
    gecko = _table(_table(extension.manifest.get("browser_specific_settings")).get("gecko"))
    if len(str(gecko.get("id", ""))) > _LONGEST_ID:
        line = extension.manifest_line("gecko")
        yield Hit(MANIFEST, line, f"gecko.id has {len(str(gecko['id']))} characters")


@rule(
    "LM127",
    "The home page is no address",
    source=f"{_MANIFEST}/homepage-url",
    fix="write a whole address with https://",
    why="The browser refuses to load the extension.",
)
def homepage(extension: Extension) -> Iterator[Hit]:
    value = extension.manifest.get("homepage_url")
    if value is not None and not re.match(r"https?://[^/\s]+", str(value)):
        yield Hit(MANIFEST, extension.manifest_line("homepage_url"), f"homepage_url is {value!r}")


@rule(
    "LM128",
    "Chrome cannot show this icon",
    source=f"{_MANIFEST}/icons",
    stores=("chrome", "edge"),
    fix="draw it as a PNG (builder icons does)",
    why="Chrome shows neither SVG nor WebP icons, and the store refuses them.",
)
def icon_kind(extension: Extension) -> Iterator[Hit]:
    action = _table(extension.manifest.get("action")).get("default_icon")
    for key, value in (("icons", extension.manifest.get("icons")), ("default_icon", action)):
        for path in value.values() if isinstance(value, dict) else [value] if value else []:
            if str(path).lower().endswith((".svg", ".webp", ".gif")):
                yield Hit(MANIFEST, extension.manifest_line(str(path)), f"{key} names {path}")


@rule(
    "LM129",
    "A permission that cannot be asked for later",
    source="https://developer.chrome.com/docs/extensions/reference/api/permissions",
    stores=("chrome", "edge"),
    fix="move it to permissions, or remove it",
    why="Chrome ignores it under optional_permissions, so that the feature never works.",
)
def optional_permissions(extension: Extension) -> Iterator[Hit]:
    listed = extension.manifest.get("optional_permissions", [])
    for value in listed if isinstance(listed, list) else ():
        if isinstance(value, str) and value in _NEVER_OPTIONAL:
            line = extension.manifest_line(value)
            yield Hit(MANIFEST, line, f"optional_permissions lists {value}")


def _patterns(manifest: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("host_permissions", "optional_host_permissions"):
        yield from ((key, value) for value in _list(manifest.get(key)))
    for key in ("content_scripts", "web_accessible_resources"):
        for entry in _list(manifest.get(key)):
            for inner in ("matches", "exclude_matches"):
                yield from ((key, value) for value in _list(_table(entry).get(inner)))
    for value in _list(_table(manifest.get("externally_connectable")).get("matches")):
        yield "externally_connectable", value


def _commands(extension: Extension) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, command in _table(extension.manifest.get("commands")).items():
        yield name, _table(command)


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
