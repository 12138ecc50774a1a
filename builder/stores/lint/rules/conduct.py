"""LM9: what reviewers read: the words of the listing, and what scripts do with data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule

_LISTING = "https://developer.chrome.com/docs/webstore/program-policies/listing-requirements"
_DATA = "https://developer.chrome.com/docs/webstore/program-policies/data-handling"
_MIGRATE = "https://developer.chrome.com/docs/extensions/develop/migrate/api-calls"
_MOST_REPEATED = 5
_PLACEHOLDERS = re.compile(
    r"(my |a |an )?(new |first |simple )?(chrome |firefox |browser |web )?(extension|add-?on)"
    r"|untitled|hello,? world!?|test|todo|description|lorem ipsum.*|(extension )?name|changeme",
    re.IGNORECASE,
)
_TRACKERS = re.compile(
    r"(google-analytics\.com|googletagmanager\.com|segment\.(io|com)/v1|api\.mixpanel\.com"
    r"|api2?\.amplitude\.com|hotjar\.com|mc\.yandex\.ru|matomo\.(php|js)|posthog\.com"
    r"|ingest\.sentry\.io|plausible\.io/api)",
    re.IGNORECASE,
)
_AFFILIATES = re.compile(
    r"amazon\.[a-z.]+/\S*[?&]tag=|[?&](aff_?id|affiliate_?id|irclickid|awinaffid)=", re.IGNORECASE
)
_OPEN = re.compile(r"(http|ws)://(?!localhost\b|127\.0\.0\.1\b|\[::1\])[^/\s]+")
_REQUESTS = ("fetch", "WebSocket", "EventSource", "sendBeacon", "open")
_GONE = {
    "tabs.executeScript": "scripting.executeScript",
    "tabs.insertCSS": "scripting.insertCSS",
    "tabs.removeCSS": "scripting.removeCSS",
    "extension.getURL": "runtime.getURL",
    "extension.sendMessage": "runtime.sendMessage",
    "extension.sendRequest": "runtime.sendMessage",
    "tabs.sendRequest": "tabs.sendMessage",
    "tabs.getSelected": "tabs.query",
}
_GONE_NAMESPACES = {"browserAction": "action", "pageAction": "action"}
_NO_WORKER = ("XMLHttpRequest", "localStorage", "sessionStorage", "document", "alert")


@rule(
    "LM901",
    "A name or description that says nothing",
    source=_LISTING,
    fix="say what the extension does",
    why=(
        "The Chrome Web Store rejects listings without a description of their own (Yellow Zinc);"
        " reviewers of addons.mozilla.org do so, too."
    ),
)
def placeholders(extension: Extension) -> Iterator[Hit]:
    for key in ("name", "description"):
        for locale, text, file, line in extension.words(key):
            if _PLACEHOLDERS.fullmatch(text.strip().rstrip(".")):
                where = f" in '{locale}'" if locale else ""
                yield Hit(file, line, f"{key} is '{text}'{where}")


@rule(
    "LM902",
    "A word is repeated for the search",
    severity="warning",
    heuristic=True,
    source=_LISTING,
    fix="write sentences, with each word as often as they need it",
    why="The Chrome Web Store rejects keyword spam: a word more than five times (Yellow Argon).",
)
def keywords(extension: Extension) -> Iterator[Hit]:
    for key in ("name", "description"):
        for locale, text, file, line in extension.words(key):
            words = Counter(word for word in re.findall(r"\w{4,}", text.lower()))
            word, count = words.most_common(1)[0] if words else ("", 0)
            if count > _MOST_REPEATED:
                where = f" in '{locale}'" if locale else ""
                yield Hit(file, line, f"{key} has '{word}' {count} times{where}")


@rule(
    "LM903",
    "A call that version 3 no longer has",
    source=_MIGRATE,
    fix="call what took its place",
    why="The call fails, and reviewers reject what does not work (Yellow Magnesium).",
)
def removed_calls(extension: Extension) -> Iterator[Hit]:
    for use in extension.uses:
        replacement = _GONE.get(use.api) or _GONE_NAMESPACES.get(use.api.split(".")[0])
        if replacement:
            yield Hit(use.file, use.line, f"calls {use.api}; version 3 has {replacement}")


@rule(
    "LM904",
    "A service worker uses what only pages have",
    source="https://developer.chrome.com/docs/extensions/develop/migrate/to-service-workers",
    stores=("chrome", "edge"),
    heuristic=True,
    fix="use fetch and chrome.storage, or an offscreen document",
    why="It fails at run time, and reviewers reject what does not work (Yellow Magnesium).",
)
def page_calls(extension: Extension) -> Iterator[Hit]:
    background = extension.manifest.get("background")
    name = background.get("service_worker") if isinstance(background, dict) else None
    if not isinstance(name, str) or name not in extension.own_scripts:
        return
    stream, lines = extension.tokens(name)
    for index, token in enumerate(stream):
        before = stream[index - 1].text if index else ""
        after = stream[index + 1].text if index + 1 < len(stream) else ""
        used = after in (".", "(") or before == "new"
        if token.kind == "name" and token.text in _NO_WORKER and before != "." and used:
            yield Hit(name, lines.at(token.offset)[0], f"uses {token.text}")


@rule(
    "LM905",
    "A request that anyone on the way can read",
    source=_DATA,
    fix="use https:// or wss://",
    why="The Chrome Web Store wants data of users sent encrypted only (Purple Copper).",
)
def open_requests(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            if token.kind not in ("string", "template") or not _OPEN.match(token.text):
                continue
            before = [item.text for item in stream[max(0, index - 4) : index]]
            if "(" in before and any(call in before for call in _REQUESTS):
                yield Hit(name, lines.at(token.offset)[0], f"asks {token.text[:80]}")


@rule(
    "LM906",
    "A tracking service",
    severity="warning",
    heuristic=True,
    source=_DATA,
    fix="remove it, or declare the data in the listing's privacy form and ask the users first",
    why=(
        "Stores reject data collection that is not declared (Purple Lithium; Mozilla: consent"
        " before anything is sent)."
    ),
)
def trackers(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        for text, line in extension.strings(name):
            if found := _TRACKERS.search(text):
                yield Hit(name, line, f"holds the address of {found[0]}")


@rule(
    "LM907",
    "An affiliate link",
    severity="warning",
    heuristic=True,
    source="https://developer.chrome.com/docs/webstore/program-policies/affiliate-ads",
    fix="remove it, or say so in the listing, and add it only when users ask for it",
    why="Stores reject affiliate codes that users do not know of.",
)
def affiliates(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        for text, line in extension.strings(name):
            if found := _AFFILIATES.search(text):
                yield Hit(name, line, f"holds {found[0][:60]}")
