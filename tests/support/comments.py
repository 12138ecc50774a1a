"""The comments and docstrings of the repository's code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_COMMENTS = {
    ".css": re.compile(r"/\*[\s\S]*?\*/"),
    ".js": re.compile(r"/\*[\s\S]*?\*/|(?:^[ \t]*//.*\n)+|//.*$", re.MULTILINE),
    ".py": re.compile(r'(?:^[ \t]*#.*\n)+|#.*$|"""[\s\S]*?"""', re.MULTILINE),
}
_GENERATED = {"character-tables.js", "used-functions.js"}


def comments(text: str, suffix: str) -> Iterator[str]:
    """Each comment on one line, without its signs. A string that looks like one counts."""
    for comment in _COMMENTS[suffix].findall(text):
        yield re.sub(r"\s*\n[ \t]*(?://|#|\*(?!/))?[ \t]*", " ", comment)


def comments_below(folder: Path) -> Iterator[tuple[str, str]]:
    """The comments of all files below ``folder`` that are not generated, each with its file."""
    for file in sorted(folder.rglob("*")):
        if file.suffix in _COMMENTS and file.name not in _GENERATED:
            for comment in comments(file.read_text(encoding="utf-8"), file.suffix):
                yield file.relative_to(folder.parent).as_posix(), comment
