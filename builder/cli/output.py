"""Output on a terminal and its colours: ``--quiet``, ``--verbose``, NO_COLOR, FORCE_COLOR."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from builder.progress import Advance, listening

WIDTH = 140
"""Columns of tables that go to a file or a pipe."""


def coloured(word: str, colour: str, rest: str) -> Any:
    """A line whose beginning has a colour where there are colours."""
    from rich.text import Text

    return Text.assemble((word, colour), rest)


def print_error(word: str, colour: str, text: str) -> None:
    """Print to standard error, with a first word in colour if that is a terminal and nobody asked
    for none (no-color.org).
    """
    wanted = not os.environ.get("NO_COLOR") and bool(
        os.environ.get("FORCE_COLOR") or sys.stderr.isatty()
    )
    click.echo(f"{click.style(word, fg=colour)} {text}", err=True, color=wanted)


def print_result(lines: Sequence[Any]) -> None:
    """Print lines, or anything that rich can print, to standard output."""
    for line in lines:
        if isinstance(line, str):
            click.echo(line)
        else:
            from rich.console import Console
            from rich.text import Text

            Console(
                width=None if sys.stdout.isatty() else WIDTH, file=sys.stdout, highlight=False
            ).print(
                line,
                soft_wrap=isinstance(line, Text),  # lines of words are the terminal's to break
            )


def set_verbosity(verbosity: int) -> None:
    """Log to standard error: -1 logs errors only, 0 warnings too, 1 everything."""
    level = {-1: logging.ERROR, 0: logging.WARNING}.get(verbosity, logging.DEBUG)
    logger = logging.getLogger("builder")
    logger.setLevel(level)
    if not logger.handlers:
        handler = _ToStandardError()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
        logger.propagate = False


@contextmanager
def progress(*, quiet: bool) -> Iterator[None]:
    """Draw what long work tells, on standard error, if that is a terminal and ``quiet`` is off."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    with listening(_draw):
        yield


@contextmanager
def _draw(title: str, total: float | None) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=total)
        yield lambda step: bars.advance(task, step)


class _ToStandardError(logging.Handler):
    """Looks for the stream when it speaks: tests and callers exchange it."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)
