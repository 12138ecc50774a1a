"""Write extension/engine/character-tables.js from Hugging Face's tokenizers, code point by code
point.

The browsers' own Unicode data differs from the reference's and from each other's; ids may not
depend on it. Run: ``python tools/generate_character_tables.py``; ``--check`` only compares.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import tokenizers
from tokenizers.normalizers import NFD, BertNormalizer, Lowercase
from tokenizers.pre_tokenizers import BertPreTokenizer

TARGET = Path(__file__).parent.parent / "extension" / "engine" / "character-tables.js"
CODE_POINTS = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)
LINE = 130


def normalizer(
    *, clean: bool = False, chinese: bool = False, strip: bool = False
) -> Callable[[str], str]:
    return BertNormalizer(
        clean_text=clean, handle_chinese_chars=chinese, strip_accents=strip, lowercase=False
    ).normalize_str


def character_tables() -> dict[str, str]:
    """Table name to its text."""
    clean, chinese, strip = normalizer(clean=True), normalizer(chinese=True), normalizer(strip=True)
    lower, decompose = Lowercase().normalize_str, NFD().normalize_str
    removed, space, ideograph, punctuation = set(), set(), set(), set()
    stripped: dict[int, str] = {}
    lowered: dict[int, str] = {}
    for code in CODE_POINTS:
        char = chr(code)
        if clean(char) == "":
            removed.add(code)
        if chinese(char) != char:
            ideograph.add(code)
        pieces = len(BertPreTokenizer().pre_tokenize_str(f"a{char}b"))
        if pieces == 2:
            space.add(code)
        elif pieces == 3:
            punctuation.add(code)
        if (kept := strip(char)) != char and code not in HANGUL_SYLLABLES:
            stripped[code] = kept
        if (small := lower(char)) != char:
            lowered[code] = small
    classes = {
        code: combining_class(chr(code), decompose)
        for code in CODE_POINTS
        if code not in HANGUL_SYLLABLES
    }
    vanishing = {code for code, kept in stripped.items() if kept == ""}
    return {
        "REMOVED": ranges(removed),
        "SPACE": ranges(space),
        "IDEOGRAPH": ranges(ideograph),
        "PUNCTUATION": ranges(punctuation),
        "VANISHING": ranges(vanishing),
        "VANISHING_STARTERS": ranges(code for code in vanishing if classes[code] == 0),
        "COMBINING": mappings(
            {code: f"{cls:x}" for code, cls in classes.items() if cls and code not in stripped}
        ),
        "STRIPPED": mappings({code: points(kept) for code, kept in stripped.items() if kept}),
        "LOWERED": shifts(lowered),
    }


def combining_class(char: str, decompose: Callable[[str], str]) -> int:
    """The canonical combining class that the reference gives a character, found by watching what it
    is sorted past.
    """
    if decompose(char) != char:
        return 0  # what it decomposes into is sorted, not the character
    smallest, greatest = PROBES[0][1], PROBES[-1][1]
    if (
        decompose(greatest + char) == greatest + char
        and decompose(char + smallest) == char + smallest
    ):
        return 0
    # Marks of one class keep their order, whichever it is.
    return next(
        cls
        for cls, probe in PROBES
        if decompose(char + probe) == char + probe and decompose(probe + char) == probe + char
    )


def probes(decompose: Callable[[str], str]) -> list[tuple[int, str]]:
    """A mark of each combining class, by class; only marks that the reference's Unicode version
    knows too.
    """
    found: dict[int, str] = {}
    for code in CODE_POINTS:
        char = chr(code)
        cls = unicodedata.combining(char)
        if cls and cls not in found and decompose(char) == char:
            known = (
                char == GREATEST_CLASS or decompose(GREATEST_CLASS + char) != GREATEST_CLASS + char
            )
            if known:
                found[cls] = char
    return sorted(found.items())


GREATEST_CLASS = "\N{COMBINING GREEK YPOGEGRAMMENI}"
PROBES = probes(NFD().normalize_str)


def ranges(codes: Iterable[int]) -> str:
    """``9-a 20``: inclusive ranges, hexadecimal."""
    spans: list[list[int]] = []
    for code in sorted(codes):
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return " ".join(
        f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in spans
    )


def points(text: str) -> str:
    return "+".join(f"{ord(char):x}" for char in text)


def mappings(table: dict[int, str]) -> str:
    """``c0:41``: code point to value, hexadecimal; more than one code point joined by ``+``."""
    return " ".join(f"{code:x}:{value}" for code, value in sorted(table.items()))


def shifts(table: dict[int, str]) -> str:
    """Like :func:`mappings`, with ``41-5a:61`` for a run of code points that map to a run."""
    runs: list[tuple[int, int, str]] = []
    for code, text in sorted(table.items()):
        if runs:
            first, last, target = runs[-1]
            if (
                len(text) == len(target) == 1
                and code == last + 1
                and ord(text) - code == ord(target) - first
            ):
                runs[-1] = (first, code, target)
                continue
        runs.append((code, code, text))
    return " ".join(
        f"{first:x}:{points(text)}" if first == last else f"{first:x}-{last:x}:{points(text)}"
        for first, last, text in runs
    )


_COMMENTS = {
    "REMOVED": (
        "Dropped by text cleaning: control characters, format characters, whatever the reference"
        " takes as unassigned."
    ),
    "SPACE": "Separates words.",
    "IDEOGRAPH": "Each becomes a word of its own.",
    "PUNCTUATION": "Each becomes a word of its own, after folding.",
    "VANISHING": "Gone when accents are stripped: non-spacing marks.",
    "VANISHING_STARTERS": "Those of them that canonical reordering does not pass.",
    "COMBINING": "Canonical combining class of the marks that stay when accents are stripped.",
    "STRIPPED": (
        "What is left of a character after decomposition without non-spacing marks. Hangul"
        " syllables follow from arithmetic."
    ),
    "LOWERED": "Lower case; `41-5a:61` maps a run to a run.",
}


def module() -> str:
    lines = [
        (
            "// Generated by tools/generate_character_tables.py from tokenizers"
            f" {tokenizers.__version__}; not to be edited by hand."
        ),
        (
            "// All numbers are hexadecimal code points: `9-a` is a range, `c0:41` maps, `+` joins"
            " several."
        ),
    ]
    for name, text in character_tables().items():
        lines += ["", f"/** {_COMMENTS[name]} */", f"export const {name} = `"]
        row = ""
        for word in text.split(" "):
            if row and len(row) + 1 + len(word) > LINE:
                lines.append(row)
                row = word
            else:
                row = f"{row} {word}" if row else word
        lines += [row, "`"]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = module()
    if parser.parse_args().check:
        if TARGET.read_text(encoding="utf-8") != text:
            sys.exit(
                f"error: {TARGET} is not what the reference gives\nhint: run python"
                " tools/generate_character_tables.py"
            )
    else:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
