"""The measurement of the web app's second visit sees whether a server is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.web_app import measure
from builder.config.extension import load_config
from builder.site.build import Site, build_site
from tests.support.tiny import write_extension, write_tiny_asset


@pytest.fixture(scope="module")
def tiny_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_asset(folder / "asset")
    config = load_config(write_extension(folder / "extension.toml", "asset"))
    return build_site(config, folder / "dist", level=1)


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_later_visits_are_timed_and_ask_no_server(
    name: str, tiny_site: Site, bundles: dict[str, Path]
) -> None:
    found = measure(tiny_site, bundles[name], name, visits=1)
    assert found.requests == 0
    assert found.again.n == found.popup.n == found.worker.n == 1 and found.warm.n == 20
    assert min(found.first, found.again.min, found.popup.min, found.worker.min, found.ratio) > 0
