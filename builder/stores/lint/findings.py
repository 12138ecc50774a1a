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
    check: Callable[[Extension], Iterator[Hit]] | None = None
    """None where the project's own reading finds it, before there is an extension."""

    def finding(self, file: str, line: int, message: str, *, fix: str = "") -> Finding:
        """What was found, for stores that are not known yet."""
        return Finding(
            self.code,
            file,
            line,
            message,
            severity=self.severity,
            stores=(),
            why=self.why,
            source=self.source,
            fix=fix or self.fix,
            heuristic=self.heuristic,
        )


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
) -> Callable[[Callable[[Extension], Iterator[Hit]]], Rule]:
    """Make a rule of a check."""

    def made(check: Callable[[Extension], Iterator[Hit]]) -> Rule:
        return Rule(code, title, severity, stores, why, source, fix, heuristic, fixable, check)

    return made
