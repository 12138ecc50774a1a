"""The command ``builder``: which commands there are, and where they live."""

from __future__ import annotations

import click

from builder import __version__
from builder.commands.base import Main

HOMES = {
    "bench": "builder.commands.bench:bench",
    "build": "builder.commands.build:build",
    "dev": "builder.commands.dev:dev",
    "doctor": "builder.commands.project:doctor",
    "icons": "builder.commands.project:icons",
    "init": "builder.commands.project:init",
    "lint": "builder.commands.lint:lint",
    "listing": "builder.commands.stores:listing",
    "model": "builder.commands.model:model",
    "pack": "builder.commands.build:pack",
    "publish": "builder.commands.stores:publish",
    "run": "builder.commands.dev:run",
    "verify": "builder.commands.verify:verify",
}


@click.group(cls=Main, homes=HOMES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="builder")
def main() -> None:
    """Package a text classifier into a browser extension that runs it on the user's own device."""
