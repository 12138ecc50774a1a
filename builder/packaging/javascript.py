"""JavaScript as a list of tokens: enough to tell what stands in a string, in a comment or in code."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"""|(?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
    r"|(?P<name>[\w$#\u0080-\uffff]+)|(?P<mark>`|=>|\?\.|\.\.\.|.)",
    re.DOTALL,
)
_TEMPLATE_PART = re.compile(r"((?:[^`\\$]|\\.|\$(?!\{))*)(`|\$\{|\Z)", re.DOTALL)
_REGULAR_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
# After these a slash begins a regular expression; after any other name it divides.
_BEFORE_OPERAND = {
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "else",
    "do",
    "instanceof",
    "await",
    "yield",
    "default",
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL
)


class Token(NamedTuple):
    """One token. ``kind``: ``name`` (numbers too), ``string``, ``template`` (one stretch of text),
    ``regex``, ``mark`` or ``comment``.

    ``text`` is the value for strings and templates, else what stands in the source; ``offset`` is
    where it begins. ``whole`` is false for a template's text that continues after a hole.
    """

    kind: str
    text: str
    offset: int
    whole: bool = True


@lru_cache(maxsize=256)
def tokens(source: str) -> tuple[Token, ...]:
    """The tokens of a script or module, comments included. Whatever does not parse is cut into
    marks, never refused.
    """
    found: list[Token] = []
    position, end = 0, len(source)
    before: Token | None = None  # the last token that is no comment
    holes: list[int] = []  # for each open template: how many braces are open in its hole

    def template(start: int, *, whole: bool) -> int:
        """Take a template's text up to its end or next hole."""
        part = _TEMPLATE_PART.match(source, start)
        assert part is not None
        ended = part[2] != "${"
        found.append(Token("template", _value(part[1]), start, whole and ended))
        if ended and not whole:
            holes.pop()
        elif not ended and whole:
            holes.append(0)
        return part.end()

    while position < end:
        match = _TOKEN.match(source, position)
        assert match is not None
        kind, text = str(match.lastgroup), match[0]
        if kind == "space":
            position = match.end()
            continue
        if kind == "comment":
            found.append(Token(kind, text, position))
            position = match.end()
            continue
        if text == "`":
            position = template(position + 1, whole=True)
            before = found[-1]
            continue
        if holes and text == "}" and holes[-1] == 0:
            position = template(position + 1, whole=False)
            before = found[-1]
            continue
        if (
            text == "/"
            and _operand_follows(before)
            and (expression := _REGULAR_EXPRESSION.match(source, position))
        ):
            kind, text = "regex", expression[0]
        if holes and text in "{}" and kind == "mark":
            holes[-1] += 1 if text == "{" else -1
        before = Token(kind, _value(text[1:-1]) if kind == "string" else text, position)
        found.append(before)
        position += len(text)
    return tuple(found)


def code(source: str) -> tuple[Token, ...]:
    """The tokens without the comments."""
    return _code(source)


@lru_cache(maxsize=256)
def _code(source: str) -> tuple[Token, ...]:
    return tuple(token for token in tokens(source) if token.kind != "comment")


class Lines:
    """Where offsets of a text lie, as line and column, both from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def _operand_follows(before: Token | None) -> bool:
    if before is None:
        return True
    if before.kind == "name":
        return before.text in _BEFORE_OPERAND
    return before.kind == "mark" and before.text not in (")", "]", "}")


def _value(raw: str) -> str:
    """What a string literal stands for."""
    if "\\" not in raw:
        return raw

    def replace(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        if not digits:
            return _ESCAPES.get(match[4], match[4])
        number = int(digits, 16)
        return chr(number) if number < 0x110000 else "\ufffd"

    return _ESCAPE.sub(replace, raw)
