"""Pack an extension, and report on the result: limits, permissions, reproducibility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.config.extension import ExtensionConfig
from builder.errors import Problem
from builder.packaging.pack import Packed, pack_extension
from builder.packaging.sources import reproduce
from builder.packaging.sources.reproduce import ReproducibilityCheck
from builder.stores.lint.limits import over_limits
from builder.stores.permissions import PermissionChange, change


@dataclass(frozen=True)
class PackageReport:
    """A pack with its findings. ``changes``: permissions against the previous build, for browsers
    that have one. ``checks``: one a package, where they were asked for.
    """

    packed: Packed
    changes: list[PermissionChange]
    checks: list[ReproducibilityCheck]
    problems: list[Problem]


def package_report(
    config: ExtensionConfig, out: Path, browsers: Sequence[str], *, check_reproducible: bool = False
) -> PackageReport:
    """Pack into ``out``, as ``pack_extension`` does, and check the packages.

    :param check_reproducible: whether to rebuild from the zip of sources, and compare.
    :raises BuilderError: if nothing can be packed.
    """
    packed = pack_extension(config, out, browsers)
    record = packed.record
    changes = [
        change(
            record.before[package.browser].manifest,
            record.last[package.browser].manifest,
            package.browser,
        )
        for package in packed.packages
        if package.browser in record.before
    ]
    problems = [
        problem
        for package in packed.packages
        for problem in over_limits(package.file, package.browser)
    ]
    checks = reproduce.check_reproducible(packed) if check_reproducible else []
    problems += [_problem(check, packed) for check in checks if not check.same_bytes]
    return PackageReport(packed, changes, checks, problems)


def _problem(check: ReproducibilityCheck, packed: Packed) -> Problem:
    package = next(package for package in packed.packages if package.browser == check.browser)
    what = check.difference or "the contents are the same, compressed to other bytes"
    return Problem(
        "check-failed",
        f"{package.file}: rebuilt from its sources it differs: {what}",
        "find what the build takes from elsewhere",
        str(package.file),
    )
