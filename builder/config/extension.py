"""extension.toml as frozen values; every complaint names file, line and key."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from builder.config.reader import ConfigReader, read_toml
from builder.config.remote import RemoteModel, read_remote
from builder.config.text import hidden_character
from builder.errors import BuilderError

CONFIG = "extension.toml"
BROWSERS = ("chrome", "firefox")
DEFAULT_MINIMUM_VERSIONS = {
    # sidePanel.open, runtime.getContexts, reading a response into a buffer of one's own
    "chrome": "116",
    "firefox": "140.0",  # the declaration of data collection
}
MAX_DESCRIPTION = 132
"""Characters that the Chrome Web Store allows for a description."""
MAX_THREADS = 16
MAX_MINUTES = 24 * 60

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){0,3}")
_GECKO_ID = re.compile(
    r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}|[A-Za-z0-9._-]*@[A-Za-z0-9._-]+"
)
_BROWSER_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,3}")
DEFAULT_SHORTCUT = "Alt+Shift+L"
log = logging.getLogger(__name__)

_SHORTCUT = re.compile(
    r"|(Ctrl|Alt)(\+Shift)?\+([A-Z0-9]|Comma|Period|Home|End|PageUp|PageDown|Space|Insert|Delete|Up|Down|Left|Right)",
)
LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|[0-9]{3}))?")
"""Like 'en', 'pt_BR', 'es_419', 'fil' and 'zh_Hant': the folders of _locales that browsers know."""


def locale_name(tag: str) -> str:
    """Spell a language tag as folders of _locales do: 'pt-br' is 'pt_BR'.

    What is no language tag stays as it is.
    """
    language, *rest = re.split("[-_]", tag.strip())
    cased = [part.title() if len(part) == 4 else part.upper() for part in rest]
    name = "_".join([language.lower(), *cased])
    return name if LOCALE.fullmatch(name) else tag


@dataclass(frozen=True, kw_only=True)
class ExtensionConfig:
    """What an author decides about an extension; words are dictionaries by locale."""

    file: Path
    slug: str
    version: str
    name: dict[str, str]
    description: dict[str, str]
    menu_title: dict[str, str]
    asset: Path
    remote: RemoteModel | None = None
    """Where the model comes from; None where the package holds it."""
    page_menu_title: dict[str, str] | None = None
    shortcut: str = DEFAULT_SHORTCUT
    """The key that a fresh installation suggests for the selected text; empty for none."""
    homepage: str | None = None
    default_locale: str = "en"
    gecko_id: str | None = None
    icons: Path | None = None
    overrides: Path | None = None
    """A folder whose files take the place of the extension's, or are added to them, by their paths
    in the bundle.
    """
    trim: bool = True
    """Whether the runtime is trimmed to the functions that classifiers call, when it starts."""
    threads: Literal["auto"] | int = "auto"
    """Threads of the engine until the user decides otherwise; 'auto' leaves it to the model's
    size, and to a measurement on the user's device.
    """
    release_after_minutes: float = 5.0
    """Idle time after which the engine's memory is given back; 0 keeps it."""
    minimum_versions: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_MINIMUM_VERSIONS))


def load_config(path: Path) -> ExtensionConfig:
    """Read extension.toml strictly; paths in it are relative to its folder.

    :raises BuilderError: for a missing or unknown key, a wrong type or a value that no browser
        would take.
    """
    if path.is_dir():
        raise BuilderError(
            f"{path}: is a folder", hint=f"name the file: {path / CONFIG}", place=str(path)
        )
    if not path.exists():
        raise BuilderError(
            f"{path}: no such file",
            hint="begin a project with 'builder init DIR', or go to its folder",
            place=str(path),
        )
    log.debug("reading %s", path)
    root = read_toml(path)
    extension = root.table("extension")
    slug = _matching(
        extension, "slug", SLUG, "lower-case words joined by hyphens, like 'emotion-lens'"
    )
    version = _matching(
        extension,
        "version",
        _VERSION,
        "one to four numbers up to 9999 joined by dots, like '1.2.0'",
    )
    if not any(map(int, version.split("."))):
        raise extension.error(
            "version", f"'{version}' is zero", hint="begin with a number like '0.1.0'"
        )
    default_locale = _matching(
        extension,
        "default_locale",
        LOCALE,
        _locale_form(extension.optional("default_locale", str, "en")),
        default="en",
    )
    words = {
        key: extension.localized(key, default_locale=default_locale)
        for key in ("name", "description", "menu_title")
    }
    if extension.optional("page_menu_title", object) is not None:
        words["page_menu_title"] = extension.localized(
            "page_menu_title", default_locale=default_locale
        )
    for key, strings in words.items():
        for locale, string in strings.items():
            if not string.strip():
                raise extension.error(key, f"empty for '{locale}'")
            if not LOCALE.fullmatch(locale):
                raise extension.error(
                    key, f"'{locale}' is not a locale", hint=f"write {_locale_form(locale)}"
                )
            if found := hidden_character(string):
                raise extension.error(
                    key, f"holds {found} for '{locale}'", hint="remove the character"
                )
            if key == "description" and len(string) > MAX_DESCRIPTION:
                raise extension.error(
                    key,
                    f"{len(string)} characters for '{locale}'",
                    hint=f"the Chrome Web Store takes at most {MAX_DESCRIPTION}",
                )
    homepage = extension.optional("homepage", str, "") or None
    if homepage and not homepage.startswith("https://"):
        raise extension.error(
            "homepage", f"'{homepage}' is not an address", hint="write it with https://"
        )
    gecko_id = _optional(
        extension,
        "gecko_id",
        _GECKO_ID,
        "an address-like id ('name@example.org') or a GUID in braces",
    )
    shortcut = _matching(
        extension,
        "shortcut",
        _SHORTCUT,
        "Ctrl or Alt, perhaps Shift, and one key, like 'Alt+Shift+L'",
        default=DEFAULT_SHORTCUT,
    )
    icons = extension.optional("icons", str)
    overrides = extension.optional("overrides", str)
    extension.finish()
    model = root.table("model")
    asset = model.require("asset", str)
    remote = read_remote(model)
    model.finish()
    threads, release_after_minutes, trim = _runtime(root.table("runtime", optional=True))
    browsers = root.table("browsers", optional=True)
    minimum_versions = {}
    for browser, default in DEFAULT_MINIMUM_VERSIONS.items():
        table = browsers.table(browser, optional=True)
        minimum_versions[browser] = _matching(
            table, "minimum_version", _BROWSER_VERSION, "a version like '116'", default=default
        )
        if int(minimum_versions[browser].split(".")[0]) < int(default.split(".")[0]):
            raise table.error(
                "minimum_version",
                f"{minimum_versions[browser]} is too old",
                hint=f"the extension needs {default} or later",
            )
        table.finish()
    browsers.finish()
    root.finish()
    folder = path.parent
    return ExtensionConfig(
        file=path,
        slug=slug,
        version=version,
        asset=folder / asset,
        remote=remote,
        homepage=homepage,
        default_locale=default_locale,
        gecko_id=gecko_id,
        icons=folder / icons if icons else None,
        overrides=folder / overrides if overrides else None,
        minimum_versions=minimum_versions,
        shortcut=shortcut,
        threads=threads,
        release_after_minutes=release_after_minutes,
        trim=trim,
        **words,
    )


def _locale_form(tag: str) -> str:
    near = locale_name(tag)
    return f"'{near}'" if LOCALE.fullmatch(near) else "a locale like 'en', 'pt_BR' or 'es_419'"


def _runtime(table: ConfigReader) -> tuple[Literal["auto"] | int, float, bool]:
    threads: Literal["auto"] | int = "auto"
    if table.optional("threads", object) not in (None, "auto"):
        threads = number = table.require("threads", int)
        if not 1 <= number <= MAX_THREADS:
            raise table.error(
                "threads", f"{number} is outside 1..{MAX_THREADS}", hint='or write "auto"'
            )
    minutes = table.optional("release_after_minutes", float, ExtensionConfig.release_after_minutes)
    if not 0 <= minutes <= MAX_MINUTES:
        raise table.error(
            "release_after_minutes",
            f"{minutes:g} is outside 0..{MAX_MINUTES}",
            hint="0 keeps the engine in memory",
        )
    trim = table.optional("trim", bool, ExtensionConfig.trim)
    table.finish()
    return threads, minutes, trim


def _optional(table: ConfigReader, key: str, pattern: re.Pattern[str], form: str) -> str | None:
    if table.optional(key, str) is None:
        return None
    return _matching(table, key, pattern, form)


def _matching(
    table: ConfigReader,
    key: str,
    pattern: re.Pattern[str],
    form: str,
    *,
    default: str | None = None,
) -> str:
    value = table.require(key, str) if default is None else table.optional(key, str, default)
    if not pattern.fullmatch(value):
        raise table.error(key, f"'{value}' does not fit", hint=f"write {form}")
    return value
