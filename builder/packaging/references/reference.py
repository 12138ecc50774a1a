"""A place that names a file, and the path that a name means."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


@dataclass(frozen=True)
class Reference:
    """A place that names a file. ``certain``: the browser will ask for it, so that its absence is
    an error; else it is a string that happens to be the path of a file. A ``target`` that ends in a
    slash is a folder.
    """

    source: str
    line: int
    target: str
    certain: bool = True


def resolve(folder: str, value: str) -> str | None:
    """The path from the root that ``value`` means in a file of ``folder``; none for addresses,
    fragments and the root itself.
    """
    value = re.split(r"[?#]", value, maxsplit=1)[0]
    if not value or "\n" in value or len(value) > 300 or _SCHEME.match(value):
        return None
    joined = posixpath.normpath(
        value.lstrip("/") if value.startswith("/") else posixpath.join(folder, value)
    )
    if joined in (".", "") or joined.startswith("_favicon"):
        return None
    return f"{joined}/" if value.endswith("/") else joined
