"""The arguments and options that mean the same in every command."""

from __future__ import annotations

from pathlib import Path

import click

from builder.config.extension import BROWSERS

FILE = click.Path(path_type=Path)

config_argument = click.argument("config", type=FILE, default=Path("extension.toml"))
browser_option = click.option(
    "--browser",
    type=click.Choice([*BROWSERS, "all"]),
    default="all",
    show_default=True,
    help="Browser to build for; chrome means any Chromium.",
)
out_option = click.option(
    "--out", type=FILE, default=Path("dist"), show_default=True, help="Folder for the output."
)


def browsers_of(choice: str) -> tuple[str, ...]:
    """The browsers that ``--browser`` names."""
    return BROWSERS if choice == "all" else (choice,)
