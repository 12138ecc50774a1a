"""A package of each family in a real browser: each in one of the two, in turn."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import main
from tests.support.families import FAMILIES, pack_family

IN_TURN = [(name, ("chrome", "firefox")[number % 2]) for number, name in enumerate(FAMILIES)]


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.parametrize(("family", "browser"), IN_TURN)
def test_its_package_passes_every_check_of_verify(
    family: str, browser: str, tmp_path: Path
) -> None:
    package = pack_family(family, tmp_path, browser)
    result = CliRunner().invoke(main, ["verify", "--zip", str(package)])
    assert result.exit_code == 0, result.output
