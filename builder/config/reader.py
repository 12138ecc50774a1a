"""Strict reading of TOML and JSON: every complaint carries its address, and no key goes unread."""

from __future__ import annotations

import codecs
import difflib
import json
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, cast, overload

from builder.errors import BuilderError

T = TypeVar("T")

_EXCEL = "; in Excel, that is the file type 'CSV UTF-8'"

_TYPE_NAMES = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


LONGEST_VALUE = 100
"""Characters of a wrong value that a message shows."""


class ConfigReader:
    """A parsed mapping with its file and its path in that.

    Callers read the keys they know and then call ``finish``, which refuses the rest.
    """

    def __init__(
        self, values: dict[str, Any], *, file: Path, path: str = "", text: str = ""
    ) -> None:
        self.values = values
        self.file = file
        self.path = path
        self._text = text
        self._known: set[str] = set()

    def require(self, key: str, kind: type[T]) -> T:
        """The value of ``key``, which must be of ``kind`` (a ``bool`` is no ``int`` here).

        :raises BuilderError: if the key is absent or of another type.
        """
        self._known.add(key)
        if key not in self.values:
            near = difflib.get_close_matches(key, self.values, n=1)
            raise self.error(
                key, "missing", hint=f"rename '{near[0]}'?" if near else f"add '{key}'"
            )
        value = self.values[key]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(
                key,
                f"expected {_TYPE_NAMES[kind]}, found {_shortened(json.dumps(value, default=str))}",
                hint=f"write {_TYPE_NAMES[kind]} there",
            )
        return value

    @overload
    def optional(self, key: str, kind: type[T]) -> T | None: ...

    @overload
    def optional(self, key: str, kind: type[T], default: T) -> T: ...

    def optional(self, key: str, kind: type[T], default: T | None = None) -> T | None:
        """Like ``require``, with ``default`` where the key is absent."""
        self._known.add(key)
        return self.require(key, kind) if key in self.values else default

    def strings(self, key: str, *, default: list[str] | None = None) -> list[str]:
        """A list of strings."""
        values = self.require(key, list) if default is None else self.optional(key, list, default)
        for index, value in enumerate(values):
            if not isinstance(value, str):
                raise self.error(key, f"item {index + 1} is not a string")
        return cast("list[str]", values)

    def localized(self, key: str, *, default_locale: str = "en") -> dict[str, str]:
        """A string, or a table of strings by locale, as a dictionary by locale that holds
        ``default_locale``.
        """
        self._known.add(key)
        value = self.values.get(key)
        if isinstance(value, dict):
            table = self.table(key)
            strings = {locale: table.require(locale, str) for locale in table.values}
            if default_locale not in strings:
                raise table.error(
                    default_locale, "missing", hint=f"every table of words needs '{default_locale}'"
                )
            return strings
        return {default_locale: self.require(key, str)}

    def table(self, key: str, *, optional: bool = False) -> ConfigReader:
        """The sub-table ``key``; an empty one if it is absent and ``optional``."""
        values = self.optional(key, dict, {}) if optional else self.require(key, dict)
        return ConfigReader(values, file=self.file, path=self._join(key), text=self._text)

    def tables(self, key: str) -> list[ConfigReader]:
        """A list of sub-tables."""
        found = []
        for index, value in enumerate(self.require(key, list)):
            place = f"{self._join(key)}[{index}]"
            if not isinstance(value, dict):
                raise self.error(key, f"item {index} is not a table")
            found.append(ConfigReader(value, file=self.file, path=place, text=self._text))
        return found

    def finish(self) -> None:
        """Refuse the keys that nobody read.

        :raises BuilderError: naming the first of them and the nearest known key.
        """
        for key in self.values:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                known = ", ".join(sorted(self._known))
                raise self.error(
                    key,
                    "unknown key",
                    hint=f"did you mean '{near[0]}'?" if near else f"known here: {known}",
                )

    def error(self, key: str, problem: str, *, hint: str = "") -> BuilderError:
        """An error with the address of ``key``: the file, the line if it is known, and the path."""
        line = self._line_of(key)
        place = f"{self.file}:{line}" if line else str(self.file)
        return BuilderError(f"{place}: {self._join(key)}: {problem}", hint=hint, place=place)

    def _join(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _line_of(self, key: str) -> int | None:
        """The line of a key in TOML written the usual way (one key a line under its header); else
        of the header.
        """
        section, header_line = "", None
        for number, line in enumerate(self._text.split("\n"), start=1):
            if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
                section = header[1].replace('"', "").replace("'", "")
                if section in (self.path, self._join(key)):
                    header_line = number
            if section == self.path and re.match(
                rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line
            ):
                return number
        return header_line


def read_toml(path: Path) -> ConfigReader:
    """Parse a TOML file.

    :raises BuilderError: if it cannot be read or is no TOML, with the line.
    """
    text = read_text(path)
    try:
        return ConfigReader(tomllib.loads(text), file=path, text=text)
    except tomllib.TOMLDecodeError as error:
        raise BuilderError(
            f"{path}: not valid TOML: {error}",
            hint="fix the syntax at the place named",
            place=str(path),
        ) from None
    except (RecursionError, ValueError) as error:
        raise _beyond_limits(error, path) from None


def read_json(path: Path) -> ConfigReader:
    """Parse a JSON file that holds one object.

    :raises BuilderError: if it cannot be read or is no JSON object.
    """
    values = parse_json(read_text(path), path)
    if not isinstance(values, dict):
        raise BuilderError(
            f"{path}: expected one JSON object",
            hint='begin it with { and end it with }, as in {"key": "value"}',
            place=str(path),
        )
    return ConfigReader(values, file=path)


def parse_json(text: str, path: Path) -> Any:
    """Parse JSON text.

    :param path: the file that the text is from, for messages.
    :raises BuilderError: if it is no JSON, nests too deeply, or holds a number that is too long or
        half of a surrogate pair.
    """
    try:
        values = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}"
        raise BuilderError(
            f"{place}: not valid JSON: {error.msg}",
            hint="fix the syntax at the place named",
            place=place,
        ) from None
    except _ConstantError as error:
        raise BuilderError(
            f"{path}: not valid JSON: {error}", hint="write a finite number", place=str(path)
        ) from None
    except (RecursionError, ValueError) as error:
        raise _beyond_limits(error, path) from None
    if half := _lone_surrogate(values):
        escape = f"\\u{ord(half):04x}"
        line = text.lower().count("\n", 0, max(text.lower().find(escape), 0)) + 1
        place = f"{path}:{line}"
        raise BuilderError(
            f"{place}: {escape} is half of a surrogate pair, which is no character",
            hint="write the character itself, or both halves of the pair",
            place=place,
        )
    return values


class _ConstantError(ValueError):
    """NaN or Infinity, which Python reads and browsers do not."""


def _refuse_constant(name: str) -> None:
    raise _ConstantError(name)


def _lone_surrogate(values: Any) -> str | None:
    """A character that no encoding can write, out of all strings of a parsed value."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and (found := re.search("[\ud800-\udfff]", value)):
            return found[0]
    return None


def _beyond_limits(error: Exception, path: Path) -> BuilderError:
    """Python limits how deep a file may nest, and how many digits a number may have."""
    problem = (
        "nests too deeply"
        if isinstance(error, RecursionError)
        else "holds a number of thousands of digits"
    )
    return BuilderError(
        f"{path}: {problem}",
        hint="check that it is the right file; regenerate it if it is damaged",
        place=str(path),
    )


def read_text(path: Path, *, utf16: bool = False) -> str:
    """The text of a UTF-8 file, without its byte order mark; line ends become ``\\n``.

    :param utf16: whether UTF-16 with a byte order mark will do, as spreadsheets write it.
    :raises BuilderError: if it is missing, unreadable or in another encoding.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BuilderError(
            f"{path}: no such file", hint="check the path", place=str(path)
        ) from None
    except OSError as error:
        raise BuilderError(f"{path}: cannot be read: {error.strerror}", place=str(path)) from None
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wide and not utf16:
        raise BuilderError(f"{path}: UTF-16 text", hint="save it as UTF-8", place=str(path))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        place = str(path) if wide else f"{path}:{line}"
        raise BuilderError(
            f"{place}: not {'UTF-16' if wide else 'UTF-8'} text (byte {error.start})",
            hint=f"save it as UTF-8{_EXCEL if utf16 else ''}",
            place=place,
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _shortened(text: str) -> str:
    """A value as it can stand in a message."""
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
