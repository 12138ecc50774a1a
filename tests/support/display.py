"""A display of our own for browsers that have to be seen: Xvfb."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from builder.browsers.driver import find_program

SIZE = "1280x1000x24"


@contextmanager
def virtual_display() -> Iterator[str]:
    """Start Xvfb on a free display, and make it the one that programs started from here use.

    With ``pytest --headed`` the display is the user's own.
    """
    if "LENSMITH_HEADED" in os.environ:
        yield os.environ["DISPLAY"]
        return
    read, write = os.pipe()
    server = subprocess.Popen(
        [
            find_program("Xvfb", "Xvfb"),
            "-displayfd",
            str(write),
            "-screen",
            "0",
            SIZE,
            "-nolisten",
            "tcp",
        ],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    before = os.environ.get("DISPLAY")
    try:
        with os.fdopen(read) as pipe:
            display = f":{pipe.readline().strip()}"
        os.environ["DISPLAY"] = display
        yield display
    finally:
        if before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = before
        server.terminate()
        server.wait()
