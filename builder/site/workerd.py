"""Cloudflare's open runtime, workerd, with what ``builder edge`` wrote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuilderError
from builder.paths import checkout_tool

SETTINGS = "workerd.capnp"


@dataclass(frozen=True)
class Worker:
    """``pid``: of the process."""

    url: str
    pid: int


def find_workerd() -> Path:
    """The program itself: its npm package starts it from a script otherwise.

    :raises BuilderError: if it is not installed.
    """
    packaged = sorted(checkout_tool("@cloudflare").glob("workerd-*/bin/workerd*"))
    found = packaged[0] if packaged else shutil.which("workerd")
    if found is None:
        raise BuilderError(
            "workerd is not installed",
            hint="npx workerd serve workerd.capnp fetches it; in a checkout: make setup",
            code="missing-tool",
        )
    return Path(found)


@contextmanager
def serving(folder: Path, port: int = 0, **environment: str) -> Iterator[Worker]:
    """Run the worker of ``folder`` on this machine alone; its variables are the process's.

    :param port: 0 takes a free one.
    :raises BuilderError: if it is not installed, or does not start.
    """
    program = find_workerd()
    if sys.platform == "win32":
        raise BuilderError(
            "workerd cannot be started from here on Windows",
            hint=f"start it yourself, in {folder}: npx workerd serve {SETTINGS}",
            code="missing-tool",
        )
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [
            program,
            "serve",
            SETTINGS,
            f"--socket-addr=http=127.0.0.1:{port}",
            f"--control-fd={write_end}",
        ],
        cwd=folder,
        env={**os.environ, **environment},
        pass_fds=[write_end],
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as told:
            started = re.search(r'"port":\s*(\d+)', told.readline())
        if started is None:
            process.kill()
            said = process.stderr.read().strip() if process.stderr else ""
            raise BuilderError(
                f"{folder}: workerd does not start: {said}",
                hint="--port names another port; build the worker again: builder edge",
                place=str(folder),
            )
        yield Worker(f"http://127.0.0.1:{started[1]}/", process.pid)
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
