"""Checks a project, a folder or a finished zip against what the stores refuse."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from builder.errors import BuilderError
from builder.stores.lint.addons_linter import run_addons_linter
from builder.stores.lint.findings import BROWSER_OF, STORES, Finding
from builder.stores.lint.fixes import fix_folder, fix_project
from builder.stores.lint.rules import BY_CODE, RULES
from builder.stores.lint.subject import (
    Subject,
    package_subjects,
    project_file,
    project_subjects,
    stores_of,
)
from builder.stores.permissions import Traced, trace

log = logging.getLogger(__name__)


@dataclass
class LintReport:
    """``findings``, the worst first; ``permissions`` by browser, each with its reason and the calls
    that need it.
    """

    stores: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    permissions: dict[str, list[Traced]] = field(default_factory=dict)
    fixed: list[str] = field(default_factory=list)
    mozilla: str = ""
    correctable: bool = False
    """Whether ``fix`` may be asked of the target: a zip is finished."""

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)


def lint(
    target: Path,
    stores: Sequence[str] | None = None,
    *,
    ignore: Sequence[str] = (),
    fix: bool = False,
    mozilla: bool = True,
) -> LintReport:
    """Check ``target``: an extension.toml or the folder that holds one, an unpacked extension, or a
    zip.

    :param stores: which stores' rules; without, those that take this kind of package.
    :param ignore: ``CODE`` or ``CODE:PATTERN``, a pattern of file names, of what to leave out.
    :param fix: correct first what can be corrected without a decision.
    :param mozilla: run Mozilla's addons-linter too, where it is installed.
    :raises BuilderError: if there is no such target, or a zip should be corrected.
    """
    for entry in ignore:
        if entry.split(":")[0] not in BY_CODE and not entry.startswith("AMO"):
            raise BuilderError(
                f"--ignore {entry}: no rule has this code", hint="docs/reference/lint.md lists them"
            )
    file = project_file(target)
    fixed = _fix(target, file) if fix else []
    subjects, problems = (
        project_subjects(file, stores or STORES)
        if file is not None
        else (package_subjects(target, stores), [])
    )
    asked = tuple(stores or (STORES if file is not None else stores_of(subjects)))
    report = LintReport(asked, fixed=fixed, correctable=file is not None or target.is_dir())
    found: dict[Finding, set[str]] = {finding: set(report.stores) for finding in problems}
    for browser, subject in subjects.items():
        report.permissions[browser] = trace(subject.extension)
        takers = {store for store in report.stores if BROWSER_OF[store] == browser}
        for finding, concerned in _check(subject, takers).items():
            found.setdefault(finding, set()).update(concerned)
    if mozilla and "firefox" in report.stores and "firefox" in subjects:
        more, report.mozilla = run_addons_linter(
            subjects["firefox"], None if file is not None else target
        )
        found |= {finding: {"firefox"} for finding in more}
    order = {"error": 0, "warning": 1, "note": 2}
    report.findings = sorted(
        (
            replace(finding, stores=tuple(store for store in STORES if store in concerned))
            for finding, concerned in found.items()
            if not _ignored(finding, ignore)
        ),
        key=lambda finding: (order[finding.severity], finding),
    )
    return report


def _fix(target: Path, file: Path | None) -> list[str]:
    if file is not None:
        return fix_project(file)
    if target.is_dir():
        return fix_folder(target)
    raise BuilderError(
        f"{target}: a zip is not corrected",
        hint="correct the project and pack it again",
        place=str(target),
    )


def _check(subject: Subject, takers: set[str]) -> dict[Finding, set[str]]:
    """What the rules of these stores find, with the stores that it concerns."""
    extension = subject.extension
    log.debug("holding %d files to %d rules", len(extension.tree.names), len(RULES))
    found: dict[Finding, set[str]] = {}
    for rule in RULES:
        concerned = takers & set(rule.stores)
        readable = extension.problem is None or rule.code == "LM101"
        if rule.check is None or not concerned or not readable:
            continue
        for hit in rule.check(extension):
            file, line = subject.locate(hit.file, hit.line)
            found.setdefault(rule.finding(file, line, hit.message), set()).update(concerned)
    return found


def _ignored(finding: Finding, ignore: Sequence[str]) -> bool:
    for entry in ignore:
        code, _, pattern = entry.partition(":")
        if finding.code == code and (not pattern or fnmatchcase(finding.file, f"*{pattern}")):
            return True
    return False
