"""What all tests share: the repository, the data, and an asset that is tiny but real."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from builder.config.extension import BROWSERS, load_config
from builder.packaging.pack import build_extension, pack_extension
from tests.support.tiny import write_extension, write_tiny_asset

REPOSITORY = Path(__file__).parent.parent
TESTS = Path(__file__).parent
MARKER_OF_FOLDER = {"browser": "browser", "training": "train"}
"""What every test of a folder needs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("browsers")
    group.addoption("--browser", choices=BROWSERS, help="run browser tests in this one alone")
    group.addoption("--headed", action="store_true", help="show the browsers on your own screen")
    group.addoption(
        "--without-data",
        action="store_true",
        help="leave out the tests that read the training data, which is not in the repository",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--headed"):
        os.environ["LENSMITH_HEADED"] = "1"  # tests/support reads it


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in its own hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by folder, leave out the other browser, and skip what lacks its packages.

    With ``-n 2 --dist loadgroup`` each browser's tests have a process of their own.
    """
    for item in items:
        marker = MARKER_OF_FOLDER.get(item.path.relative_to(TESTS).parts[0])
        if marker:
            item.add_marker(marker)
        if item.get_closest_marker("train") and not (find_spec("torch") and find_spec("sklearn")):
            item.add_marker(pytest.mark.skip(reason="needs pip install '.[train]' scikit-learn"))
        for browser in browsers_of(item):
            item.add_marker(pytest.mark.xdist_group(browser))
    wanted = config.getoption("--browser")
    if wanted:
        others = {name for name in BROWSERS if name != wanted}
        leave_out(config, items, lambda item: bool(others & browsers_of(item)))
    if config.getoption("--without-data"):
        leave_out(config, items, lambda item: "data" in getattr(item, "fixturenames", ()))


def leave_out(
    config: pytest.Config, items: list[pytest.Item], unwanted: Callable[[pytest.Item], bool]
) -> None:
    left_out = [item for item in items if unwanted(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def browsers_of(item: pytest.Item) -> set[str]:
    """The browsers that a browser test is parametrized with."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or not item.get_closest_marker("browser"):
        return set()
    values = [part for value in callspec.params.values() for part in _parts(value)]
    return {browser for browser in BROWSERS if browser in values}


def _parts(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


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
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The unpacked extension by browser. No zip is made: that takes ten times as long."""
    out = tmp_path_factory.mktemp("bundles")
    config = load_config(REPOSITORY / "extension.toml")
    return {bundle.browser: bundle.folder for bundle in build_extension(config, out, BROWSERS)}
