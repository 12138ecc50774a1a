"""The rules, by what they look at."""

from __future__ import annotations

from builder.stores.lint.findings import STORES, Rule
from builder.stores.lint.rules import (
    asset,
    code,
    conduct,
    keys,
    manifest,
    messages,
    network,
    package,
    permissions,
    policy,
    runtime,
)

BUILDABLE = Rule(
    "LM001",
    "The project cannot be built",
    severity="error",
    stores=STORES,
    source="https://developer.chrome.com/docs/webstore/prepare",
    fix="correct what the message names",
    why=(
        "There is no package to look at before this is right; values that stores refuse are found"
        " here as well."
    ),
    heuristic=False,
    fixable=False,
)
_MODULES = (
    asset,
    code,
    manifest,
    keys,
    network,
    package,
    permissions,
    policy,
    runtime,
    messages,
    conduct,
)
RULES: tuple[Rule, ...] = (
    BUILDABLE,
    *(value for module in _MODULES for value in vars(module).values() if isinstance(value, Rule)),
)
"""All rules, in the order in which the modules have them."""
BY_CODE = {rule.code: rule for rule in RULES}
assert len(BY_CODE) == len(RULES), "two rules have one code"
