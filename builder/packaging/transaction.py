"""Several outputs that change together: all of them or none, whatever ends the run, and however
many runs there are.

Everything is written into ``OUT/.builder/new`` first. Then a journal names what is ready, and the
finished pieces are moved into place. A run that ends before the journal is written has changed
nothing; the next run finishes one that ends after it.
"""

from __future__ import annotations

import errno
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builder.errors import BuilderError
from builder.files import atomic_replace, locked

STATE = ".builder"
_NEW, _OLD, _JOURNAL, _LOCK = "new", "old", "journal.json", "lock"
log = logging.getLogger(__name__)


class Transaction:
    """A set of outputs under way. Names are relative to ``out``."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._new = out / STATE / _NEW
        self._names: list[str] = []

    def stage(self, name: str) -> Path:
        """Where to write what becomes ``out/name``."""
        self._names.append(name)
        return self._new / name

    def where(self, name: str) -> Path:
        """Where ``name`` can be read now: its new version if there is one, else that in ``out``."""
        return self._new / name if name in self._names else self.out / name

    def commit(self) -> None:
        if not self._names:
            return
        # The number of the file tells, after a stop, which of two exchanged folders is the new one.
        entries = [
            {"name": name, "number": (self._new / name).stat().st_ino} for name in self._names
        ]
        draft = self._new / _JOURNAL
        draft.write_text(json.dumps(entries), encoding="utf-8")
        draft.replace(self.out / STATE / _JOURNAL)
        try:
            finish(self.out)
        except BaseException:
            finish(self.out)  # Ctrl-C between two moves: the rest takes no time
            raise


@contextmanager
def transaction(out: Path) -> Iterator[Transaction]:
    """Outputs in ``out`` that take effect together when the block ends well; if it raises, nothing
    has changed.

    One run at a time: a second one waits for the first. What an interrupted run left is finished or
    cleared away first.

    :raises BuilderError: if ``out`` cannot be written to or the disk is full.
    """
    state = out / STATE
    try:
        state.mkdir(parents=True, exist_ok=True)
        with locked(state / _LOCK, wait=False) as free:
            pass
        if not free:
            log.warning("waiting for another builder that writes to %s", out)
    except OSError as error:
        raise BuilderError(
            f"{out}: cannot be written to: {error.strerror}",
            hint="choose another folder, or change its permissions",
            place=str(out),
        ) from None
    try:
        with locked(state / _LOCK):
            finish(out)
            try:
                (state / _NEW).mkdir()
                under_way = Transaction(out)
                yield under_way
                under_way.commit()
            finally:
                if not (state / _JOURNAL).exists():
                    _clear(state)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        place = str(error.filename or out)
        raise BuilderError(
            f"{place}: {error.strerror}",
            place=place,
            hint=f"free some space; {out} is as it was"
            if full
            else "close what is using it, then run the command again",
        ) from None


def finish(out: Path) -> None:
    """Complete what an interrupted run had ready, and clear away what it had not. The lock must be
    held.
    """
    state = out / STATE
    journal = state / _JOURNAL
    if journal.exists():
        for entry in json.loads(journal.read_text(encoding="utf-8")):
            new, target = state / _NEW / entry["name"], out / entry["name"]
            if new.exists() and not (target.exists() and target.stat().st_ino == entry["number"]):
                atomic_replace(new, target, state / _OLD / entry["name"])
        journal.unlink()
    _clear(state)


def _clear(state: Path) -> None:
    for name in (_NEW, _OLD):
        shutil.rmtree(state / name, ignore_errors=True)
