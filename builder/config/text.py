"""Texts that people see."""

from __future__ import annotations

import unicodedata

_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def hidden_character(text: str) -> str | None:
    """A character that nobody sees and that changes how a text reads: a control character, or one
    that turns the direction of writing. Named as in Unicode.
    """
    for character in text.replace("\t", "").replace("\n", ""):
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTIONS:
            name = unicodedata.name(character, "control character")
            return f"U+{ord(character):04X} {name.lower()}"
    return None
