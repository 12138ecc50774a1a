"""``builder build`` and ``builder pack``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.cli.app import Command
from builder.cli.options import browser_option, browsers_of, config_argument, out_option
from builder.config.extension import load_config
from builder.errors import Problem
from builder.report import Outcome, counted, megabytes

if TYPE_CHECKING:
    from rich.table import Table

    from builder.packaging.contents import Bundle
    from builder.packaging.pack import Packed
    from builder.packaging.size_report import PartSize
    from builder.packaging.sources.reproduce import ReproducibilityCheck
    from builder.stores.permissions import PermissionChange


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
    from builder.packaging.pack import build_extension

    bundles = build_extension(load_config(config), out, browsers_of(browser))
    return Outcome(
        data={"bundles": [_data(bundle) for bundle in bundles]},
        text=[f"{_summary(bundle)}{_changes(bundle)}" for bundle in bundles],
    )


def _summary(bundle: Bundle) -> str:
    isolated = ", pages isolated for several threads" if bundle.isolated else ""
    return (
        f"{bundle.folder}: {counted(len(bundle.files), 'file')},"
        f" {megabytes(bundle.bytes)}{isolated}"
    )


def _changes(bundle: Bundle) -> str:
    """What the build changed of an earlier one."""
    if bundle.changed is None:
        return ""
    more = f" and {len(bundle.changed) - 3} more" if len(bundle.changed) > 3 else ""
    return f"; changed: {', '.join(bundle.changed[:3])}{more}" if bundle.changed else "; as it was"


@click.command(cls=Command)
@config_argument
@browser_option
@out_option
@click.option(
    "--check-reproducible",
    is_flag=True,
    help="Rebuild from the zip of sources in a clean folder, and compare.",
)
def pack(config: Path, browser: str, out: Path, check_reproducible: bool) -> Outcome:
    """Build the extension that CONFIG describes and pack a store zip for each browser; Edge takes
    Chrome's.

    For Firefox, a zip of sources for Mozilla's reviewers is packed too. Sizes are printed, drawn in
    size.svg, and compared with the previous build, as are the permissions.

    \b
    Example:
      builder pack extension.toml --check-reproducible
    """
    from builder.stores.package_report import package_report

    report = package_report(
        load_config(config), out, browsers_of(browser), check_reproducible=check_reproducible
    )
    return Outcome(
        ok=not report.problems,
        problems=report.problems,
        data=_packed_data(report.packed, report.changes, report.checks),
        text=_packed_text(report.packed, report.changes, report.checks, report.problems),
    )


def _packed_data(
    packed: Packed, changes: list[PermissionChange], checks: list[ReproducibilityCheck]
) -> dict[str, Any]:
    model = packed.asset.description
    return {
        "bundles": [_data(bundle) for bundle in packed.bundles],
        "packages": [
            asdict(package)
            | {
                "file": str(package.file),
                "contents_sha256": packed.record.last[package.browser].contents_sha256,
                "contents": packed.record.last[package.browser].hashes,
                "parts": [asdict(part) for part in packed.parts(package.browser)],
            }
            for package in packed.packages
        ],
        "sources": (
            asdict(packed.sources) | {"file": str(packed.sources.file)} if packed.sources else None
        ),
        "permissions": [asdict(entry) | {"asks": entry.asks} for entry in changes],
        "reproducible": [asdict(check) for check in checks],
        "asset": {
            "name": packed.asset.name,
            "version": model["version"],
            "licence": model["licence"],
        },
    }


def _packed_text(
    packed: Packed,
    changes: list[PermissionChange],
    checks: list[ReproducibilityCheck],
    problems: list[Problem],
) -> list[Any]:
    text: list[Any] = []
    for bundle, package in zip(packed.bundles, packed.packages, strict=True):
        text.append(f"{_summary(bundle)}, ready to load unpacked")
        text.append(f"{package.file}: {megabytes(package.bytes)}\n  sha256 {package.sha256}")
        text.append(f"  contents {packed.record.last[package.browser].contents_sha256}")
    first = packed.packages[0].browser
    text += [f"size of {packed.packages[0].file.name} by part:", _table(packed.parts(first))]
    if packed.picture:
        text.append(f"{packed.picture}: size by file, as a picture")
    text += [_permissions(entry, packed) for entry in changes]
    if packed.sources:
        files = counted(packed.sources.files, "file")
        text.append(
            f"{packed.sources.file}: {megabytes(packed.sources.bytes)}, {files} for Mozilla's"
            " reviewers"
        )
        text.append(f"  sha256 {packed.sources.sha256}")
        if packed.sources.untracked:
            some = ", ".join(packed.sources.untracked[:3]) + (
                ", ..." if len(packed.sources.untracked) > 3 else ""
            )
            text.append(
                f"note: the package is made of {len(packed.sources.untracked)} files that git does"
                f" not track: {some}"
            )
    if packed.no_sources:
        text.append(f"note: no zip of sources: {packed.no_sources}")
    for check in checks:
        if check.same_bytes:
            text.append(
                f"from sources: {check.browser} is byte for byte the same, contents"
                f" {check.contents_sha256}"
            )
    licence = packed.asset.description["licence"]
    if licence.get("restricts_use"):
        text.append(
            f"note: the licence of the model '{packed.asset.name}' restricts its use:"
            f" {licence['name']} (see its card)"
        )
    text += [f"error: {problem.message}" for problem in problems]
    return text


def _permissions(entry: PermissionChange, packed: Packed) -> str:
    before = packed.record.before[entry.browser].version
    if not entry.added and not entry.removed:
        return f"permissions for {entry.browser}: as in {before}"
    changed = ", ".join(
        [*(f"+{name}" for name in entry.added), *(f"-{name}" for name in entry.removed)]
    )
    if not entry.asks:
        return (
            f"permissions for {entry.browser} since {before}: {changed}; an update asks the user"
            " nothing"
        )
    asked = "; ".join(f"'{warning}'" for warning in entry.new_warnings)
    return (
        f"permissions for {entry.browser} since {before}: {changed}; an UPDATE WILL ASK the user"
        f" anew: {asked}"
    )


def _table(parts: list[PartSize]) -> Table:
    from rich import box
    from rich.table import Table

    compared = any(part.before is not None for part in parts)
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("part", footer="all")
    table.add_column("files", footer=str(sum(part.files for part in parts)), justify="right")
    table.add_column("raw", footer=megabytes(sum(part.raw for part in parts)), justify="right")
    table.add_column(
        "zipped", footer=megabytes(sum(part.zipped for part in parts)), justify="right"
    )
    if compared:
        table.add_column(
            "change",
            footer=_signed(sum(part.zipped - (part.before or 0) for part in parts)),
            justify="right",
        )
    for part in parts:
        change = [_signed(part.zipped - (part.before or 0))] if compared else []
        table.add_row(
            part.name, str(part.files), megabytes(part.raw), megabytes(part.zipped), *change
        )
    return table


def _signed(count: int) -> str:
    return f"{'-' if count < 0 else '+'}{megabytes(abs(count))}" if count else ""


def _data(bundle: Bundle) -> dict[str, Any]:
    return {
        "browser": bundle.browser,
        "folder": str(bundle.folder),
        "files": len(bundle.files),
        "bytes": bundle.bytes,
        "isolated": bundle.isolated,
        "changed": None if bundle.changed is None else list(bundle.changed),
    }
