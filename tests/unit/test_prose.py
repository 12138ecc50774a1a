"""The documentation is easy to read: short sentences, plain words, our own terms explained."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from tests.support.comments import comments_below
from tests.support.prose import (
    BANNED,
    MEAN_WORDS_BELOW,
    MOST_WORDS,
    complaints,
    mean_words,
    prose,
    sentences,
)

REPOSITORY = Path(__file__).parent.parent.parent
PAGES = [
    page.relative_to(REPOSITORY).as_posix()
    for page in (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md")))
]
GLOSSARY = "docs/reference/glossary.md"
OUR_TERMS = {
    "asset": r"\bassets?\b",
    "bundle": r"\bbundles?\b",
    "host": r"\bhosts?\b(?! permission)",
    "engine": r"\bengines?\b",
}
"""The glossary's words with one meaning in nearly all pages; ``package`` has several."""
OTHER_MEANING = {("docs/reference/lint.md", "host")}
"""Where a word of ours means something else: a web host."""


def read(page: str) -> str:
    return (REPOSITORY / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_sentences_are_short_and_words_are_plain(page: str) -> None:
    found = complaints(page, read(page))
    assert not found, "sentences to shorten (limits: tests/support/prose.py):\n" + "\n".join(found)


@pytest.mark.parametrize("term", OUR_TERMS)
@pytest.mark.parametrize("page", [page for page in PAGES if page != GLOSSARY])
def test_a_page_links_a_term_of_ours_at_its_first_use(page: str, term: str) -> None:
    if (page, term) in OTHER_MEANING:
        return
    text = re.sub(r"\]\((?![^)]*glossary)[^)]*\)", "]", prose(read(page), links=True))
    used = re.search(OUR_TERMS[term], text, re.IGNORECASE)
    if used is None:
        return
    link = re.search(rf"\[[^\]]*\]\([^)]*glossary\.md#{term}\)", text)
    assert link, f"{page} uses '{term}' and never links {GLOSSARY}#{term}"
    line = text[: used.start()].count("\n") + 1
    assert used.start() >= link.start(), f"{page}:{line}: '{term}' is used before its link"


def test_every_term_of_ours_is_in_the_glossary() -> None:
    headings = re.findall(r"^## (\w+)$", read(GLOSSARY), re.MULTILINE)
    assert {heading.lower() for heading in headings} == {*OUR_TERMS, "package"}


def test_the_messages_that_troubleshooting_quotes_are_in_the_code() -> None:
    page = read("docs/how-to/troubleshoot.md")
    quoted = [
        line
        for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL)
        for line in block.splitlines()
    ]
    for_users = page.partition("## Messages that users may see")[2]
    quoted += re.findall(r"^\| ([A-Z][^|]+) \|", for_users, re.MULTILINE)
    assert len(quoted) > 15
    known = messages_of_the_toolkit() + messages_of_the_extension()
    for message in quoted:
        for part in re.split(r"<[A-Z]+>", message):
            assert part.strip(" :()") in known, f"no message says '{part.strip()}'"


def messages_of_the_toolkit() -> str:
    """Every string of the Python package, without the values that an f-string inserts."""
    found = []
    for file in sorted((REPOSITORY / "builder").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.append("".join(_literal(part) for part in node.values))
    return "\n".join(found)


def _literal(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    inserted = part.value if isinstance(part, ast.FormattedValue) else None
    named = isinstance(inserted, ast.Name) and inserted.id == "DESCRIPTION"
    return "model.json" if named else "\0"


def messages_of_the_extension() -> str:
    messages = json.loads(read("extension/_locales/en/messages.json"))
    return "\n".join(entry["message"] for entry in messages.values())


SAMPLE = """# A heading of no matter how many words counts as nothing at all

One two three. Four
five `a code span` six!

- An item, [a link](https://example.org/a/b) of it
- Another item? Yes.

| a table | counts |
| --- | --- |
| as little. | As that. |

    indented code. Is none.

```sh
fenced code. Is none.
```
![A picture. Of things](picture.png)
"""


def test_the_counter_reads_prose_and_nothing_else() -> None:
    assert [(sentence.line, sentence.text, sentence.words) for sentence in sentences(SAMPLE)] == [
        (3, "One two three.", 3),
        (3, "Four five Code six!", 4),
        (6, "An item, a link of it", 6),
        (7, "Another item?", 2),
        (7, "Yes.", 1),
    ]
    assert mean_words(sentences(SAMPLE)) == 16 / 5


def test_a_long_sentence_a_long_average_and_a_banned_word_are_named_with_their_line() -> None:
    long = " ".join(["word"] * (MOST_WORDS + 1))
    assert complaints("page.md", f"Short.\n\nShort.\n\n{long}.\n") == [
        f"page.md:5: {MOST_WORDS + 1} words, at most {MOST_WORDS}: {long}."
    ]
    assert complaints("page.md", "Read it.\nWhoever reads it.\n") == [
        "page.md:2: 'Whoever' is banned: Whoever reads it."
    ]
    even = " ".join(["word"] * MEAN_WORDS_BELOW)
    assert complaints("page.md", f"{even}.")[0] == (
        f"page.md: {MEAN_WORDS_BELOW}.0 words a sentence, has to be below {MEAN_WORDS_BELOW};"
        " its longest:"
    )


CODE = re.compile(r"`[^`]*`|'[^' ]*'|@\w+ (?:\{.*\} )?\[?[\w.]+")
"""Names and types are not prose."""
BANNED_IN_COMMENTS = re.compile(rf"\b(?:{'|'.join(BANNED)})\b", re.IGNORECASE)


@pytest.mark.parametrize("folder", ["benchmarks", "builder", "extension", "tests"])
def test_comments_are_plain_english_too(folder: str) -> None:
    found = list(comments_below(REPOSITORY / folder))
    assert len(found) > 50
    assert [
        f"{file}: '{word[0]}' is banned: {comment}"
        for file, comment in found
        if (word := BANNED_IN_COMMENTS.search(CODE.sub("", comment)))
    ] == []
