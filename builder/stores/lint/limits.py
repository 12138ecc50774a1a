"""What stores take at most, for a finished package."""

from __future__ import annotations

from pathlib import Path

import builder.stores.lint.rules  # noqa: F401 - enters the rules into the table
from builder.errors import Problem
from builder.packaging.tree import ZipTree
from builder.stores.extension import Extension
from builder.stores.lint.findings import BROWSER_OF, RULES

_RULES = {"LM501", "LM502", "LM503"}


def over_limits(package: Path, browser: str) -> list[Problem]:
    """The limits that a package breaks: its size, files that Mozilla cannot read, compressed files
    that Edge refuses.
    """
    extension = Extension(ZipTree(package), browser, zip_size=package.stat().st_size)
    stores = {store for store, takes in BROWSER_OF.items() if takes == browser}
    found = []
    for rule in RULES:
        if rule.code in _RULES and stores & set(rule.stores):
            for hit in rule.check(extension):
                place = f"{package}!/{hit.file}" if hit.file else str(package)
                found.append(
                    Problem(rule.code, f"{place}: {hit.message}. {rule.why}", rule.fix, place)
                )
    return found
