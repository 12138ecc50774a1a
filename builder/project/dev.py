"""Development: a browser with the extension in it that follows every change of the project. What it
runs is what would be packed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from builder.browsers.dev_session import ConsoleLine, DevSession, start_session
from builder.config.extension import load_config
from builder.errors import BuilderError, Problem, missing_extra
from builder.packaging.pack import build_extension
from builder.paths import extension_folder

TICK_MS = 200
"""How often to look whether the browser is still there."""
SETTLE_MS = 50
"""Editors write several files in a row: how long nothing must change before a change is taken."""


@dataclass(frozen=True)
class Started:
    """The browser shows the extension, after so many seconds."""

    browser: str
    folder: Path
    extension_url: str
    seconds: float


@dataclass(frozen=True)
class Reloaded:
    """A change of these files is in the browser, ``seconds`` after the last of them was saved."""

    files: tuple[Path, ...]
    seconds: float


@dataclass(frozen=True)
class Refused:
    """A change that makes no extension; the browser keeps the last good one."""

    problem: Problem


Event = Started | Reloaded | Refused | ConsoleLine
Tell = Callable[[Event], None]


@contextmanager
def session(
    config_file: Path,
    out: Path,
    browser: str,
    tell: Tell,
    *,
    headless: bool = False,
    pages: Sequence[str] = (),
) -> Iterator[DevSession]:
    """Build, and start a browser with a clean profile and the extension in it; both go at the end.

    :param pages: addresses to open; relative ones are pages of the extension.
    :raises BuilderError: if it does not build, or the browser is missing or refuses it.
    """
    start = time.monotonic()
    (bundle,) = build_extension(load_config(config_file), out, (browser,))
    live = start_session(browser, tell, headless=headless)
    try:
        live.load(bundle.folder)
        tell(Started(browser, bundle.folder, live.extension_url, time.monotonic() - start))
        for page in pages:
            live.open(page)
        yield live
    finally:
        live.close()


def wait_until_closed(live: DevSession) -> None:
    while live.is_open():
        time.sleep(TICK_MS / 1000)


def follow(live: DevSession, config_file: Path, out: Path, browser: str, tell: Tell) -> None:
    """Rebuild and reload after each change, until the browser is closed.

    :raises BuilderError: if the package that watches files is missing.
    """
    try:
        from watchfiles import watch
    except ImportError:
        raise missing_extra("watchfiles", "browsers") from None
    saved = _modified(config_file)
    while live.is_open():
        folders = _watched(config_file)
        for changes in watch(
            *folders,
            step=SETTLE_MS,
            rust_timeout=TICK_MS,
            yield_on_timeout=True,
            raise_interrupt=True,
        ):
            changed = {Path(path) for _, path in changes}
            # The file itself is looked at, not watched: many editors put a new file in its place.
            edited = (now := _modified(config_file)) != saved
            if edited:
                saved = now
                changed.add(config_file)
            if changed:
                _renew(live, config_file, out, browser, tell, changed)
            if edited or not live.is_open():
                break


def _renew(
    live: DevSession, config_file: Path, out: Path, browser: str, tell: Tell, changed: set[Path]
) -> None:
    when = max((_modified(path) for path in changed), default=0.0)
    try:
        build_extension(load_config(config_file), out, (browser,))
        live.reload()
    except BuilderError as error:
        if not live.is_open():
            return
        tell(Refused(error.problem))
        return
    tell(Reloaded(tuple(sorted(changed)), max(0.0, time.time() - when) if when else 0.0))


def _watched(config_file: Path) -> list[Path]:
    """The folders that the extension is made of, as far as they are there."""
    folders = [extension_folder()]
    try:
        config = load_config(config_file)
    except BuilderError:  # told already; the next change of the file brings us back here
        return folders
    return [
        folder
        for folder in (*folders, config.asset, config.icons, config.overrides)
        if folder is not None and folder.is_dir()
    ]


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
