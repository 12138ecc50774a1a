"""Texts that people see."""

from __future__ import annotations

import unicodedata

_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\ufeff\ufff9\ufffa\ufffb\u2061\u2062\u2063\u2064\u180e" + "".join(
    map(chr, range(0x206A, 0x2070))  # format characters that Unicode deprecates
)
_LINE_SEPARATORS = ("Zl", "Zp")
_NO_CHARACTERS = ("Cc", "Cs", "Co")


def hidden_character(text: str) -> str | None:
    """A character that nobody sees and that changes how a text reads: a control character, one that
    turns the direction of writing, or one that no font shows. Named as in Unicode.

    Marks that scripts and emoji need (joiners, U+200E, variation selectors) are none of them.
    """
    for character in text.replace("\t", "").replace("\n", ""):
        if (
            unicodedata.category(character) in (*_LINE_SEPARATORS, *_NO_CHARACTERS)
            or character in _DIRECTIONS
            or character in _INVISIBLE
            or ord(character) & 0xFFFE == 0xFFFE
            or 0xFDD0 <= ord(character) <= 0xFDEF  # both are noncharacters, for ever
        ):
            name = unicodedata.name(character, _kind(character))
            return f"U+{ord(character):04X} {name.lower()}"
    return None


def _kind(character: str) -> str:
    kinds = {"Cc": "control character", "Cs": "half of a pair", "Co": "private character"}
    return kinds.get(unicodedata.category(character), "noncharacter")
