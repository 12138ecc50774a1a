"""Every test that the report on field trials names is there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
REPORT = TESTS.parent / "docs/reports/field-2026-11.md"
NAMED = re.compile(r"`([\w./-]+)::([^`]+)`")


def test_each_case_names_a_test_that_exists() -> None:
    rows = [line for line in REPORT.read_text("utf-8").splitlines() if line.startswith("| ")]
    cases = [row for row in rows if not row.startswith(("| case", "| ---"))]
    assert len(cases) > 60
    for case in cases:
        found = NAMED.search(case)
        assert found is not None, case
        file, name = found.groups()
        text = (TESTS / file).read_text("utf-8")
        begins = (f"def {name}(", f"test('{name}")
        assert any(begin in text for begin in begins), case
