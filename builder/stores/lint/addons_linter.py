"""Mozilla's addons-linter, the program that addons.mozilla.org runs itself, where Node and the
linter are installed.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import BuilderError
from builder.packaging.archive import write_zip
from builder.paths import checkout_tool
from builder.stores.extension import RELEASED
from builder.stores.lint.findings import Finding, Severity

if TYPE_CHECKING:
    from builder.stores.lint.subject import Subject

VERSION = "10.13.0"
PREFIX = "AMO-"
"""Before the linter's own codes."""

_SECONDS = 300
log = logging.getLogger(__name__)
_DOCUMENT = "https://mozilla.github.io/addons-linter/"
_EXPLAINED = {
    "UNSAFE_VAR_ASSIGNMENT": (
        "an unmodified file of its release, which the notes for reviewers name; modified copies are"
        " refused"
    )
}
_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "notice": "note"}


def run_addons_linter(subject: Subject, package: Path | None) -> tuple[list[Finding], str]:
    """What the linter finds, and one line about the run.

    :param package: the folder or zip to read; without one, the subject's contents are packed for
        it.
    :raises BuilderError: if the linter is there and fails.
    """
    command = _command()
    if command is None:
        return (
            [],
            (
                f"addons-linter is not installed (npm install addons-linter@{VERSION}): Mozilla's"
                " own verdict is left out"
            ),
        )
    with tempfile.TemporaryDirectory(prefix="lensmith-") as folder:
        if package is None:
            package = Path(folder) / "package.zip"
            write_zip(package, subject.contents or {}, quickly=True)
        log.debug("running %s on %s", " ".join(command), package)
        run = subprocess.run(
            [*command, "--output", "json", str(package)],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    try:
        report = json.loads(run.stdout)
    except json.JSONDecodeError:
        last = (run.stderr or run.stdout).strip().splitlines()[-1:] or ["no output"]
        raise BuilderError(
            f"addons-linter failed: {last[0]}",
            hint="run it by itself, or leave it out with --no-mozilla",
            code="missing-tool",
        ) from None
    found = [
        _finding(entry, subject)
        for kind in ("errors", "warnings", "notices")
        for entry in report.get(kind, [])
    ]
    explained = sum(
        finding.severity == "note" and finding.code[len(PREFIX) :] in _EXPLAINED
        for finding in found
    )
    summary = report["summary"]
    note = f", {explained} of them explained" if explained else ""
    return (
        found,
        (
            f"addons-linter: {summary['errors']} errors, {summary['warnings']} warnings{note},"
            f" {summary['notices']} notices"
        ),
    )


def _finding(entry: dict[str, object], subject: Subject) -> Finding:
    code, name, line = str(entry.get("code")), str(entry.get("file") or ""), entry.get("line")
    severity = _SEVERITIES.get(str(entry.get("_type")), "warning")
    message, why = str(entry.get("message")), " ".join(str(entry.get("description") or "").split())
    if (
        code in _EXPLAINED
        and name in subject.extension.tree.names
        and subject.extension.sha256(name) in RELEASED
    ):
        severity, message = "note", f"{message} (explained: {_EXPLAINED[code]})"
    file, number = subject.locate(name, line if isinstance(line, int) else 0)
    return Finding(
        f"{PREFIX}{code}",
        file,
        number,
        message,
        severity=severity,
        stores=("firefox",),
        why=why,
        source=_DOCUMENT,
        fix="see Mozilla's description of the rule",
    )


def _command() -> list[str] | None:
    beside = Path(sys.executable).parent / ("node.exe" if sys.platform == "win32" else "node")
    node = shutil.which("node") or (str(beside) if beside.is_file() else None)
    if node is None:
        return None
    for script in (
        checkout_tool("addons-linter/bin/addons-linter"),
        Path("node_modules/addons-linter/bin/addons-linter"),
    ):
        if script.is_file():
            return [node, str(script)]
    program = shutil.which("addons-linter")
    return [program] if program else None
