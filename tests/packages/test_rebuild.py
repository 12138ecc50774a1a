"""The zip of sources gives the packages again."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.config.extension import BROWSERS, load_config
from builder.errors import BuilderError
from builder.packaging.pack import Packed, pack_extension
from builder.packaging.sources.reproduce import check_reproducible, rebuild


@pytest.fixture(scope="module")
def product(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return pack_extension(
        load_config(repository / "extension.toml"), tmp_path_factory.mktemp("dist"), BROWSERS
    )


def test_the_products_own_sources_rebuild_to_the_same_bytes(product: Packed) -> None:
    assert [
        (check.browser, check.same_bytes, check.difference) for check in check_reproducible(product)
    ] == [
        ("chrome", True, ""),
        ("firefox", True, ""),
    ]


def test_the_products_sources_hold_the_toolkit_and_nothing_that_git_does_not_track(
    product: Packed,
) -> None:
    assert product.sources is not None and product.sources.tracked
    with zipfile.ZipFile(product.sources.file) as archive:
        names = set(archive.namelist())
    assert {
        "Makefile",
        "builder/__main__.py",
        "extension/manifest.json.jinja",
        "tools/package-lock.json",
        "LICENSE",
    } <= names
    assert not any(
        name.startswith(("dist/", ".git/", ".venv/")) or "node_modules/" in name for name in names
    )


def test_sources_rebuild_to_the_same_bytes(project: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main,
        [
            "pack",
            str(project),
            "--out",
            str(tmp_path / "dist"),
            "--check-reproducible",
            "--json",
            str(tmp_path / "report.json"),
        ],
    )
    assert result.exit_code == 0, result.output
    checks = json.loads((tmp_path / "report.json").read_text())["data"]["reproducible"]
    assert [(check["browser"], check["same_bytes"]) for check in checks] == [
        ("chrome", True),
        ("firefox", True),
    ]
    assert (
        f"from sources: chrome is byte for byte the same, contents {checks[0]['contents_sha256']}"
        in result.output
    )


def test_sources_that_build_something_else_are_told_with_the_first_difference(
    project: Path, tmp_path: Path
) -> None:
    made = pack_extension(load_config(project), tmp_path / "dist", BROWSERS)
    assert made.sources is not None
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(made.sources.file) as archive, zipfile.ZipFile(changed, "w") as copy:
        for name in archive.namelist():
            copy.writestr(
                name,
                archive.read(name).replace(b"Says how a text sounds.", b"Says what a text is."),
            )
    (check,) = rebuild(changed, "extension.toml", {"chrome": made.packages[0].file})
    assert not check.same_bytes
    assert check.difference.startswith("_locales/ar/messages.json:")
    assert (
        "Says how a text sounds." in check.difference and "Says what a text is." in check.difference
    )


def test_sources_that_lack_something_do_not_pass(project: Path, tmp_path: Path) -> None:
    made = pack_extension(load_config(project), tmp_path / "dist", BROWSERS)
    assert made.sources is not None
    lacking = tmp_path / "lacking.zip"
    with zipfile.ZipFile(made.sources.file) as archive, zipfile.ZipFile(lacking, "w") as copy:
        for name in archive.namelist():
            if name != "asset/vocab.txt":
                copy.writestr(name, archive.read(name))
    with pytest.raises(BuilderError, match=r"does not build: .*vocab\.txt"):
        rebuild(lacking, "extension.toml", {"chrome": made.packages[0].file})
