"""Any file that the builder is given ends in one sentence or in a right result.

The suite tries a few files of each kind; ``make soak`` sets LENSMITH_EXAMPLES=100000. ``python -m
tests.fuzz`` drives the same parsers for a given time.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Target, is_handled, targets

EXAMPLES = int(os.environ.get("LENSMITH_EXAMPLES", "6"))
NEEDS_TORCH = ("soft-labels.npz", "model.safetensors")
SLOW = {"sources.zip": 20, "package.zip": 4, "model.onnx": 2}
"""How many times fewer examples these get: each starts a process, or reads a whole package."""
TARGETS = [
    pytest.param(one, marks=pytest.mark.train if one.name in NEEDS_TORCH else (), id=one.name)
    for one in targets()
]


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_parser_takes_it_takes_whole(target: Target, tmp_path: Path) -> None:
    for number, seed in enumerate(target.seeds):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert is_handled(target, seed, folder) == (target.name != "sources.zip")


@pytest.mark.parametrize("target", TARGETS)
def test_any_file_ends_in_a_sentence_or_in_a_right_result(target: Target) -> None:
    seeds = st.sampled_from(target.seeds)
    changed = st.builds(
        lambda seed, number: mutated(seed, random.Random(number)),  # noqa: S311 - of tests
        seeds,
        st.integers(0, 2**32),
    )
    whatever = st.binary(max_size=2000) | st.text(max_size=500).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )

    @settings(
        max_examples=max(1, EXAMPLES // SLOW.get(target.name, 1)),
        deadline=None,
        derandomize=EXAMPLES < 1000,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(changed, changed, whatever))
    def check(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            is_handled(target, content, Path(folder))

    check()
