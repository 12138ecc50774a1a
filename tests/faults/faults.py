"""What goes wrong, each fault as a function of a scene; most are made by the browser itself."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.scene import ADDRESS, OTHER_ADDRESS, Scene

ASLEEP_S = 13
"""Longer than a slice of the host's timers."""

CRASH = """
(() => {
  const worker = globalThis.workers?.at(-1)
  worker?.terminate()
  worker?.dispatchEvent(new ErrorEvent('error', {message: 'a crash'}))
})()
"""
STICK = "globalThis.workers?.at(-1)?.terminate()"
FULL = """
(() => {
  const refuse = async () => { throw new Error('QuotaExceededError: the storage is full') }
  chrome.storage.session.set = refuse
  chrome.storage.local.set = refuse
})()
"""
WEIGHTS = "model/weights.bin"


@dataclass(frozen=True)
class Fault:
    name: str
    strike: Callable[[Scene], None]
    ends: frozenset[str]
    """Outcomes that are right for a request that runs: ``answer``, ``sentence``, ``gone``."""

    undo: Callable[[Scene], None] = lambda _: None
    phases: frozenset[str] | None = None
    """Where it makes sense; None for everywhere."""

    browsers: frozenset[str] = frozenset({"chrome", "firefox"})
    slow: bool = False
    needs_loading: bool = False
    """It shows only where the engine is loaded."""


def stop_background(scene: Scene) -> None:
    scene.browser.stop_background()


def crash(scene: Scene) -> None:
    scene.in_engine(CRASH)


def stick(scene: Scene) -> None:
    scene.in_engine(STICK)


def close_engine(scene: Scene) -> None:
    scene.close_engine()


def reload_extension(scene: Scene) -> None:
    scene.browser.reload_extension()


def disable(scene: Scene) -> None:
    scene.browser.set_enabled(False)


def enable(scene: Scene) -> None:
    scene.browser.set_enabled(True)


def navigate(scene: Scene) -> None:
    scene.browser.open(OTHER_ADDRESS)


def close_tab(scene: Scene) -> None:
    scene.browser.open_tab(ADDRESS)
    scene.browser.close_tab(0)


def fill_storage(scene: Scene) -> None:
    scene.browser.in_background(FULL)


def empty_storage(scene: Scene) -> None:
    scene.browser.stop_background()  # the next one has functions of its own


def cancel(scene: Scene) -> None:
    scene.browser.type_keys("Escape")


def sleep(scene: Scene) -> None:
    """Stop every process of the browser, as a computer that is shut."""
    pids = scene.browser.processes()
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(ASLEEP_S)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _damage(change: Callable[[bytes], bytes | None]) -> Callable[[Scene], None]:
    def strike(scene: Scene) -> None:
        file = scene.folder / WEIGHTS
        whole = file.read_bytes()
        (scene.folder.parent / "weights").write_bytes(whole)
        file.unlink()  # the copy may be a link
        damaged = change(whole)
        if damaged is not None:
            file.write_bytes(damaged)

    return strike


def mend(scene: Scene) -> None:
    (scene.folder / WEIGHTS).write_bytes((scene.folder.parent / "weights").read_bytes())
    scene.release()


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _other(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes((content[place] ^ 1,)) + content[place + 1 :]


ANSWER = frozenset({"answer"})
GONE = frozenset({"gone"})
FAULTS = (
    Fault("background stopped", stop_background, ANSWER),
    Fault("worker crashed", crash, ANSWER | {"sentence"}),
    Fault("worker stuck", stick, ANSWER | {"sentence"}, slow=True),
    Fault("engine's page closed", close_engine, ANSWER, browsers=frozenset({"chrome"})),
    Fault("extension reloaded", reload_extension, GONE | {"sentence"}),
    Fault("extension disabled", disable, GONE | {"sentence"}, undo=enable),
    Fault("tab navigated", navigate, GONE),
    Fault("tab closed", close_tab, GONE),
    Fault("request cancelled", cancel, GONE),
    Fault("computer asleep", sleep, ANSWER),
    Fault("storage full", fill_storage, ANSWER, undo=empty_storage),
    Fault("file truncated", _damage(_half), ANSWER, undo=mend, needs_loading=True),
    Fault("file altered", _damage(_other), ANSWER, undo=mend, needs_loading=True),
    Fault("file missing", _damage(lambda _: None), ANSWER, undo=mend, needs_loading=True),
)
"""A damaged file shows only in an engine that is loaded after it: there, a sentence is right."""
