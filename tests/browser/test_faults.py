"""A handful of the fault matrix, and of a long life; ``make soak`` runs all of both."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.matrix import cells, run
from tests.faults.scene import scene
from tests.faults.soak import soak

REDUCED = {
    ("background stopped", "opening"),
    ("background stopped", "running"),
    ("worker crashed", "running"),
    ("storage full", "idle"),
    ("tab closed", "running"),
}
TEXTS = int(os.environ.get("LENSMITH_SOAK", "75"))


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_requests_end_as_they_should_whatever_goes_wrong(
    name: str, bundles: dict[str, Path], tmp_path: Path
) -> None:
    chosen = cells([name], lambda fault, phase: (fault.name, phase.name) in REDUCED)
    assert len(chosen) == len(REDUCED)
    found = list(run(chosen, bundles, tmp_path))
    assert [result.to_json() for result in found if not result.passed] == []


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_a_long_life_has_no_errors(name: str, bundles: dict[str, Path], tmp_path: Path) -> None:
    with scene(name, bundles[name], tmp_path / "bundle") as one:
        batches = list(soak(one, TEXTS, seed=1))
    assert batches[-1].done >= TEXTS
    assert [error for batch in batches for error in batch.errors] == []
