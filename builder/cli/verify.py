"""``builder verify``: finished zips, tested in real browsers."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from builder.cli.app import Command
from builder.cli.options import FILE, browser_option, browsers_of, config_argument, out_option
from builder.errors import BuilderError, Problem
from builder.report import Outcome

VERDICTS = {True: "[green]pass[/]", False: "[red]FAIL[/]", None: "[yellow]skip[/]"}


@click.command(cls=Command)
@config_argument
@browser_option
@out_option
@click.option(
    "--zip",
    "zips",
    type=FILE,
    multiple=True,
    help="Verify this zip instead; its name ends in -chrome.zip or -firefox.zip.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1),
    default=0.02,
    show_default=True,
    help="How far a score may be from Python's.",
)
def verify(
    config: Path, browser: str, out: Path, zips: tuple[Path, ...], tolerance: float
) -> Outcome:
    """Verify the packed zips of CONFIG in real browsers.

    Each zip is installed in a clean profile and classifies the model's own sample texts, in the
    popup and in the card on a page. Its scores are compared with those of onnxruntime for Python,
    the requests that leave the browser are counted, and what the browser granted is compared with
    the manifest. Exit code 1 if anything differs.

    \b
    Example:
      builder verify --browser all
    """
    from rich.markup import escape
    from rich.table import Table

    from builder.browsers.verify import verify_package

    checks = []
    for package, name in _packages(config, browser, out, zips):
        checks += verify_package(package, name, tolerance=tolerance)
    table = Table("browser", "check", "", "found", box=None, pad_edge=False)
    for check in checks:
        table.add_row(check.browser, escape(check.what), VERDICTS[check.ok], escape(check.found))
    failed = [check for check in checks if check.ok is False]
    return Outcome(
        data={"checks": [asdict(check) for check in checks], "tolerance": tolerance},
        problems=[
            Problem("check-failed", f"{check.browser}: {check.what}: {check.found}")
            for check in failed
        ],
        text=[
            table,
            f"{len(checks) - len(failed)} of {len(checks)} checks hold"
            if failed
            else f"all {len(checks)} checks hold",
        ],
        ok=not failed,
    )


def _packages(
    config: Path, browser: str, out: Path, zips: tuple[Path, ...]
) -> list[tuple[Path, str]]:
    from builder.config.extension import BROWSERS, load_config

    if not zips:
        loaded = load_config(config)
        return [
            (out / f"{loaded.slug}-{loaded.version}-{name}.zip", name)
            for name in browsers_of(browser)
        ]
    found = []
    for file in zips:
        name = next((name for name in BROWSERS if file.name.endswith(f"-{name}.zip")), None)
        if name is None:
            raise BuilderError(
                f"{file}: is it for Chrome or for Firefox?",
                hint="name it ...-chrome.zip or ...-firefox.zip",
                place=str(file),
            )
        found.append((file, name))
    return found
