"""What a test waits for where nothing is to happen."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY_S = 0.1


def assert_stays(read: Callable[[], object], expected: object, seconds: float) -> None:
    """A value stays for a while: what must not happen could come late."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert read() == expected
        time.sleep(EVERY_S)
