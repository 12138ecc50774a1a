"""LM8: the words of the interface."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from builder.config.text import hidden_character
from builder.packaging.references.graph import MANIFEST, line_of
from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule

_SEEN_IN_MANIFEST = (
    "name",
    "short_name",
    "description",
    "author",
    "version_name",
    "action.default_title",
    "sidebar_action.default_title",
    "omnibox.keyword",
)
_SOURCE = "https://developer.chrome.com/docs/extensions/reference/api/i18n"
_REFERENCE = re.compile(r"__MSG_([A-Za-z0-9_@]+)__")
_KEY = re.compile(r"[A-Za-z0-9_@]+")
_HOLE = re.compile(r"(?<!\$)\$([A-Za-z0-9_@]+)\$")
_IN_PAGE = re.compile(r"""data-(?:word|i18n)(?:-[a-z]+)?=["']([\w@]+)["']""")
# https://developer.chrome.com/docs/extensions/reference/api/i18n#locales
_STORE_LOCALES = {
    "ar",
    "am",
    "bg",
    "bn",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "en_AU",
    "en_GB",
    "en_US",
    "es",
    "es_419",
    "et",
    "fa",
    "fi",
    "fil",
    "fr",
    "gu",
    "he",
    "hi",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "kn",
    "ko",
    "lt",
    "lv",
    "ml",
    "mr",
    "ms",
    "nl",
    "no",
    "pl",
    "pt_BR",
    "pt_PT",
    "ro",
    "ru",
    "sk",
    "sl",
    "sr",
    "sv",
    "sw",
    "ta",
    "te",
    "th",
    "tr",
    "uk",
    "vi",
    "zh_CN",
    "zh_TW",
}


@rule(
    "LM801",
    "A message is missing in the default locale",
    source=_SOURCE,
    fix="add the message to messages.json of the default locale",
    why=(
        "The browser refuses the extension if the manifest uses the message, and"
        " shows nothing if a page does."
    ),
)
def missing_words(extension: Extension) -> Iterator[Hit]:
    locale = extension.manifest.get("default_locale")
    folders = extension.messages
    if not isinstance(locale, str):
        if folders:
            yield Hit(MANIFEST, 1, "_locales exists, but default_locale is missing")
        if found := _REFERENCE.search(getattr(extension, "manifest_text", "")):
            yield Hit(
                MANIFEST, extension.manifest_line(found[0]), f"{found[0]} needs default_locale"
            )
        return
    known = {word.lower() for word in folders.get(locale) or {}} | {
        "@@extension_id",
        "@@ui_locale",
        "@@bidi_dir",
        "@@bidi_reversed_dir",
        "@@bidi_start_edge",
        "@@bidi_end_edge",
    }
    for name in [MANIFEST, *sorted(file for file in extension.tree.names if file.endswith(".css"))]:
        text = extension.text(name)
        for match in _REFERENCE.finditer(text):
            if match[1].lower() not in known:
                yield Hit(
                    name,
                    text.count("\n", 0, match.start()) + 1,
                    f"'{match[1]}' is not a message of '{locale}'",
                )
    for name in extension.pages:
        text = extension.text(name)
        for match in _IN_PAGE.finditer(text):
            if match[1].lower() not in known:
                yield Hit(
                    name,
                    text.count("\n", 0, match.start()) + 1,
                    f"'{match[1]}' is not a message of '{locale}'",
                )
    for name in extension.own_scripts:
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            called = (
                index > 1
                and stream[index - 1].text == "("
                and stream[index - 2].text == "getMessage"
            )
            if called and token.kind == "string" and token.text.lower() not in known:
                yield Hit(
                    name,
                    lines.at(token.offset)[0],
                    (f"'{token.text}' is not a message of '{locale}'"),
                )


@rule(
    "LM802",
    "A locale lacks messages",
    severity="warning",
    source=_SOURCE,
    fixable=True,
    fix="translate them; until then, users see the default locale's",
    why="Reviewers and users of that language see a half-translated interface.",
)
def incomplete(extension: Extension) -> Iterator[Hit]:
    default = extension.messages.get(str(extension.manifest.get("default_locale")))
    for locale, messages in extension.messages.items():
        if default and messages is not None and (lacking := sorted(set(default) - set(messages))):
            more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
            yield Hit(
                f"_locales/{locale}/messages.json", 1, f"lacks {', '.join(lacking[:3])}{more}"
            )


@rule(
    "LM803",
    "Browsers cannot read a messages file",
    source=_SOURCE,
    fix='write {"key": {"message": "..."}} with every $name$ under placeholders',
    why="The browser refuses to load the extension.",
)
def unreadable(extension: Extension) -> Iterator[Hit]:
    for locale, messages in extension.messages.items():
        file = f"_locales/{locale}/messages.json"
        if messages is None:
            yield Hit(file, 1, "is not a JSON object")
            continue
        text = extension.text(file)
        for key, entry in messages.items():
            if not _KEY.fullmatch(key):
                yield Hit(
                    file,
                    line_of(text, key),
                    (f"'{key}' is not a valid key: use letters, digits, _ and @ only"),
                )
            if not isinstance(entry, dict) or not isinstance(entry.get("message"), str):
                yield Hit(file, line_of(text, key), f"'{key}' has no message")
                continue
            holes = {name.lower() for name in entry.get("placeholders", {})}
            for hole in _HOLE.findall(entry["message"]):
                if hole.lower() not in holes:
                    yield Hit(
                        file,
                        line_of(text, key),
                        f"'{key}' uses ${hole}$, but has no placeholder of that name",
                    )


@rule(
    "LM806",
    "The default locale has no messages",
    source=_SOURCE,
    fix="add _locales/LOCALE/messages.json, or remove default_locale",
    why="The browser refuses to load the extension.",
)
def no_default_messages(extension: Extension) -> Iterator[Hit]:
    locale = extension.manifest.get("default_locale")
    if locale is not None and str(locale) not in extension.messages:
        line = extension.manifest_line("default_locale")
        yield Hit(MANIFEST, line, f"_locales/{locale}/messages.json does not exist")


@rule(
    "LM804",
    "The store does not know the locale",
    severity="warning",
    source=f"{_SOURCE}#locales",
    stores=("chrome", "edge"),
    fix="use one of the store's locale codes",
    why="The Chrome Web Store ignores other locales.",
)
def unknown_locales(extension: Extension) -> Iterator[Hit]:
    for locale in extension.messages:
        if locale not in _STORE_LOCALES:
            yield Hit(
                f"_locales/{locale}/messages.json",
                0,
                f"'{locale}' is not one of the store's locales",
            )


@rule(
    "LM805",
    "A hidden character in a text that people see",
    source="https://www.unicode.org/reports/tr36/",
    fix="remove the character; it is often pasted along with a text",
    why=(
        "Control characters and those that turn the direction of writing let a name read as another"
        " one: stores take it for deception."
    ),
)
def hidden_characters(extension: Extension) -> Iterator[Hit]:
    for file, line, what, text in _texts(extension):
        if found := hidden_character(text):
            yield Hit(file, line, f"{what} holds {found}")


def _texts(extension: Extension) -> Iterator[tuple[str, int, str, str]]:
    """Every text of a package that people see: file, line, what it is, and the text."""
    for field in _SEEN_IN_MANIFEST:
        value: Any = extension.manifest
        for key in field.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str):
            yield MANIFEST, extension.manifest_line(field.split(".")[-1]), field, value
    for name, command in _table(extension.manifest.get("commands")).items():
        if isinstance(text := _table(command).get("description"), str):
            line = extension.manifest_line("description")
            yield MANIFEST, line, f"the description of the command '{name}'", text
    for locale, messages in extension.messages.items():
        file = f"_locales/{locale}/messages.json"
        for key, entry in (messages or {}).items():
            if isinstance(text := _table(entry).get("message"), str):
                yield file, line_of(extension.text(file), key), f"'{key}'", text
    for file, model in extension.models.items():
        if isinstance(text := model.get("name"), str):
            yield file, line_of(extension.text(file), "name"), "name", text
        labels = model.get("labels")
        for label in labels if isinstance(labels, list) else ():
            texts = [*_table(_table(label).get("name")).values(), _table(label).get("sample")]
            for text in texts:
                if isinstance(text, str):
                    line = line_of(extension.text(file), text)
                    yield file, line, f"the label '{_table(label).get('id')}'", text


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
