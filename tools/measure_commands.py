"""Time what an author waits for: the help, a build with nothing to do, the checks, and an edit to a
page until it is in the browser.

    python tools/measure_commands.py [RUNS]

Prints the median, the fastest and the slowest of RUNS (11) in seconds, each beside what was run; a
new project of the default model. On a machine that has other work, `chrt -f 10` before it lets the
commands run as if it had none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from builder.browsers.driver import POPUP_PAGE, wait_for
from builder.config.extension import BROWSERS
from builder.paths import extension_folder
from builder.project.dev import Event, Reloaded, follow, session
from builder.project.init import NewProject, create_project

RUNS = 11
TIMEOUT = 120


def reloaded_since(events: list[Event], before: int) -> bool | None:
    """Whether the session has reloaded the extension since so many events."""
    return any(isinstance(event, Reloaded) for event in events[before:]) or None


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    load = (
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        if hasattr(os, "getloadavg")
        else ""
    )
    print(f"median (fastest to slowest) of {runs} runs, seconds; {load}")
    with TemporaryDirectory() as place:
        project = Path(place) / "my-lens"
        create_project(project, NewProject.named_after(project))
        config = project / "extension.toml"
        text = config.read_text(encoding="utf-8")
        config.write_text(
            text.replace("[extension]", '[extension]\noverrides = "overrides"', 1), encoding="utf-8"
        )
        page = project / "overrides" / POPUP_PAGE
        page.parent.mkdir(parents=True)
        page.write_text(
            (extension_folder() / POPUP_PAGE).read_text(encoding="utf-8"), encoding="utf-8"
        )
        for arguments in (["--help"], ["build"], ["lint", "--no-mozilla"]):
            timed(project, arguments)  # not counted: it fills the caches, and builds
            told(f"builder {' '.join(arguments)}", [timed(project, arguments) for _ in range(runs)])
        for browser in BROWSERS:
            told(
                f"builder dev --browser {browser}: a page saved until it is in the browser",
                reloads(project, page, browser, runs),
            )


def told(what: str, seconds: list[float]) -> None:
    print(f"{median(seconds):6.2f} ({min(seconds):.2f} to {max(seconds):.2f})  {what}", flush=True)


def timed(project: Path, arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(
        [Path(sys.executable).parent / "builder", *arguments],
        cwd=project,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def reloads(project: Path, page: Path, browser: str, runs: int) -> list[float]:
    """An edit is seen from the page itself: the time goes from the save until the page that is open
    shows it.
    """
    config, out, events = project / "extension.toml", project / "dist", list[Event]()
    seconds = []
    with session(config, out, browser, events.append, headless=True, pages=[POPUP_PAGE]) as live:
        thread = threading.Thread(target=follow, args=(live, config, out, browser, events.append))
        thread.start()
        try:
            wait_for(
                lambda: live.evaluate(POPUP_PAGE, "document.body?.dataset.state"),
                TIMEOUT,
                "the popup page",
            )
            plain = page.read_text(encoding="utf-8")
            for number in range(runs + 1):
                before = len(events)
                start = time.perf_counter()
                page.write_text(
                    plain.replace("<body", f'<body data-edit="{number}"', 1), encoding="utf-8"
                )

                def shown(number: int = number) -> bool | None:
                    return (
                        live.evaluate(POPUP_PAGE, "document.body?.dataset.edit") == str(number)
                        or None
                    )

                wait_for(shown, TIMEOUT, "the edited page")
                seconds.append(time.perf_counter() - start)
                wait_for(
                    partial(reloaded_since, events, before),
                    TIMEOUT,
                    "its news",
                )
        finally:
            live.close()
            thread.join()
    return seconds[1:]  # the first fills the caches


if __name__ == "__main__":
    main()
