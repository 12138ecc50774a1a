"""Every fault in every phase of a request: what the reader sees then, as a table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from builder.browsers.driver import wait_for
from tests.faults.faults import FAULTS, Fault
from tests.faults.scene import Scene, scene
from tests.support.page_view import begin

LIMIT_S = 100
"""The longest that a request may take to end; a worker that gives no sign takes 60 s of it."""

AFTERWARDS_S = 90
GONE_S = 20


@dataclass(frozen=True)
class Phase:
    name: str
    enter: Callable[[Scene], None]
    text: str = "short"
    cold: bool = False
    """Whether the engine is loaded only after the fault."""

    has_card: bool = True


def _idle(one: Scene) -> None:
    one.open()


def _opening(one: Scene) -> None:
    one.open()
    one.press()


def _loading(one: Scene) -> None:
    one.open()
    one.release()
    one.press()
    with suppress(TimeoutError):  # over before we looked
        wait_for(lambda: one.card() or None, 30, "the card")


def _running(one: Scene) -> None:
    one.open()
    one.press("long")
    wait_for(lambda: one.card() or None, 60, "the card")
    with suppress(TimeoutError):
        wait_for(lambda: _parts(one) or None, 20, "the first sentences")


def _queued(one: Scene) -> None:
    """Behind the view of the page, whose long text is being read."""
    one.open()
    one.press()
    one.browser.wait_for_card(timeout=90)  # its press is the grant of the view, in Chromium
    begin(one.browser)
    one.press()


def _shown(one: Scene) -> None:
    one.open()
    one.press()
    one.browser.wait_for_card(timeout=90)


def _parts(one: Scene) -> bool:
    with suppress(Exception):
        return bool(one.browser.in_card("document.getElementById('sentences').children.length"))
    return False


PHASES = (
    Phase("idle", _idle, has_card=False),
    Phase("opening", _opening),
    Phase("model loads", _loading, cold=True),
    Phase("queued", _queued),
    Phase("running", _running, text="long"),
    Phase("answer shown", _shown),
)


@dataclass(frozen=True)
class Cell:
    browser: str
    fault: Fault
    phase: Phase


@dataclass(frozen=True)
class Result:
    cell: Cell
    outcome: str
    seconds: float
    passed: bool

    def to_json(self) -> str:
        """One line."""
        cell = self.cell
        names = {"browser": cell.browser, "fault": cell.fault.name, "phase": cell.phase.name}
        found = {"outcome": self.outcome, "seconds": self.seconds, "passed": self.passed}
        return json.dumps(names | found, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Result:
        """:raises KeyError: if the fault or the phase is not known any more."""
        found = json.loads(line)
        fault = {one.name: one for one in FAULTS}[found["fault"]]
        phase = {one.name: one for one in PHASES}[found["phase"]]
        cell = Cell(found["browser"], fault, phase)
        return cls(cell, found["outcome"], found["seconds"], found["passed"])


def cells(browsers: Iterable[str], wanted: Callable[[Fault, Phase], bool]) -> list[Cell]:
    return [
        Cell(browser, fault, phase)
        for browser in browsers
        for fault in FAULTS
        for phase in PHASES
        if browser in fault.browsers and wanted(fault, phase)
    ]


def run(wanted: list[Cell], bundles: dict[str, Path], work: Path) -> Iterator[Result]:
    """The results, one after another. After a cell that did not pass, the browser is a new one."""
    number = 0
    with ExitStack() as stack:
        now: Scene | None = None
        for cell in wanted:
            if now is None or now.browser.name != cell.browser:
                stack.close()
                number += 1
                name = cell.browser
                now = stack.enter_context(scene(name, bundles[name], work / f"{name}-{number}"))
            result = _run_cell(cell, now)
            yield result
            if not result.passed:
                now = None


def _run_cell(cell: Cell, one: Scene) -> Result:
    began = time.monotonic()
    outcome = "?"
    try:
        if cell.fault.needs_loading and cell.phase.name == "idle":
            one.release()
        cell.phase.enter(one)
        began = time.monotonic()
        cell.fault.strike(one)
        outcome = _end(cell, one)
        took = time.monotonic() - began
        cell.fault.undo(one)
        after = _afterwards(one)
        passed = outcome in _right(cell) and after
        if not after:
            outcome += ", then no answer"
    except Exception as error:  # of a driver, which has many
        took, passed = time.monotonic() - began, False
        outcome = f"{outcome}: {type(error).__name__}: {str(error).splitlines()[0][:120]}"
    return Result(cell, outcome, took, passed)


def _right(cell: Cell) -> frozenset[str]:
    fault, phase = cell.fault, cell.phase
    if not phase.has_card and "gone" in fault.ends:
        return frozenset({"nothing asked"})
    if fault.needs_loading and phase.name in ("idle", "model loads"):
        # Read before the damage, the file was whole.
        return frozenset({"sentence", "answer"} if phase.cold else {"sentence"})
    if phase.name == "answer shown" and fault.ends == frozenset({"answer", "sentence"}):
        return frozenset({"answer"})
    return fault.ends


def _end(cell: Cell, one: Scene) -> str:
    """What has become of the request."""
    fault, phase = cell.fault, cell.phase
    if not phase.has_card:
        if "gone" in fault.ends:
            return "nothing asked"
        one.press(phase.text)
    deadline = time.monotonic() + LIMIT_S
    if "gone" in fault.ends:
        with suppress(TimeoutError):
            wait_for(lambda: _is_gone(one) or None, GONE_S, "an end")
            return "gone"
        return one.outcome(phase.text) or "waits"
    while time.monotonic() < deadline:
        found = one.outcome(phase.text)
        if found:
            return found
        time.sleep(0.1)
    return "waits" if one.card() else "lost"


def _is_gone(one: Scene) -> bool:
    """Whether nobody sees a card any more. (A frame of an extension that has gone is no target.)"""
    with suppress(Exception):
        return not one.browser.execute(
            "const card = document.querySelector('[popover]'); return card !== null &&"
            " document.elementsFromPoint(...arguments[0]).includes(card)",
            [40, 90],
        )
    return False


def _afterwards(one: Scene) -> bool:
    """Whether the next request is answered."""

    def answered() -> bool | None:
        one.open()
        one.press()
        with suppress(TimeoutError):
            wait_for(lambda: one.outcome() == "answer" or None, 25, "an answer")
            return True
        return None

    with suppress(TimeoutError):
        return wait_for(answered, AFTERWARDS_S, "an answer afterwards")
    return False
