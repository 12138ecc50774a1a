"""What stores take at most, for a finished package."""

from __future__ import annotations

from pathlib import Path

from builder.errors import Problem
from builder.packaging.tree import ZipTree
from builder.stores.extension import Extension
from builder.stores.lint.findings import BROWSER_OF
from builder.stores.lint.rules import BY_CODE

_LIMITS = ("LM501", "LM502", "LM503")


def over_limits(package: Path, browser: str) -> list[Problem]:
    """The limits that a package breaks: its size, files that Mozilla cannot read, compressed files
    that Edge refuses.
    """
    extension = Extension(ZipTree(package), browser, zip_size=package.stat().st_size)
    stores = {store for store, takes in BROWSER_OF.items() if takes == browser}
    found = []
    for rule in (BY_CODE[code] for code in _LIMITS):
        if rule.check is not None and stores & set(rule.stores):
            for hit in rule.check(extension):
                place = f"{package}!/{hit.file}" if hit.file else str(package)
                found.append(
                    Problem(rule.code, f"{place}: {hit.message}. {rule.why}", rule.fix, place)
                )
    return found
