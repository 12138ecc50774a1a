"""The fault matrix: its size, its results as lines, its tables."""

from __future__ import annotations

from builder.config.extension import BROWSERS
from tests.faults.faults import FAULTS
from tests.faults.matrix import PHASES, Result, cells
from tests.faults.soak import Batch, report
from tests.faults.table import markdown


def test_the_matrix_has_at_least_eighty_cells_and_both_browsers() -> None:
    found = cells(BROWSERS, lambda _fault, _phase: True)
    assert len(found) >= 80
    assert {cell.browser for cell in found} == set(BROWSERS)


def test_a_result_survives_its_line() -> None:
    cell = cells(["firefox"], lambda _fault, _phase: True)[3]
    result = Result(cell, "answer | late", 1.25, passed=True)
    assert Result.from_json(result.to_json()) == result


def test_a_cell_that_did_not_end_well_is_bold_and_one_that_was_not_run_is_a_dash() -> None:
    first, second = cells(["chrome"], lambda _fault, _phase: True)[:2]
    table = markdown(
        [Result(first, "answer", 1.0, passed=True), Result(second, "lost", 25.0, passed=False)]
    )
    assert "1 of 2 cells ended as they should." in table
    row = next(line for line in table.splitlines() if line.startswith(f"| {FAULTS[0].name}"))
    assert row == (
        f"| {FAULTS[0].name} | answer, 1.0 s | **lost, 25.0 s** |" + " – |" * (len(PHASES) - 2)
    )


def test_the_report_of_a_soak_has_a_row_each_five_hundred() -> None:
    batches = [
        Batch(done, "none" if done % 100 else "asleep", (10.0, 20.0), (), 100.0)
        for done in range(25, 1001, 25)
    ]
    rows = report("chrome", batches).splitlines()
    assert rows[0] == "### chrome"
    assert rows[2] == "1,000 classifications, 0 errors."
    assert rows[-2:] == [
        "| 500 | 5 | 0 | 100 MB | 15 ms | 20 ms |",
        "| 1,000 | 5 | 0 | 100 MB | 15 ms | 20 ms |",
    ]
