"""What stores would refuse."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.cli.app import Command
from builder.cli.options import FILE
from builder.cli.output import coloured
from builder.config.extension import BROWSERS
from builder.errors import Problem
from builder.files import replacing
from builder.report import Outcome, counted

if TYPE_CHECKING:
    from builder.stores.lint.engine import LintReport
    from builder.stores.lint.findings import Finding

STORES = (*BROWSERS, "edge")
COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}


def _stores(
    _ctx: click.Context, _parameter: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    if value is None:
        return None
    names = tuple(name.strip() for name in value.split(","))
    for name in names:
        if name not in STORES:
            raise click.BadParameter(f"'{name}' is not one of {', '.join(STORES)}")
    return names


def _complete_stores(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """The stores that the list so far does not name."""
    before, comma, begun = incomplete.rpartition(",")
    return [
        f"{before}{comma}{name}"
        for name in STORES
        if name.startswith(begun) and name not in before.split(",")
    ]


@click.command(cls=Command)
@click.argument(
    "target", type=FILE, default=Path("extension.toml"), metavar="[CONFIG | FOLDER | ZIP]"
)
@click.option(
    "--store",
    "stores",
    callback=_stores,
    metavar="STORE,...",
    shell_complete=_complete_stores,
    help=(
        f"Stores whose rules to apply, any of {','.join(STORES)}. By default, all stores"
        " that accept this kind of package."
    ),
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE[:PATTERN]",
    help="Skip a rule, everywhere or for files that match the pattern. Repeatable.",
)
@click.option(
    "--fix", is_flag=True, help="First fix what needs no decision, in a project or a folder."
)
@click.option(
    "--sarif", "sarif_file", type=FILE, help="Write the findings as SARIF 2.1.0, for code hosts."
)
@click.option(
    "--mozilla/--no-mozilla",
    default=True,
    show_default=True,
    help="Also run Mozilla's addons-linter, if it is installed.",
)
def lint_command(
    target: Path,
    stores: tuple[str, ...] | None,
    ignore: tuple[str, ...],
    fix: bool,
    sarif_file: Path | None,
    mozilla: bool,
) -> Outcome:
    """Check a project, an unpacked extension or a store zip for what stores refuse.

    docs/reference/lint.md explains the rule of each finding. The exit code is 1 if a finding is
    an error.

    \b
    Example:
      builder lint extension.toml --store chrome,firefox
    """
    from builder.stores.lint.engine import lint
    from builder.stores.lint.sarif import sarif

    report = lint(target, stores, ignore=ignore, fix=fix, mozilla=mozilla)
    if sarif_file is not None:
        with replacing(sarif_file) as path:
            path.write_text(
                json.dumps(sarif(report.findings), indent=2, ensure_ascii=False) + "\n",
                encoding="utf-8",
            )
    return Outcome(
        ok=report.ok,
        text=_text(report),
        problems=[_problem(finding) for finding in report.findings],
        data={
            "stores": list(report.stores),
            "findings": [asdict(finding) for finding in report.findings],
            "fixed": report.fixed,
            "permissions": {
                browser: [asdict(entry) for entry in traced]
                for browser, traced in report.permissions.items()
            },
            "mozilla": report.mozilla,
        },
    )


def _problem(finding: Finding) -> Problem:
    return Problem(finding.code, finding.message, finding.fix, finding.place)


def _text(report: LintReport) -> list[Any]:
    from builder.stores.lint.rules import RULES

    lines: list[Any] = [f"fixed: {line}" for line in report.fixed]
    told = set()
    fixable = {rule.code for rule in RULES if rule.fixable} if report.correctable else set()
    for finding in report.findings:
        stores = "" if finding.stores == report.stores else f" [{', '.join(finding.stores)}]"
        guess = ", a heuristic" if finding.heuristic else ""
        lines.append(
            coloured(
                f"{finding.severity} {finding.code}",
                COLOURS[finding.severity],
                f"{guess}: {finding.place}: {finding.message}{stores}",
            )
        )
        if finding.code not in told:
            told.add(finding.code)
            by_itself = "; builder lint --fix does it" if finding.code in fixable else ""
            lines += [
                f"    why: {finding.why} {finding.source}",
                coloured("    fix:", "cyan", f" {finding.fix}{by_itself}"),
            ]
    for browser, traced in report.permissions.items():
        lines.append(
            f"permissions for {browser}:" if traced else f"permissions for {browser}: none"
        )
        for entry in traced:
            place = entry.used_at[0] if entry.used_at else "no call seen"
            more = f" and {len(entry.used_at) - 1} more" if len(entry.used_at) > 1 else ""
            lines.append(
                f"  {entry.name}: {entry.reason or 'not in the table of permissions'};"
                f" {place}{more}"
            )
    if report.mozilla:
        lines.append(report.mozilla)
    counts = ", ".join(counted(report.count(kind), kind) for kind in ("error", "warning", "note"))
    lines.append(f"{counts} for {', '.join(report.stores)}")
    return lines
