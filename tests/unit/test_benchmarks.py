"""What the comparison with the baseline says of its figures.

The baseline itself runs in `make bench` only: it needs many packages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.run import Figure, _same, read_texts, table
from builder.bench.statistics import summarize
from builder.errors import BuilderError


def test_the_table_gives_medians_runs_and_their_ratio() -> None:
    figure = Figure(
        "warm",
        "one warm text",
        "ms",
        "lower",
        summarize([3.0, 4, 5]),
        summarize([10.0, 16, 20]),
        "at most 0.35",
    )
    assert (
        table("chrome 1", [figure]).splitlines()[2]
        == "| one warm text, n 3 | 4.00 ms | 16.0 ms | 0.25 | at most 0.35 |"
    )
    other = Figure("cold", "cold", "ms", "lower", summarize([300.0]), summarize([1000.0, 1000.0]))
    assert (
        table("chrome 1", [other]).splitlines()[2]
        == "| cold, n 1 and 2 | 300 ms | 1000 ms | 0.30 |  |"
    )


def test_ids_count_as_the_same_with_or_without_the_two_around_a_text() -> None:
    assert _same([[101, 7, 102], [7], [8]], [[101, 7, 102], [101, 7, 102], [101, 7, 102]]) == 2


def test_texts_are_the_first_of_the_validation_file_without_their_labels(tmp_path: Path) -> None:
    (tmp_path / "emotion").mkdir()
    (tmp_path / "emotion" / "val.txt").write_text(
        "i feel; so happy;joy\n\ni feel sad;sadness\nno;joy\n", encoding="utf-8"
    )
    assert read_texts(tmp_path, 2) == ["i feel; so happy", "i feel sad"]
    with pytest.raises(BuilderError, match="cannot be read"):
        read_texts(tmp_path / "nowhere", 2)
