"""What does not belong into a public repository: places of the author's machine, and secrets."""

from __future__ import annotations

import re
from pathlib import Path

from builder.errors import BuilderError
from builder.packaging.secret_scanning import find_secrets

_ROOTS = (
    rb"(?<![\w.:/-])/(?:home|Users|root|mnt|media|tmp|var|private|opt|srv|workspaces?|kaggle)"
    rb"/[\w.@+-][^\s\"'<>|)]*|\b[A-Za-z]:\\Users\\[^\s\"'<>|]+"
)
_LOCAL = re.compile(_ROOTS + rb"|(?<![\w.:/-])~/[\w.][^\s\"'<>|)]*|\bfile://[^\s\"'<>|)]+")
_LOCAL_IN_GRAPH = re.compile(_ROOTS)
"""Without the short forms, which weights would hold by chance."""
_BINARY = {".bin"}
"""Weights: any bytes can stand there."""
_TEXTS = {".md", ".json", ".txt"}


def refuse_private(folder: Path) -> None:
    """Check what is to be published.

    :raises BuilderError: if a file names a path of a machine, or holds what looks like a secret.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.parent == folder)  # first the author's own, then ours of them
    for file in files:
        if file.suffix in _BINARY:
            continue
        name = file.relative_to(folder).as_posix()
        content = file.read_bytes()
        pattern = _LOCAL if file.suffix in _TEXTS else _LOCAL_IN_GRAPH
        found = pattern.search(content)
        if found is not None:
            place = _place(name, content, found.start())
            shown = found[0].decode("utf-8", "replace")
            raise _refused(place, f"names a path of your machine: {shown[:80]}")
        if file.suffix in _TEXTS:
            for line, what in find_secrets(name, content.decode("utf-8", "replace")):
                raise _refused(f"{name}:{line}" if line else name, what)


def _place(name: str, content: bytes, offset: int) -> str:
    if Path(name).suffix not in _TEXTS:
        return name
    line = content.count(b"\n", 0, offset) + 1
    return f"{name}:{line}"


def _refused(place: str, what: str) -> BuilderError:
    return BuilderError(
        f"{place}: {what}; nothing was uploaded",
        hint="take it out of the asset (README.md, model.json), and push again",
        place=place,
    )
