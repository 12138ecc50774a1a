"""What development needs of a browser, and what the browser tells."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

# The part of the extension that a script or page belongs to, by the start of its path.
_PARTS = {
    "background/": "background",
    "engine/": "worker",
    "host/": "host",
    "content/": "content",
    "runtime/": "worker",
}


@dataclass(frozen=True)
class ConsoleLine:
    """Something that the extension wrote to a console, or an error that nobody caught."""

    level: str
    """error, warning, info, log or debug."""
    part: str
    """background, host, worker, content, or the name of the UI page: popup, card, ..."""
    text: str
    place: str
    """file:line:column, relative to the extension; empty where the browser does not tell."""


Listener = Callable[[ConsoleLine], None]


class DevSession(ABC):
    extension_url = ""
    """Address of the extension's pages, with a slash at the end."""

    @abstractmethod
    def load(self, folder: Path) -> None:
        """Install an unpacked extension. :raises BuilderError: if the browser refuses it, with what
        it says.
        """

    @abstractmethod
    def reload(self) -> None:
        """Reload the extension from its folder, and its open pages.

        :raises BuilderError: as in ``load``.
        """

    @abstractmethod
    def open(self, url: str) -> None:
        """Open a tab; a relative address is a page of the extension."""

    @abstractmethod
    def evaluate(self, page: str, expression: str) -> object:
        """The value of an expression in the open page of the extension whose path is ``page``; None
        if there is no such page.
        """

    @abstractmethod
    def is_open(self) -> bool:
        """False once the person has closed the browser."""

    @abstractmethod
    def close(self) -> None:
        """Stop the browser and delete its profile."""

    def address(self, url: str) -> str:
        return url if urlsplit(url).scheme else self.extension_url + url.lstrip("/")


def part_of(path: str) -> str:
    """Which part of the extension a file belongs to."""
    for start, part in _PARTS.items():
        if path.startswith(start):
            return part
    pieces = path.split("/")
    is_ui_page = pieces[0] == "ui" and len(pieces) > 2 and pieces[1] != "lib"
    return pieces[1] if is_ui_page else pieces[-1] or "extension"


def start_session(browser: str, listener: Listener, *, headless: bool = False) -> DevSession:
    """Start ``chrome`` or ``firefox`` with a profile of its own, which is deleted at the end.

    :raises BuilderError: if the browser is missing or does not answer.
    """
    if browser == "chrome":
        from builder.browsers.dev_chrome import ChromeDevSession

        return ChromeDevSession(listener, headless=headless)
    from builder.browsers.dev_firefox import FirefoxDevSession

    return FirefoxDevSession(listener, headless=headless)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a browser to close, and kill it if it does not within ten seconds."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
