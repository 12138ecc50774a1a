"""The files that a style sheet names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from builder.packaging.references.reference import Reference, resolve

_CSS_URL = re.compile(
    r"""/\*.*?\*/|@import\s+["']([^"']+)["']|url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)""",
    re.DOTALL,
)


def from_style(name: str, text: str, line_before: int) -> Iterator[Reference]:
    for match in _CSS_URL.finditer(text):
        value = match[1] or match[2] or match[3] or match[4]
        if value and (target := resolve(posixpath.dirname(name), value)):
            yield Reference(name, line_before + text.count("\n", 0, match.start()) + 1, target)
