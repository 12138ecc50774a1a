"""Rules and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from builder.stores.extension import Extension

Severity = Literal["error", "warning", "note"]
STORES = ("chrome", "firefox", "edge")
BROWSER_OF = {"chrome": "chrome", "edge": "chrome", "firefox": "firefox"}
"""The bundle that a store takes."""


@dataclass(frozen=True, order=True)
class Hit:
    """One place where a rule is broken, before it is known where that place lies on the disk."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class Rule:
    """``why`` is the store's reason and ``source`` its own page; ``heuristic``: it may be wrong,
    and says so.
    """

    code: str
    title: str
    severity: Severity
    stores: tuple[str, ...]
    why: str
    source: str
    fix: str
    heuristic: bool
    fixable: bool
    check: Callable[[Extension], Iterator[Hit]]


@dataclass(frozen=True, order=True)
class Finding:
    """``file`` as a person finds it: in the project, in the folder or inside the zip. ``line`` is 0
    where a file has none.
    """

    code: str
    file: str
    line: int
    message: str
    severity: Severity = field(compare=False)
    stores: tuple[str, ...] = field(compare=False)
    why: str = field(compare=False)
    source: str = field(compare=False)
    fix: str = field(compare=False)
    heuristic: bool = field(compare=False, default=False)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


RULES: list[Rule] = []


def rule(
    code: str,
    title: str,
    *,
    why: str,
    source: str,
    fix: str,
    severity: Severity = "error",
    stores: tuple[str, ...] = STORES,
    heuristic: bool = False,
    fixable: bool = False,
) -> Callable[[Callable[[Extension], Iterator[Hit]]], Callable[[Extension], Iterator[Hit]]]:
    """Enter a check into the table of rules."""

    def enter(check: Callable[[Extension], Iterator[Hit]]) -> Callable[[Extension], Iterator[Hit]]:
        assert code not in {known.code for known in RULES}, f"{code} is taken"
        RULES.append(
            Rule(code, title, severity, stores, why, source, fix, heuristic, fixable, check)
        )
        return check

    return enter
