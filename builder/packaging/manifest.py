"""manifest.json and the words of _locales, from extension.toml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builder.config.extension import ExtensionConfig
from builder.config.reader import read_json
from builder.errors import BuilderError

TEMPLATE = "manifest.json.jinja"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
    "object-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'"
)
"""Nothing of other hosts, whatever it is. There is no ``frame-ancestors``: it would hold for all
pages, and web pages frame the card and the panel, which ``web_accessible_resources`` limits to.
"""
ICON_SIZES = (16, 32, 48, 128)
WORDS = ("name", "description", "menu_title")
REPLACEABLE_WORDS = ("page_menu_title",)
"""Words of the interface that an author may replace."""

_AS_WRITTEN = "_as_written"
"""Ends the names of Chrome's second copies of words: getMessage() reads ``$$`` as ``$``, but what
the manifest names is shown as it is in _locales. Firefox reads both alike.
"""


def render_manifest(
    config: ExtensionConfig, browser: str, source: Path, *, isolated: bool = False
) -> dict[str, Any]:
    """The manifest for one browser.

    :param isolated: whether its pages are to be isolated from all others, so that they may use
        several threads.
    :raises BuilderError: if Firefox is asked for without a gecko_id.
    """
    if browser == "firefox" and config.gecko_id is None:
        raise BuilderError(
            f"{config.file}: extension.gecko_id: missing, and Firefox needs it",
            place=str(config.file),
            hint=(
                'add gecko_id = "your-extension@your-domain.example", or build with --browser'
                " chrome"
            ),
        )
    folders = [source] if config.overrides is None else [config.overrides, source]
    environment = Environment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - JSON, every value through tojson
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": False}
    text = environment.get_template(TEMPLATE).render(
        browser=browser,
        isolated=isolated,
        version=config.version,
        homepage=config.homepage,
        gecko_id=config.gecko_id,
        minimum_version=config.minimum_versions[browser],
        default_locale=config.default_locale,
        shortcut=config.shortcut,
        icons={str(size): f"icons/icon-{size}.png" for size in ICON_SIZES},
        csp=CONTENT_SECURITY_POLICY,
    )
    # Jinja's tojson escapes for HTML ('), which JSON's parser undoes here.
    for word in _as_written(config) if browser == "chrome" else ():
        text = text.replace(f"__MSG_{word}__", f"__MSG_{word}{_AS_WRITTEN}__")
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def _as_written(config: ExtensionConfig) -> list[str]:
    """The author's words that hold a ``$``, which is special in _locales."""
    return [
        word
        for word in (*WORDS, *REPLACEABLE_WORDS)
        if any("$" in text for text in (getattr(config, word) or {}).values())
    ]


def locale_messages(
    config: ExtensionConfig, source: Path, browser: str = "firefox"
) -> dict[str, dict[str, Any]]:
    """By locale: the interface's words together with the name, description and menu title from
    extension.toml.

    A locale that only one of the two knows is filled up from the default locale.
    """
    interface = {
        folder.name: read_json(folder / "messages.json").values
        for folder in sorted((source / "_locales").iterdir())
    }
    if config.overrides is not None:
        for file in sorted(config.overrides.glob("_locales/*/messages.json")):
            interface[file.parent.name] = (
                interface.get(file.parent.name, {}) | read_json(file).values
            )
    own: dict[str, dict[str, str]] = {
        word: strings
        for word in (*WORDS, *REPLACEABLE_WORDS)
        if (strings := getattr(config, word)) is not None
    }
    locales = sorted(set(interface).union(*own.values()))
    fallback = interface.get(config.default_locale, interface["en"])
    messages: dict[str, dict[str, Any]] = {}
    for locale in locales:
        language = locale.split("_")[0]
        words: dict[str, dict[str, Any]] = {
            word: {
                "message": strings.get(
                    locale, strings.get(language, strings[config.default_locale])
                )
            }
            for word, strings in own.items()
        }
        for word in _as_written(config):
            text = words[word]["message"]
            words[word] = _with_dollars(text, "$$")
            if browser == "chrome":
                words[f"{word}{_AS_WRITTEN}"] = _with_dollars(text, "$")
        merged = {
            **fallback,
            **interface.get(language, {}),
            **interface.get(locale, {}),
            **words,
        }
        messages[locale] = {
            key: _shipped(entry, interface["en"].get(key, {})) for key, entry in merged.items()
        }
    return messages


def _shipped(entry: Any, english: dict[str, Any]) -> Any:
    """A message without the parts for translators alone: its description and examples.

    One that an author wrote without placeholders takes those of the ``english`` message that it
    replaces: browsers want them in every locale.
    """
    if not isinstance(entry, dict):
        return entry
    shipped = {key: value for key, value in entry.items() if key != "description"}
    placeholders = entry.get("placeholders") or (
        english.get("placeholders") if "$" in str(entry.get("message")) else None
    )
    if isinstance(placeholders, dict):
        shipped["placeholders"] = {
            name: {key: value for key, value in place.items() if key != "example"}
            if isinstance(place, dict)
            else place
            for name, place in placeholders.items()
        }
    return shipped


def _with_dollars(text: str, content: str) -> dict[str, Any]:
    """A message whose every ``$`` is a placeholder, as ``$5`` and ``$word$`` would be others."""
    return {
        "message": text.replace("$", "$DOLLAR$"),
        "placeholders": {"dollar": {"content": content}},
    }
