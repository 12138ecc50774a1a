"""What can be done with a browser that has the extension installed."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from builder.errors import BuilderError

if TYPE_CHECKING:
    from builder.browsers.trace import Trace

T = TypeVar("T")

CARD_PAGE = "ui/card/card.html"
POPUP_PAGE = "ui/popup/popup.html"
WELCOME_PAGE = "ui/welcome/welcome.html"
WELCOME_TIMEOUT = 120
SCRIPT_TIMEOUT = 240
"""Seconds for a script in a page: a busy machine needs them."""
DRIVER_TIMEOUT = 300
"""Seconds for an answer of a driver: longer than a script's, so that a slow script is named."""

KEYS = {
    "Tab": "\ue004",
    "Backspace": "\ue003",
    "Enter": "\ue007",
    "Space": " ",
    "Escape": "\ue00c",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Home": "\ue011",
    "End": "\ue010",
    "Shift": "\ue008",
    "Ctrl": "\ue009",
    "Alt": "\ue00a",
}
"""Keys that are no characters, as WebDriver numbers them."""

SNAPSHOT = """
(() => {
  const rows = [...document.querySelectorAll('[data-label]')].map(
    ({dataset: {label, score}}) => [label, Number(score)])
  const latency = document.querySelector('[data-latency]')?.dataset.latency
  return {
    state: document.body?.dataset.state, scores: Object.fromEntries(rows),
    winner: document.querySelector('[data-winner]')?.dataset.winner || null,
    latency_ms: latency === undefined ? null : Number(latency),
    text: document.body?.innerText ?? '',
    framed: window !== window.top,
  }
})()
"""
"""An expression that reads a card or popup."""

TYPE_AND_WAIT = """
return (async (text) => {
  const field = document.getElementById('text')
  const type = (value) => { field.value = value; field.dispatchEvent(new Event('input')) }
  type('')
  type(text)
  while (!['result', 'failure'].includes(document.body.dataset.state)) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
})(arguments[0])
"""


@dataclass(frozen=True)
class Snapshot:
    """What a card or popup shows; scores in 0..1 by label."""

    state: str
    scores: dict[str, float]
    winner: str | None
    latency_ms: float | None
    text: str
    framed: bool
    """Whether it is in a frame, on a web page."""


class Browser(Protocol):
    """A running browser with one tab and the extension; verify, bench and the tests share it.

    Each driver inherits from it.
    """

    name: str
    """``chrome`` or ``firefox``."""

    extension_url: str
    """Address of the extension's pages, with a slash at the end."""

    driver_errors: tuple[type[Exception], ...] = ()
    """What the driver raises when the browser does not answer, or not in time."""

    def install(self, bundle: Path) -> str:
        """Install an extension, a folder or a zip; the address of its pages, with a slash at the
        end.
        """
        ...

    def open(self, url: str) -> None:
        """Go to an address, a web page or a page of the extension, and wait until it is loaded."""
        ...

    def run_script(self, script: str, args: Sequence[Any]) -> Any:
        """As ``execute``, with the driver's own exceptions."""
        ...

    def press(self, shortcut: str) -> None:
        """Press a key with its modifiers, written like in a manifest ('Alt+Shift+L'), as the
        extension's shortcut.
        """
        ...

    def type_keys(self, *keys: str) -> None:
        """Press keys one after another, wherever the focus is: characters, or names as in ``KEYS``,
        with modifiers like 'Ctrl+A'.
        """
        ...

    def send_menu_click(self, entry: str, *, frame: str = "", text: str = "") -> float:
        """Send what choosing the entry of this id sends, without the menu: the grant of
        ``activeTab``, and the event.

        :param frame: the address of the frame that was clicked in, else the page itself.
        :param text: the selection as the browser's menu has it.
        :return: when the event came, in milliseconds of the epoch.
        """
        ...

    def card(self) -> Snapshot | None:
        """What the newest card shows; None while there is none."""
        ...

    def in_card(self, expression: str) -> Any:
        """Evaluate an expression in the card's page."""
        ...

    def in_page(self, page: str, expression: str) -> Any:
        """Evaluate an expression in the page of the extension whose address contains ``page``, in
        any frame or tab. None while there is none.
        """
        ...

    def open_tab(self, url: str) -> None:
        """Open an address in a new tab, which becomes the open page."""
        ...

    def switch_tab(self, number: int) -> None:
        """Go to a tab, counted from 0 in the order in which they were opened."""
        ...

    def granted(self) -> tuple[list[str], list[str]]:
        """What the extension may do: permissions, and patterns of the addresses that it reaches. A
        page of it has to be open.
        """
        ...

    def complaints(self) -> list[str]:
        """What the browser says against the extension: warnings about its manifest, errors at run
        time.
        """
        ...

    def stop_background(self) -> None:
        """End the extension's background, as the browser does after some idle time."""
        ...

    @property
    def version(self) -> str:
        """The browser's own."""
        ...

    def extension_processes(self) -> list[int]:
        """Numbers of the processes that run the extension's pages and workers. (Linux only.)"""
        ...

    def trace(self, address: str) -> Trace | None:
        """Record what the page at an address does from now on; None where the browser cannot."""
        return None

    def close(self) -> None:
        """Stop the browser; its profile is deleted."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """:raises BuilderError: in place of a driver's own error, which nobody caught."""
        try:
            self.close()
        except self.driver_errors as failure:
            error = error or failure
        if isinstance(error, self.driver_errors):
            raise unresponsive(self.name, error) from error

    def execute(self, script: str, *args: Any) -> Any:
        """Run a function body in the open page; promises are awaited.

        :raises BuilderError: if it throws, or takes longer than the driver waits.
        """
        try:
            return self.run_script(script, args)
        except Exception as error:  # each driver has its own
            raise BuilderError(
                f"{self.name}: the page failed: {_first_line(error)}",
                hint="'builder verify' says what else does not work in this browser",
            ) from error

    def wait_for_card(self, state: str = "result", *, timeout: float = 60) -> Snapshot:
        """:raises TimeoutError: if no card shows ``state`` in time, in seconds; it tells what the
        card shows instead.
        """
        last: Snapshot | None = None

        def shown() -> Snapshot | None:
            nonlocal last
            last = self.card()
            return last if last and last.state == state else None

        try:
            return wait_for(shown, timeout, f"a card in state '{state}'")
        except TimeoutError as error:
            instead = (
                f"the card is in state '{last.state}': {' '.join(last.text.split())}"
                if last
                else "there is no card"
            )
            raise TimeoutError(f"{error}; {instead}") from None

    def open_popup(self) -> None:
        self.open(self.extension_url + POPUP_PAGE)

    def classify_in_popup(self, text: str) -> Snapshot:
        """Type a text into the open popup page and wait for what it shows."""
        self.execute(TYPE_AND_WAIT, text)
        return Snapshot(**self.execute(f"return {SNAPSHOT.strip()}"))


def unresponsive(browser: str, error: BaseException) -> BuilderError:
    """A driver's error in one sentence."""
    return BuilderError(
        f"{browser}: the browser does not answer its driver: {_first_line(error)}",
        code="missing-tool",
        hint="try again when the machine is less busy; 'builder doctor' tells what is missing",
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def wait_for(read: Callable[[], T | None], timeout: float, what: str) -> T:
    """Ask again until there is an answer. :raises TimeoutError: after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = read()
        if value is not None:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not appear within {timeout} s")
        time.sleep(0.02)


def chord(key: str) -> list[str]:
    """A key with its modifiers, as WebDriver wants them pressed one after another: 'Ctrl+A', 'Tab',
    'x'.
    """
    if len(key) == 1:
        return [key]
    return [KEYS.get(part, part.lower()) for part in key.split("+")]


def opens_welcome_page(bundle: Path) -> bool:
    """Whether an extension, a folder or a zip, opens a welcome page when it is installed."""
    if bundle.is_dir():
        return (bundle / WELCOME_PAGE).is_file()
    with zipfile.ZipFile(bundle) as archive:
        return WELCOME_PAGE in archive.namelist()


CHROMIUMS = ("chromium", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
FIREFOXES = ("firefox-esr", "firefox", "firefox-developer-edition")
"""Programs that will do, the one that the tests run first: every command takes the same."""


def is_root() -> bool:
    """Whether Chromium needs ``--no-sandbox``.

    Workaround: its sandbox does not work for root. It may go when it does:
    https://crbug.com/638180.
    """
    return hasattr(os, "geteuid") and os.geteuid() == 0


def find_program(what: str, *names: str) -> str:
    """The path of the first of these programs that is there. :raises BuilderError: if none is."""
    for name in names:
        if path := shutil.which(name):
            return path
    hint = f"install one of: {', '.join(names)} (make test does where apt-get can be used)"
    raise BuilderError(f"{what} is missing", code="missing-tool", hint=hint)
