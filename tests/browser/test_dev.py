"""``builder dev``: an edit shows in a running browser, and what goes wrong there shows on the
terminal.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from builder.browsers.dev_session import ConsoleLine, DevSession
from builder.browsers.driver import POPUP_PAGE, wait_for
from builder.paths import extension_folder
from builder.project.dev import Event, Refused, Reloaded, Started, follow, session
from tests.support.tiny import write_extension, write_tiny_asset

T = TypeVar("T", bound=Event)
TIMEOUT = 90


class Following:
    """A project whose overrides are watched, the browser that follows it, and what was told."""

    def __init__(self, folder: Path, live: DevSession, events: list[Event]) -> None:
        self.folder, self.live, self.events = folder, live, events

    def wait(self, kind: type[T], fits: Callable[[T], bool] = lambda _: True) -> T:
        def found() -> T | None:
            return next(
                (event for event in self.events if isinstance(event, kind) and fits(event)), None
            )

        return wait_for(found, TIMEOUT, f"a {kind.__name__} among {self.events}")

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.folder / "overrides" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module", params=["chrome", "firefox"])
def following(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Following]:
    folder = tmp_path_factory.mktemp("project")
    config = write_extension(folder / "extension.toml", "asset")
    write_tiny_asset(folder / "asset")
    config.write_text(config.read_text().replace("[model]", 'overrides = "overrides"\n\n[model]'))
    for name in (POPUP_PAGE, "ui/popup/popup.js", "engine/worker.js"):
        (folder / "overrides" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "overrides" / name).write_text(
            (extension_folder() / name).read_text(encoding="utf-8"), encoding="utf-8"
        )
    events: list[Event] = []
    with session(
        config, folder / "dist", request.param, events.append, headless=True, pages=[POPUP_PAGE]
    ) as live:
        thread = threading.Thread(
            target=follow, args=(live, config, folder / "dist", request.param, events.append)
        )
        thread.start()
        try:
            wait_for(
                lambda: live.evaluate(POPUP_PAGE, "document.body?.dataset.state"),
                TIMEOUT,
                "the popup page",
            )
            yield Following(folder, live, events)
        finally:
            live.close()
            thread.join(TIMEOUT)
            assert not thread.is_alive()


def test_an_edit_to_a_surface_is_reloaded_where_it_is_open(following: Following) -> None:
    assert following.live.evaluate(POPUP_PAGE, "document.body.dataset.edited ?? 'no'") == "no"
    following.edit(POPUP_PAGE, "<body", '<body data-edited="yes"')
    reloaded = following.wait(Reloaded)
    edited = "document.body?.dataset.edited ?? null"
    assert (
        wait_for(lambda: following.live.evaluate(POPUP_PAGE, edited), TIMEOUT, "the edited page")
        == "yes"
    )
    assert [path.name for path in reloaded.files] == ["popup.html"]
    print(
        f"\n{following.wait(Started).browser}: in the browser {reloaded.seconds:.2f} s after it was"
        " saved"
    )


def test_consoles_and_errors_are_told_with_their_part_and_line(following: Following) -> None:
    popup, worker = (
        following.folder / "overrides" / name for name in ("ui/popup/popup.js", "engine/worker.js")
    )
    line = popup.read_text(encoding="utf-8").count("\n") + 1
    with popup.open("a", encoding="utf-8") as file:
        file.write(
            "console.warn('heard from', 'popup')\nsetTimeout(() => { throw new TypeError('late in"
            " popup') }, 10)\n"
        )
    warning = following.wait(ConsoleLine, lambda told: told.text == "heard from popup")
    assert (warning.level, warning.part, warning.place.rsplit(":", 1)[0]) == (
        "warning",
        "popup",
        f"ui/popup/popup.js:{line}",
    )
    error = following.wait(ConsoleLine, lambda told: "late in popup" in told.text)
    assert (error.level, error.part, error.place.rsplit(":", 1)[0]) == (
        "error",
        "popup",
        f"ui/popup/popup.js:{line + 1}",
    )
    line = worker.read_text(encoding="utf-8").count("\n") + 1
    with worker.open("a", encoding="utf-8") as file:
        file.write("console.error('heard from', 'worker')\n")
    heard = following.wait(ConsoleLine, lambda told: told.text == "heard from worker")
    assert (heard.level, heard.part, heard.place.rsplit(":", 1)[0]) == (
        "error",
        "worker",
        f"engine/worker.js:{line}",
    )


def test_an_edit_that_makes_no_extension_is_refused_and_the_next_good_one_taken(
    following: Following,
) -> None:
    following.edit(POPUP_PAGE, "popup.css", "none.css")
    refused = following.wait(Refused)
    assert "none.css" in refused.problem.message
    assert following.live.evaluate(POPUP_PAGE, "document.styleSheets.length > 0") is True, (
        "the browser keeps the last good one"
    )
    before = len(following.events)
    following.edit(POPUP_PAGE, "none.css", "popup.css")
    wait_for(
        lambda: next(
            (event for event in following.events[before:] if isinstance(event, Reloaded)), None
        ),
        TIMEOUT,
        "the mended page",
    )


def test_what_runs_in_development_is_what_is_packed(following: Following, tmp_path: Path) -> None:
    from builder.config.extension import load_config
    from builder.packaging.pack import pack_extension

    browser = following.wait(Started).browser
    bundles = pack_extension(
        load_config(following.folder / "extension.toml"), tmp_path / "dist", (browser,)
    ).bundles
    running = following.wait(Started).folder
    for name in bundles[0].files:
        assert (running / name).read_bytes() == (bundles[0].folder / name).read_bytes(), name
    assert "content_security_policy" in json.loads((running / "manifest.json").read_text())
