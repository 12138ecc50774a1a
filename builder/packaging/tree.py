"""The files of an extension by name, wherever they lie: about to be written, in a folder or in a
zip.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol

from builder.errors import BuilderError
from builder.files import sha256_of

TEXT_LIMIT = 5 * 1024 * 1024
"""Bytes of a script, page, style or description that are read as text; Mozilla's limit, too."""

UNPACKED_LIMIT = 4_000_000_000
ENTRIES_LIMIT = 50_000
"""More bytes or files than any store takes: such a zip is not read."""
DISK_LIMIT = 1_000_000_000
"""Bytes that are written to disk to run a package."""

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
        except FileNotFoundError:
            raise BuilderError(
                f"{file}: no such file", hint="run 'builder pack'", place=str(file)
            ) from None
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
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
        entry = self._archive.getinfo(name)
        try:
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("its compression is one that stores do not take")
            return self._archive.read(name)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
            NotImplementedError,
            struct.error,
        ) as error:
            encrypted = entry.flag_bits & 1
            problem = "is encrypted" if encrypted else f"cannot be unpacked: {error}"
            raise BuilderError(
                f"{self._file}: {name} {problem}",
                hint="make the zip again" if not encrypted else "stores take no encrypted files",
                place=str(self._file),
            ) from None

    def unpack(self, folder: Path) -> None:
        """Write every file into ``folder``, and nothing elsewhere.

        :raises BuilderError: for a name that leads elsewhere or that no folder can hold, a link, a
            name that is there twice, or a file that cannot be unpacked.
        """
        if (size := sum(entry.file_size for entry in self._archive.infolist())) > DISK_LIMIT:
            raise BuilderError(
                f"{self._file}: unpacks to {size / 1e9:.1f} GB",
                hint="check that it is the right file",
                place=str(self._file),
            )
        written: set[str] = set()
        for entry in self._archive.infolist():
            if entry.is_dir():
                continue
            problem = _misplaced(entry)
            if entry.filename in written:
                problem = "is there twice"
            if not problem:
                written.add(entry.filename)
                problem = self._write(entry.filename, folder / entry.filename)
            if problem:
                raise BuilderError(
                    f"{self._file}: {entry.filename[:80]!r} {problem}",
                    hint="make the zip again with 'builder pack'",
                    place=str(self._file),
                )

    def _write(self, name: str, target: Path) -> str:
        content = self.read(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except (OSError, ValueError) as error:
            return f"cannot be written: {getattr(error, 'strerror', None) or error}"
        return ""

    def size(self, name: str) -> int:
        return self._archive.getinfo(name).file_size

    def sha256(self, name: str) -> str:
        return hashlib.sha256(self.read(name)).hexdigest()


def _misplaced(entry: zipfile.ZipInfo) -> str:
    """Why an entry may not be unpacked, or nothing."""
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(entry.filename).drive:
        return "leads out of the folder"
    if "\\" in entry.orig_filename or "\0" in entry.orig_filename:
        return "has a character that no path may have"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a symbolic link"
    return ""
