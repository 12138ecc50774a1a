"""Files: hashing, locks, and writing so that nothing half-written is ever found under its final
name.
"""

from __future__ import annotations

import ctypes
import glob
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import BuilderError

if TYPE_CHECKING:  # setup.py imports this file, and has no packages
    from filelock import BaseFileLock

_LOCK = "lock"
_MARK = ".builder-"
"""In the names of our staging directories, so that cleaning up never takes another folder."""
_STALE_AFTER_SECONDS = 60
"""A staging directory without a lock file may be new; after a minute it is a dead run's."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write a file or a folder to; it takes the place of ``target`` if
    the block succeeds.

    ``target`` stays as it was if the block raises. What a killed run left behind is finished or
    cleared away first.

    :raises BuilderError: if the folder around ``target`` cannot be written to.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_stale_staging(target)
        staging, lock = _open_staging(target)
    except OSError as error:
        raise BuilderError(
            f"{target.parent}: cannot be written to: {error.strerror}",
            hint="choose another folder, or change its permissions",
            place=str(target.parent),
        ) from None
    try:
        yield staging / "new"
        atomic_replace(staging / "new", target, staging / "old")
    except OSError as error:
        raise BuilderError(
            f"{target}: cannot be replaced: {error.strerror}",
            hint="close what is using it",
            place=str(target),
        ) from None
    finally:
        _roll_back(staging, target)
        lock.release()
        shutil.rmtree(staging, ignore_errors=True)


def atomic_replace(new: Path, target: Path, old: Path) -> None:
    """Move ``new`` to ``target``; a folder that was there is at ``old`` then, a file is gone.

    A folder is swapped in one step where the system can (Linux, macOS). Elsewhere there are two
    steps; a run that finds ``old`` but no ``target`` takes the second.
    """
    if not target.is_dir() and not (target.exists() and new.is_dir()):
        new.replace(target)
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    if swap_paths(new, target):
        new.rename(old)
        return
    target.rename(old)
    new.rename(target)


def swap_paths(one: Path, other: Path) -> bool:
    """Swap two paths in one step; false where the system or the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True) if sys.platform != "win32" else None
    try:
        if sys.platform == "linux" and library is not None:
            here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
            return bool(
                library.renameat2(here, os.fsencode(one), here, os.fsencode(other), swap) == 0
            )
        if sys.platform == "darwin" and library is not None:
            swap = 2  # RENAME_SWAP
            return bool(library.renamex_np(os.fsencode(one), os.fsencode(other), swap) == 0)
    except AttributeError:  # a C library without the call
        pass
    return False


@contextmanager
def locked(file: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a lock that ends with the process, however that ends.

    Gives false if the lock is taken and ``wait`` is off.

    :raises OSError: if the file cannot be made, or its file system has no locks.
    """
    from filelock import Timeout

    lock = _lock_of(file)
    try:
        lock.acquire(blocking=wait)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _lock_of(file: Path) -> BaseFileLock:
    from filelock import FileLock

    return FileLock(file, fallback_to_soft=False)  # a soft lock would outlive a killed process


def _open_staging(target: Path) -> tuple[Path, BaseFileLock]:
    while True:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}{_MARK}", dir=target.parent))
        lock = _lock_of(staging / _LOCK)
        try:
            lock.acquire()
        except FileNotFoundError:
            continue
        if (staging / _LOCK).exists():
            return staging, lock
        lock.release()  # another run took the folder for a dead run's


def _roll_back(staging: Path, target: Path) -> None:
    """Finish or undo an ``atomic_replace`` that was stopped between its two steps."""
    if (staging / "old").exists() and not target.exists():
        ready = staging / "new" if (staging / "new").exists() else staging / "old"
        ready.rename(target)


def _clear_stale_staging(target: Path) -> None:
    for staging in target.parent.glob(f".{glob.escape(target.name)}{_MARK}*"):
        if (staging / _LOCK).exists():
            with locked(staging / _LOCK, wait=False) as dead:
                if dead:
                    _roll_back(staging, target)
                    shutil.rmtree(staging, ignore_errors=True)
            if dead and sys.platform == "win32":  # which removes no file that is open
                shutil.rmtree(staging, ignore_errors=True)
        elif staging.is_dir() and time.time() - staging.stat().st_mtime > _STALE_AFTER_SECONDS:
            shutil.rmtree(staging, ignore_errors=True)
