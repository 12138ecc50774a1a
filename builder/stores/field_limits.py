"""What stores and browsers take in the fields of an extension, each with its source and date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.config.extension import MAX_DESCRIPTION


@dataclass(frozen=True)
class FieldLimit:
    """The most characters that a store takes for a field, in every locale."""

    store: str
    field: str
    characters: int
    source: str
    date: str


FIELD_LIMITS = (
    FieldLimit(
        "chrome",
        "name",
        75,
        "https://developer.chrome.com/docs/extensions/reference/manifest/name",
        "2026-11",
    ),
    FieldLimit(
        "edge",
        "name",
        45,
        "https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/manifest.json/name",
        "2024-02",
    ),
    # The server's own limit is 50 (mozilla/addons#15268); its linter refuses a name before that.
    FieldLimit(
        "firefox",
        "name",
        45,
        "https://github.com/mozilla/addons-linter/pull/1169",
        "2026-09",
    ),
    FieldLimit(
        "chrome",
        "description",
        MAX_DESCRIPTION,
        "https://developer.chrome.com/docs/extensions/reference/manifest/description",
        "2026-11",
    ),
    FieldLimit(
        "edge",
        "description",
        MAX_DESCRIPTION,
        "https://developer.chrome.com/docs/extensions/reference/manifest/description",
        "2026-11",
    ),
)


def limit(store: str, field: str) -> int | None:
    """The most characters for a field; None where the store is not known to limit it."""
    for entry in FIELD_LIMITS:
        if (entry.store, entry.field) == (store, field):
            return entry.characters
    return None


@dataclass(frozen=True)
class Trademark:
    """A word that a store's rules keep out of names, but for "... for WORD"."""

    stores: tuple[str, ...]
    word: str
    source: str


_MOZILLA = "https://www.mozilla.org/foundation/trademarks/distribution-policy/"
_GOOGLE = "https://developer.chrome.com/docs/webstore/branding"
TRADEMARKS = (
    Trademark(("firefox",), "Mozilla", _MOZILLA),
    Trademark(("firefox",), "Firefox", _MOZILLA),
    Trademark(("chrome",), "Google", _GOOGLE),
    Trademark(("chrome",), "Chrome", _GOOGLE),
    Trademark(("chrome",), "Chromium", _GOOGLE),
)
_FOR = r"(?:for|für|pour|para|per|voor|för|dla|для|til)"


def trademarks_in(name: str, store: str) -> list[Trademark]:
    """The trademarks that a name uses as its own; "Lens for Firefox" is allowed."""
    return [
        mark
        for mark in TRADEMARKS
        if store in mark.stores
        and re.search(rf"\b{mark.word}\b", name, re.IGNORECASE)
        and not re.search(rf"\b{_FOR}\s+(?:\w+\s+)?{mark.word}\b", name, re.IGNORECASE)
    ]
