"""A browser with the extension in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.cli.app import Command
from builder.cli.options import config_argument, out_option
from builder.cli.output import print_error
from builder.config.extension import BROWSERS
from builder.report import Outcome

if TYPE_CHECKING:
    from builder.project.dev import Event

COLOURS = {"error": "red", "warning": "yellow", "info": "blue", "debug": "white", "log": "white"}

one_browser_option = click.option(
    "--browser",
    type=click.Choice(BROWSERS),
    default="chrome",
    show_default=True,
    help="chrome means any Chromium.",
)
open_option = click.option(
    "--open",
    "pages",
    multiple=True,
    metavar="URL",
    help=(
        "Open this address in a tab; a path without a scheme is a page of the extension."
        " Repeatable."
    ),
)
headless_option = click.option("--headless", is_flag=True, help="Run without a window.")


@click.command(cls=Command)
@config_argument
@one_browser_option
@open_option
@headless_option
@out_option
def dev(config: Path, browser: str, pages: tuple[str, ...], headless: bool, out: Path) -> Outcome:
    """Run the extension in a browser, and reload it after each change.

    It watches CONFIG, its icons, overrides and asset, and in a checkout of the toolkit the
    sources of the extension. It prints the consoles of all parts. The profile is new, and
    deleted at the end. The extension is the same as that of `builder pack`. Ends with Ctrl-C,
    or when the browser closes.

    \b
    Example:
      builder dev --browser firefox --open https://en.wikipedia.org/wiki/Joy
    """
    from builder.project.dev import follow, session

    with session(config, out, browser, _tell, headless=headless, pages=pages) as live:
        follow(live, config, out, browser, _tell)
    return Outcome(data={"browser": browser})


@click.command(cls=Command)
@config_argument
@one_browser_option
@open_option
@headless_option
@out_option
def run(config: Path, browser: str, pages: tuple[str, ...], headless: bool, out: Path) -> Outcome:
    """Run the extension in a browser and print its consoles, without watching.

    \b
    Example:
      builder run --browser firefox --open ui/popup/popup.html
    """
    from builder.project.dev import session, wait_until_closed

    with session(config, out, browser, _tell, headless=headless, pages=pages) as live:
        wait_until_closed(live)
    return Outcome(data={"browser": browser})


def _tell(event: Event) -> None:
    """One line a piece of news, on standard error: standard output belongs to ``--json``."""
    from builder.browsers.dev_session import ConsoleLine
    from builder.project.dev import Refused, Reloaded

    if isinstance(event, ConsoleLine):
        print_error(
            f"{event.part} {event.level}",
            COLOURS[event.level],
            f"{event.text}{f'  ({event.place})' if event.place else ''}",
        )
    elif isinstance(event, Reloaded):
        names = ", ".join(path.name for path in event.files[:3]) + (
            f" and {len(event.files) - 3} more" if len(event.files) > 3 else ""
        )
        print_error(
            "reloaded", "green", f"{names}, in the browser {event.seconds:.1f} s after it was saved"
        )
    elif isinstance(event, Refused):
        print_error("error:", "red", event.problem.message)
        if event.problem.hint:
            print_error("hint:", "cyan", event.problem.hint)
    else:
        print_error(
            "started",
            "green",
            f"{event.browser} with {event.folder} in {event.seconds:.1f} s; its pages:"
            f" {event.extension_url}",
        )
