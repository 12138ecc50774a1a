"""Files: hashing, and writing so that nothing half-written is ever found under its final name."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builder.errors import BuilderError


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write a file or a folder to; it takes the place of ``target`` if the block succeeds.

    Whatever stood at ``target`` is left as it was if the block raises.

    :raises BuilderError: if the folder around ``target`` cannot be written to.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise BuilderError(
            f"{target.parent}: cannot be written to: {error.strerror}",
            hint="choose another folder, or change its permissions", place=str(target.parent),
        ) from None
    try:
        yield workshop / "new"
        if target.is_dir():
            target.rename(workshop / "old")
        (workshop / "new").replace(target)
    except OSError as error:
        if (workshop / "old").exists() and not target.exists():
            (workshop / "old").rename(target)
        raise BuilderError(f"{target}: cannot be replaced: {error.strerror}", hint="close what is using it", place=str(target)) from None
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
