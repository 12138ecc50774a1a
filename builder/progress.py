"""Progress reporting: long operations emit progress; callers may install a listener (the command
line draws a bar).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

Advance = Callable[[float], None]
"""Called with how much more of the total is done."""

Listener = Callable[[str, float | None], AbstractContextManager[Advance]]
"""Called with a title and the total, None where it is not known, when a piece of work begins; left
when it ends.
"""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def work(title: str, total: float | None = None) -> Iterator[Advance]:
    """Announce a piece of work; with nobody listening this costs nothing."""
    listener = _listener.get()
    if listener is None:
        yield lambda _: None
        return
    with listener(title, total) as advance:
        yield advance


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` of all work inside the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
