"""From extension.toml to what browsers load and stores take."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.commands.base import Command, browser_option, browsers_of, config_argument, out_option
from builder.config import load_config
from builder.report import Outcome, megabytes

if TYPE_CHECKING:
    from builder.bundle.assemble import Bundle


@click.command(cls=Command)
@config_argument
@browser_option
@out_option
def build(config: Path, browser: str, out: Path) -> Outcome:
    """Write the extension that CONFIG describes, unpacked, as a browser loads it.

    \b
    Example:
      builder build extension.toml --browser chrome
    """
    from builder.bundle import build_extension

    bundles = build_extension(load_config(config), out, browsers_of(browser))
    return Outcome(
        data={"bundles": [_data(bundle) for bundle in bundles]},
        text=[f"{bundle.folder}: {len(bundle.files)} files, {megabytes(bundle.bytes)}" for bundle in bundles],
    )


@click.command(cls=Command)
@config_argument
@browser_option
@out_option
def pack(config: Path, browser: str, out: Path) -> Outcome:
    """Build the extension that CONFIG describes and pack a store zip for each browser.

    \b
    Example:
      builder pack extension.toml
    """
    from builder.bundle import pack_extension

    bundles, packages, asset = pack_extension(load_config(config), out, browsers_of(browser))
    licence = asset.description["licence"]
    text = []
    for bundle, package in zip(bundles, packages, strict=True):
        text.append(f"{bundle.folder}: {len(bundle.files)} files, {megabytes(bundle.bytes)}, ready to load unpacked")
        text.append(f"{package.file}: {megabytes(package.bytes)}\n  sha256 {package.sha256}")
    if licence.get("restricts_use"):
        text.append(f"note: the licence of the model '{asset.name}' restricts its use: {licence['name']} (see its card)")
    return Outcome(text=text, data={
        "bundles": [_data(bundle) for bundle in bundles],
        "packages": [asdict(package) | {"file": str(package.file)} for package in packages],
        "asset": {"name": asset.name, "version": asset.description["version"], "licence": licence},
    })


def _data(bundle: Bundle) -> dict[str, Any]:
    return {"browser": bundle.browser, "folder": str(bundle.folder), "files": len(bundle.files), "bytes": bundle.bytes}
