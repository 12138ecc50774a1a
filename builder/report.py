"""What commands answer: lines for people, one JSON envelope for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from builder.errors import Problem
from builder.files import replacing

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a command found out.

    ``data`` is the envelope's, made of what JSON knows. ``text`` is what a person reads: lines, or
    anything that rich can print, a table for instance. ``ok`` decides the exit code, 0 or 1:
    problems may be mere warnings.
    """

    data: dict[str, Any] = field(default_factory=dict)
    text: Sequence[Any] = ()
    problems: Sequence[Problem] = ()
    ok: bool = True


def megabytes(count: int) -> str:
    """A size as people read it; a megabyte has a million bytes."""
    return f"{count / 1e6:.2f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def counted(number: int, what: str) -> str:
    """A number with its noun: '1 warning', '2 warnings'."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def write_envelope(target: str, command: str, outcome: Outcome) -> None:
    """Write ``{command, ok, data, problems}`` to a file, or to standard output for ``-``."""
    envelope = {
        "command": command,
        "ok": outcome.ok,
        "data": outcome.data,
        "problems": [asdict(problem) for problem in outcome.problems],
    }
    text = json.dumps(envelope, indent=2, ensure_ascii=False) + "\n"
    if target == STANDARD_OUTPUT:
        click.echo(text, nl=False)
        return
    file = Path(target)
    if (
        file.exists() and not file.is_file()
    ):  # a pipe or a device, like /dev/null, is written to: nothing may take its place
        file.write_text(text, encoding="utf-8")
        return
    with replacing(file) as path:
        path.write_text(text, encoding="utf-8")
