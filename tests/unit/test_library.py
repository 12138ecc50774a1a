"""``import builder``: what a program sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import builder


def test_every_public_name_is_there_and_typed() -> None:
    source = Path(builder.__file__).read_text(encoding="utf-8")
    typed = {
        name.strip()
        for names in re.findall(r"^    from builder\S* import (.+)$", source, re.MULTILINE)
        for name in names.split(",")
    }
    assert typed == set(builder.__all__)
    for name in builder.__all__:
        assert getattr(builder, name) is not None
    assert set(builder.__all__) <= set(dir(builder))


@pytest.mark.slow
def test_a_program_packs_an_extension_without_the_command_line(
    project: Path, tmp_path: Path
) -> None:
    packed = builder.pack_extension(
        builder.load_config(project), tmp_path / "dist", builder.BROWSERS
    )
    assert [bundle.browser for bundle in packed.bundles] == ["chrome", "firefox"]
    assert all(package.file.is_file() for package in packed.packages)
    assert packed.asset.label_ids == ["good", "bad", "odd"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(builder, "no_such_thing")
