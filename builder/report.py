"""What commands say: lines for people, one JSON envelope for machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from builder.errors import BuilderError
from builder.files import replacing

STANDARD_OUTPUT = "-"


def megabytes(count: int) -> str:
    """A size as people read it; a megabyte has a million bytes."""
    return f"{count / 1e6:.2f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def write_envelope(target: str, command: str, data: dict[str, Any], problem: BuilderError | None = None) -> None:
    """Write ``{command, ok, data, problems}`` to a file, or to standard output for ``-``."""
    problems = []
    if problem is not None:
        problems = [{"code": problem.code, "message": str(problem), "hint": problem.hint, "place": problem.place}]
    text = json.dumps({"command": command, "ok": problem is None, "data": data, "problems": problems}, indent=2, ensure_ascii=False) + "\n"
    if target == STANDARD_OUTPUT:
        click.echo(text, nl=False)
        return
    with replacing(Path(target)) as path:
        path.write_text(text, encoding="utf-8")
