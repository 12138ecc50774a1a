"""The only errors that reach a person as a sentence; anything else is our bug and keeps its
traceback.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

MOST_CHARS = 1500
"""Of a message: it may quote a file."""

CODES = {
    "bad-input": "A file, a value or an argument is invalid.",
    "bad-usage": "The command line is wrong: an unknown command or option, or a missing argument.",
    "check-failed": "The input is valid, but a check failed.",
    "missing-package": (
        "An optional Python package is not installed. The hint names the command that installs it."
    ),
    "missing-tool": "A program is missing: a browser, its driver, or a display.",
    "store-unreachable": "A store's server gave no usable answer. It is safe to try again later.",
    "would-overwrite": "A file or folder of that name exists. It was not changed.",
}
"""Every code that ``problems[].code`` of the JSON envelope can hold, apart from the rules of
``builder lint``; they are stable.
"""


@dataclass(frozen=True)
class Problem:
    """A problem as machines read it: an entry of ``problems`` in the JSON envelope."""

    code: str
    message: str
    hint: str = ""
    place: str = ""


class BuilderError(Exception):
    """Bad input or a missing tool: something the user can act on.

    :param message: names the file and the place, and says what is wrong.
    :param hint: what to do about it, or empty.
    :param place: the file, with line and key where there are any, for machines that read
        ``--json``.
    :param code: one of ``CODES``; a subclass has its own.
    """

    exit_code = 2
    code = "bad-input"

    def __init__(self, message: str, *, hint: str = "", place: str = "", code: str = "") -> None:
        super().__init__(_shown(message))
        self.hint = _shown(hint)
        self.place = place
        if code:
            self.code = code

    @property
    def problem(self) -> Problem:
        return Problem(self.code, str(self), self.hint, self.place)


def _shown(text: str) -> str:
    """Shorten the text, and escape what would control a terminal or reverse the text."""
    if len(text) > MOST_CHARS:
        kept = MOST_CHARS // 2  # the end says what is wrong
        text = f"{text[:kept]} … {text[-kept:]}"
    return "".join(f"\\u{ord(one):04x}" if _is_unsafe(one) else one for one in text)


def _is_unsafe(character: str) -> bool:
    if character in "\n\t":
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or (
        character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


class CheckFailed(BuilderError):
    """The input was fine, and the thing that was checked fell short."""

    exit_code = 1
    code = "check-failed"


def missing_extra(package: str, extra: str) -> BuilderError:
    """The error for an optional dependency that is not installed."""
    return BuilderError(
        f"This command needs the Python package {package}, which is not installed",
        code="missing-package",
        hint=f"pip install 'lensmith[{extra}]' (in a checkout: pip install -e '.[{extra}]')",
    )
