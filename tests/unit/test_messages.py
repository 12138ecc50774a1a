"""The interface's words: whole in every language, and nowhere but in _locales."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from builder.config.extension import load_config
from builder.packaging.manifest import REPLACEABLE_WORDS, WORDS, locale_messages
from builder.paths import extension_folder

SOURCE = extension_folder()
LOCALES = {
    folder.name: folder / "messages.json" for folder in sorted((SOURCE / "_locales").iterdir())
}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
NAMES = {"CSV", "JSON"}
"""What is called the same in every language."""


def messages(locale: str) -> dict[str, str]:
    return {
        key: entry["message"]
        for key, entry in json.loads(LOCALES[locale].read_text(encoding="utf-8")).items()
    }


def sources() -> dict[Path, str]:
    return {
        path: path.read_text(encoding="utf-8")
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in (".js", ".html", ".jinja")
    }


def alternatives(module: str, type_name: str) -> list[str]:
    """The strings of a closed list, from its JSDoc."""
    found = re.search(
        rf"@typedef \{{([^{{}}]+)\}}[\s*]+{type_name}\b",
        (SOURCE / module).read_text(encoding="utf-8"),
    )
    assert found is not None
    return re.findall(r"'(\w+)'", found[1])


def test_every_word_that_is_asked_for_is_there() -> None:
    asked = {
        f"failure_{code}"
        for kind in ("FailureCode", "DownloadCode")
        for code in alternatives("shared/failures.js", kind)
    }
    asked |= {f"note_{note}" for note in alternatives("shared/messages.js", "Note")} | set(
        REPLACEABLE_WORDS
    )
    for text in sources().values():
        asked |= set(re.findall(r"""(?:\bt|getMessage)\('(\w+)'""", text)) | set(
            re.findall(r"""data-i18n(?:-[a-z]+)?="(\w+)\"""", text)
        )
    assert asked - set(messages("en")) - set(WORDS) == set()  # WORDS come from extension.toml


def test_every_word_that_is_there_is_used() -> None:
    text = "".join(sources().values())
    # Some are keys of a table.
    quoted = {
        *REPLACEABLE_WORDS,
        *re.findall(r"""['"](\w+)['"]""", text),
        *re.findall(r"(\w+):", text),
    }
    beginnings = ("note_", *re.findall(r"\bt\(`(\w+_)\$\{", text))
    assert [
        key for key in messages("en") if key not in quoted and not key.startswith(beginnings)
    ] == []


def test_the_interface_speaks_five_languages_with_english_and_one_from_right_to_left() -> None:
    assert "en" in LOCALES
    assert len(LOCALES) >= 5
    assert RIGHT_TO_LEFT & set(LOCALES)


def entries(locale: str) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(LOCALES[locale].read_text(encoding="utf-8"))
    return read


def named(message: str) -> list[str]:
    return sorted(name.lower() for name in re.findall(r"\$(\w+)\$", message))


def test_every_message_is_described_to_translators() -> None:
    lacking = [key for key, entry in entries("en").items() if len(entry.get("description", "")) < 5]
    assert lacking == []


def test_every_placeholder_has_an_example() -> None:
    for key, entry in entries("en").items():
        for name, place in entry.get("placeholders", {}).items():
            assert place.get("example"), f"{key}: {name}"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_has_just_the_messages_and_placeholders_of_english(locale: str) -> None:
    english, own = entries("en"), entries(locale)
    assert set(own) == set(english)
    for key, entry in own.items():
        message, placeholders = entry["message"], entry.get("placeholders", {})
        assert message.strip() == message != "", key
        assert named(message) == sorted(placeholders), key
        assert re.findall(r"\$\d", message) == [], f"{key}: a placeholder without a name"
        assert {name: place["content"] for name, place in placeholders.items()} == {
            name: place["content"] for name, place in english[key].get("placeholders", {}).items()
        }, key


@pytest.mark.parametrize("locale", LOCALES)
def test_no_space_is_in_front_of_an_ellipsis(locale: str) -> None:
    assert [key for key, message in messages(locale).items() if re.search(r"\s…", message)] == []


def test_what_is_for_translators_alone_does_not_ship(repository: Path) -> None:
    shipped = locale_messages(load_config(repository / "extension.toml"), SOURCE)
    assert shipped["en"]["latency"] == {
        "message": "$TIME$ ms, computed on your device",
        "placeholders": {"time": {"content": "$1"}},
    }
    for locale, own in shipped.items():
        for key, entry in own.items():
            assert set(entry) <= {"message", "placeholders"}, f"{locale}: {key}"


def test_an_author_need_not_repeat_the_placeholders(project: Path) -> None:
    own = project.parent / "overrides/_locales/de/messages.json"
    own.parent.mkdir(parents=True)
    own.write_text(
        json.dumps({"latency": {"message": "$TIME$ ms"}, "threads_of": {"message": "$1/$2"}}),
        encoding="utf-8",
    )
    project.write_text(
        project.read_text().replace("[model]", 'overrides = "overrides"\n\n[model]', 1)
    )
    shipped = locale_messages(load_config(project), SOURCE)["de"]
    assert shipped["latency"] == {
        "message": "$TIME$ ms",
        "placeholders": {"time": {"content": "$1"}},
    }
    assert shipped["threads_of"]["message"] == "$1/$2"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_says_its_own_language_and_direction(locale: str) -> None:
    own = messages(locale)
    assert own["ui_language"] == locale.replace("_", "-")
    assert own["ui_direction"] == ("rtl" if locale in RIGHT_TO_LEFT else "ltr")


@pytest.mark.parametrize("locale", sorted(set(LOCALES) - {"en"}))
def test_sentences_are_translated(locale: str) -> None:
    english, own = messages("en"), messages(locale)
    left = [
        key for key, message in own.items() if len(message.split()) > 3 and message == english[key]
    ]
    assert left == []


@pytest.mark.parametrize(
    "page",
    [*sorted((SOURCE / "ui").rglob("*.html")), SOURCE / "site" / "index.html.jinja"],
    ids=lambda page: page.name,
)
def test_no_text_stands_in_a_page(page: Path) -> None:
    found: list[str] = []

    class Texts(HTMLParser):
        def handle_data(self, data: str) -> None:
            if re.search(r"\w", data):
                found.append(data.strip())

        def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found.extend(
                value
                for name, value in attributes
                if name in ("alt", "aria-label", "placeholder", "title", "value", "label")
                and value
                and re.search(r"[A-Z]|\s", value)
            )

    holes = re.compile(r"\{[{%].*?[%}]\}")  # of a template
    Texts().feed(holes.sub("", page.read_text(encoding="utf-8")))
    assert set(found) <= NAMES


@pytest.mark.parametrize(
    "module",
    [*sorted((SOURCE / "ui").rglob("*.js")), *sorted((SOURCE / "site").glob("*.js"))],
    ids=lambda module: module.name,
)
def test_no_text_stands_in_a_module(module: Path) -> None:
    """What a module shows it writes with these; each may take a word, a value or a symbol, but no
    letters in quotes.
    """
    shown = re.compile(
        r"""(?:\b(?:textContent|innerText|title|placeholder|alt|ariaLabel)\s*(?:[:=]|\?\?=|\|\|=)|"""
        r"""setAttribute\('(?:aria-label|title|placeholder|alt)',|createTextNode\()\s*['"`]([^'"`]*)['"`]"""
    )
    texts = [
        re.sub(r"\$\{[^}]*\}", "", text)
        for text in shown.findall(module.read_text(encoding="utf-8"))
    ]
    assert [text for text in texts if re.search(r"[^\W\d_]", text) and text not in NAMES] == []
    assert "innerHTML" not in module.read_text(encoding="utf-8")
