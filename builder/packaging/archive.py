"""Store zips whose bytes follow from the contents alone: sorted names, one date, fixed modes, one
compression level.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from builder.packaging.tree import Contents, ContentsTree

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that the zip format can hold."""

_MODE = 0o100644 << 16
_UNIX = 3
_LEVEL = 9


def write_zip(file: Path, contents: Contents, *, quickly: bool = False) -> None:
    """Pack ``contents``. Equal contents give equal bytes wherever the same zlib compresses them.

    :param quickly: do not compress: for a zip that is read once and thrown away.
    """
    tree = ContentsTree(contents)
    with zipfile.ZipFile(file, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            entry.compress_type = zipfile.ZIP_STORED if quickly else zipfile.ZIP_DEFLATED
            archive.writestr(entry, tree.read(name), compresslevel=_LEVEL)


def holds(file: Path, contents: Contents) -> bool:
    """Whether a zip is what ``write_zip`` makes of these contents, as far as its names, attributes
    and contents tell.
    """
    tree = ContentsTree(contents)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            return (
                [entry.filename for entry in entries] == sorted(contents)
                and all(
                    entry.date_time == EPOCH and entry.external_attr == _MODE for entry in entries
                )
                and all(archive.read(entry) == tree.read(entry.filename) for entry in entries)
            )
    except (FileNotFoundError, IsADirectoryError, zipfile.BadZipFile):
        return False
