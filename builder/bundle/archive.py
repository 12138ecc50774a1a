"""Store zips whose bytes follow from the contents alone: sorted names, one date, fixed modes, one compression level."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from builder.files import replacing

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that the zip format can hold."""

_MODE = 0o100644 << 16
_UNIX = 3
_LEVEL = 9


def write_zip(target: Path, folder: Path, files: Sequence[str]) -> None:
    """Pack ``files`` of ``folder``; a zip that already holds just these contents is left alone.

    Equal contents give equal bytes wherever the same zlib compresses them.
    """
    if _is_current(target, folder, files):
        return
    with replacing(target) as path, zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (folder / name).read_bytes(), compresslevel=_LEVEL)


def _is_current(target: Path, folder: Path, files: Sequence[str]) -> bool:
    if not target.is_file():
        return False
    try:
        with zipfile.ZipFile(target) as archive:
            entries = archive.infolist()
            return (
                [entry.filename for entry in entries] == sorted(files)
                and all(entry.date_time == EPOCH and entry.external_attr == _MODE for entry in entries)
                and all(archive.read(entry) == (folder / entry.filename).read_bytes() for entry in entries)
            )
    except zipfile.BadZipFile:
        return False
