"""Count the words of sentences in Markdown: a plain counter, so that a limit can be checked.

Code blocks, tables, headings, pictures and comments are not prose. A list item is a paragraph of
its own. A code span or a link's text counts like the words around it; an address counts as nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# The limits. Change them here, and nowhere else.
MEAN_WORDS_BELOW = 16
MOST_WORDS = 35
BANNED = (
    "a good second",
    "afresh",
    "anew",
    "courtesies",
    "courtesy",
    "hitherto",
    "lately",
    "mend",
    "mends",
    "stands",
    "told of",
    "whatever else",
    "whoever",
    "wherever else",
)

_FENCE = re.compile(r"^\s*(```|~~~)")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+")
_NOT_PROSE = re.compile(r"^\s*(?:#|\||!\[|<!--|\[[^\]]+\]:)")
_END = re.compile(r"(?<=[.!?])[\"')*”’]*\s+(?=[\"'(*“‘\[]*[A-Z0-9])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|et al|Dr|No)\.$")


@dataclass(frozen=True)
class Sentence:
    """A sentence, the line of the file that it begins on, and its number of words."""

    line: int
    text: str

    @property
    def words(self) -> int:
        return sum(1 for word in self.text.split() if re.search(r"\w", word))


def sentences(markdown: str) -> list[Sentence]:
    """The sentences of the prose in a Markdown page, in order."""
    return [sentence for line, text in _paragraphs(markdown) for sentence in _split(line, text)]


def prose(markdown: str, *, links: bool = False) -> str:
    """The page's prose with every other line emptied, so that lines keep their numbers.

    :param links: keep the links' addresses.
    """
    lines = [""] * len(markdown.splitlines())
    for number, text in _paragraphs(markdown):
        for offset, line in enumerate(text.split("\n")):
            lines[number - 1 + offset] = line
    text = re.sub(r"`[^`]*`", lambda span: "\n" * span[0].count("\n"), "\n".join(lines))
    return text if links else re.sub(r"\]\([^)]*\)", "]", text)


def mean_words(found: list[Sentence]) -> float:
    """Words a sentence, on average; 0 for a page without prose."""
    return sum(sentence.words for sentence in found) / len(found) if found else 0.0


def complaints(page: str, markdown: str) -> list[str]:
    """What is wrong with the prose of ``page``, each with file, line and sentence."""
    found = sentences(markdown)
    problems = [
        f"{page}:{sentence.line}: {sentence.words} words, at most {MOST_WORDS}: {sentence.text}"
        for sentence in found
        if sentence.words > MOST_WORDS
    ]
    banned = re.compile(rf"\b(?:{'|'.join(map(re.escape, BANNED))})\b", re.IGNORECASE)
    for sentence in found:
        problems += [
            f"{page}:{sentence.line}: '{word}' is banned: {sentence.text}"
            for word in banned.findall(sentence.text)
        ]
    mean = mean_words(found)
    if mean >= MEAN_WORDS_BELOW:
        longest = sorted(found, key=lambda sentence: -sentence.words)[:5]
        problems.append(
            f"{page}: {mean:.1f} words a sentence, has to be below {MEAN_WORDS_BELOW}; its longest:"
        )
        problems += [f"{page}:{each.line}: {each.words} words: {each.text}" for each in longest]
    return problems


def _paragraphs(markdown: str) -> list[tuple[int, str]]:
    """Each paragraph or list item of prose, with the line that it begins on."""
    paragraphs: list[tuple[int, list[str]]] = []
    fenced = in_list = False
    going_on = False  # whether the next line of text belongs to the last paragraph
    for number, line in enumerate(markdown.splitlines(), 1):
        if _FENCE.match(line):
            fenced, going_on = not fenced, False
            continue
        if fenced or not line.strip():
            going_on = False
            continue
        item = _LIST_ITEM.match(line)
        if not item and not line.startswith(" "):
            in_list = in_list and going_on
        if _NOT_PROSE.match(line) or (line.startswith("    ") and not in_list and not going_on):
            going_on = False
            continue
        if item:
            in_list = True
            paragraphs.append((number, [line[item.end() :]]))
        elif going_on:
            paragraphs[-1][1].append(line.strip())
        else:
            paragraphs.append((number, [line.strip()]))
        going_on = True
    return [(number, "\n".join(lines)) for number, lines in paragraphs]


def _split(line: int, paragraph: str) -> list[Sentence]:
    text = re.sub(r"`[^`]*`", lambda span: "Code" + "\n" * span[0].count("\n"), paragraph)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<https?://[^>]*>", "", text)
    parts: list[tuple[int, str]] = []
    start = 0
    for end in _END.finditer(text):
        if _ABBREVIATION.search(text[: end.start()].rstrip("\"')*”’")):
            continue
        parts.append((start, text[start : end.start()]))
        start = end.end()
    parts.append((start, text[start:]))
    return [
        Sentence(line + text.count("\n", 0, at), " ".join(part.split()))
        for at, part in parts
        if re.search(r"\w", part)
    ]
