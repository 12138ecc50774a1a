"""Memory of processes as Linux accounts for it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

PROC = Path("/proc")
EVERY_S = 0.1
MEGABYTE = 1e6
OWN = ("Pss_Anon", "Pss_Shmem", "SwapPss")


@dataclass(frozen=True)
class Memory:
    """Megabytes. ``pss``: all that is present, with what several processes share divided among
    them. ``own``: of that what they wrote themselves and still want, so neither the pages of files,
    as of the browser's program, which the system drops and reads again as it likes, nor what they
    gave back for it to take when it needs some (MADV_FREE); what was swapped out counts here, too.
    """

    pss: float
    own: float

    def least(self, other: Self) -> Self:
        return type(self)(min(self.pss, other.pss), min(self.own, other.own))

    def most(self, other: Self) -> Self:
        return type(self)(max(self.pss, other.pss), max(self.own, other.own))


def can_tell() -> bool:
    file = PROC / "self" / "smaps_rollup"
    return (
        sys.platform == "linux" and file.exists() and "Pss_Anon" in file.read_text(encoding="ascii")
    )


def memory_of(pids: Sequence[int]) -> Memory:
    """Of these processes together; one that has ended counts for nothing."""
    pss = own = 0.0
    for pid in pids:
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        kilobytes = {
            name: int(value.split()[0])
            for name, _, value in (line.partition(":") for line in lines[1:])
            if value
        }
        pss += kilobytes["Pss"] * 1024 / MEGABYTE
        own += (sum(kilobytes[name] for name in OWN) - kilobytes["LazyFree"]) * 1024 / MEGABYTE
    return Memory(pss, own)


def descendants(pid: int) -> list[int]:
    """Processes that a process started, and those that they started."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            parent = int(
                status.rpartition(")")[2].split()[1]
            )  # the name before it may hold spaces and parentheses
            children.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


def command_line(pid: int) -> str:
    """What a process was started with; empty if it has ended."""
    try:
        return (
            (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        )
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Peak:
    """Watches the memory of processes, ten times a second, for as long as the block lasts;
    ``highest`` afterwards.
    """

    def __init__(self, pids: Callable[[], Sequence[int]]) -> None:
        """:param pids: asked once at the beginning."""
        self._pids = tuple(pids())
        self.highest = memory_of(self._pids)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        self.highest = self.highest.most(memory_of(self._pids))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._look()


def settled(pids: Sequence[int], seconds: float) -> Memory:
    """The least memory within some seconds: what a collector of garbage or an allocator still holds
    goes by then.
    """
    least = memory_of(pids)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(EVERY_S)
        least = least.least(memory_of(pids))
    return least
