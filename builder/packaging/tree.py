"""The files of an extension by name, wherever they lie: about to be written, in a folder or in a
zip.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import Protocol

from builder.errors import BuilderError
from builder.files import sha256_of

TEXT_LIMIT = 5 * 1024 * 1024
"""Bytes of a script, page, style or description that are read as text; Mozilla's limit, too."""

UNPACKED_LIMIT = 4_000_000_000
ENTRIES_LIMIT = 50_000
"""More bytes or files than any store takes: such a zip is not read."""

Contents = dict[str, Path | bytes]
"""Bundle path to its source file, or to its bytes where it is generated."""


class Tree(Protocol):
    """Names are relative to the extension's root, with slashes."""

    @property
    def names(self) -> frozenset[str]: ...

    def read(self, name: str) -> bytes: ...

    def size(self, name: str) -> int: ...

    def sha256(self, name: str) -> str: ...


def text_of(tree: Tree, name: str) -> str:
    """The text of a file; bytes that are not UTF-8 are replaced, for other checks to find. Empty
    for a file beyond ``TEXT_LIMIT``.
    """
    if tree.size(name) > TEXT_LIMIT:
        return ""
    return tree.read(name).decode("utf-8", errors="replace")


class ContentsTree:
    """What is about to be written."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.names = frozenset(contents)

    def read(self, name: str) -> bytes:
        content = self._contents[name]
        return content.read_bytes() if isinstance(content, Path) else content

    def size(self, name: str) -> int:
        content = self._contents[name]
        return content.stat().st_size if isinstance(content, Path) else len(content)

    def sha256(self, name: str) -> str:
        content = self._contents[name]
        return (
            sha256_of(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()
        )

    def source(self, name: str) -> Path | None:
        """The file that a person edits to change ``name``; none where it is generated."""
        content = self._contents[name]
        return content if isinstance(content, Path) else None


class FolderTree(ContentsTree):
    """An unpacked extension."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            {
                path.relative_to(folder).as_posix(): path
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
        )


class ZipTree:
    """A packed extension.

    :raises BuilderError: if the file is not a zip, is damaged or encrypted, or unpacks to more than
        any store takes.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
            raise BuilderError(
                f"{file}: not a zip",
                hint="name a store zip, a folder or an extension.toml",
                place=str(file),
            ) from None
        entries = self._archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > UNPACKED_LIMIT or len(entries) > ENTRIES_LIMIT:
            raise BuilderError(
                f"{file}: unpacks to {len(entries)} files of {unpacked / 1e9:.1f} GB",
                hint="no store takes it; check that it is the right file",
                place=str(file),
            )

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(entry.filename for entry in self._archive.infolist() if not entry.is_dir())

    def read(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            encrypted = self._archive.getinfo(name).flag_bits & 1
            problem = "is encrypted" if encrypted else f"cannot be unpacked: {error}"
            raise BuilderError(
                f"{self._file}: {name} {problem}",
                hint="make the zip again" if not encrypted else "stores take no encrypted files",
                place=str(self._file),
            ) from None

    def size(self, name: str) -> int:
        return self._archive.getinfo(name).file_size

    def sha256(self, name: str) -> str:
        return hashlib.sha256(self.read(name)).hexdigest()
