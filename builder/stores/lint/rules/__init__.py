"""The rules, by what they look at. Importing this package enters them all into the table."""

from builder.stores.lint.rules import (
    asset,
    code,
    manifest,
    package,
    permissions,
    policy,
    runtime,
    words,
)

__all__ = ["asset", "code", "manifest", "package", "permissions", "policy", "runtime", "words"]
