"""What all tests share: the repository, the data, and an asset that is tiny but real."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from builder.config.extension import BROWSERS, load_config
from builder.packaging.pack import pack_extension
from tests.support.tiny import write_extension, write_tiny_asset

REPOSITORY = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests marked ``train`` if torch or transformers is missing."""
    if find_spec("torch") and find_spec("transformers"):
        return
    for item in items:
        if item.get_closest_marker("train"):
            item.add_marker(pytest.mark.skip(reason="needs pip install '.[train]'"))


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with the Emotion and GoEmotions training data; LENSMITH_DATA names another."""
    folder = Path(os.environ.get("LENSMITH_DATA", REPOSITORY.parent / "shared" / "data"))
    assert (folder / "emotion" / "val.txt").is_file(), (
        f"{folder} holds no training data: set LENSMITH_DATA to the folder that does"
    )
    return folder


@pytest.fixture
def tiny_asset(tmp_path: Path) -> Path:
    """A folder with an asset of three labels that can be loaded, run and packed."""
    return write_tiny_asset(tmp_path / "asset")


@pytest.fixture
def project(tmp_path: Path, tiny_asset: Path) -> Path:
    """An extension.toml that packs the tiny asset."""
    return write_extension(tmp_path / "extension.toml", tiny_asset.name)


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that ``builder pack`` makes of the product's own extension.toml."""
    out = tmp_path_factory.mktemp("dist")
    pack_extension(load_config(REPOSITORY / "extension.toml"), out, BROWSERS)
    return out


@pytest.fixture(scope="session")
def bundles(packed: Path) -> dict[str, Path]:
    """The unpacked extension by browser."""
    return {browser: packed / browser for browser in BROWSERS}
