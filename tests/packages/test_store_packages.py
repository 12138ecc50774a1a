"""The product's own packages, as stores and their reviewers see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.paths import checkout_tool
from builder.stores.lint.engine import lint


@pytest.mark.skipif(
    not checkout_tool("addons-linter").exists(),
    reason="addons-linter is not installed (make test does)",
)
def test_mozillas_linter_finds_no_error_in_our_package_and_one_explained_warning(
    packed: Path,
) -> None:
    zips = list(packed.glob("*-firefox.zip"))
    report = lint(zips[0])
    assert report.mozilla.startswith("addons-linter: 0 errors, 1 warnings, 1 of them explained")
    assert [finding.code for finding in report.findings if finding.code.startswith("AMO-")] == [
        "AMO-UNSAFE_VAR_ASSIGNMENT"
    ]
    assert report.ok
