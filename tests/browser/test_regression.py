"""A model with one output: the packed extension shows one bar with the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.browsers import start
from builder.browsers.proxy import Web
from builder.browsers.verify import verify_package
from builder.config.extension import load_config
from builder.packaging.pack import pack_extension
from tests.support.rating import write_rating_asset
from tests.support.tiny import write_extension

SHOWN = """
return {
  bars: [...document.querySelectorAll('.bars li')].map((line) => line.innerText.split(/\\s+/)),
  winner: document.querySelector('.winner').textContent,
}
"""


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_a_value_is_one_bar_and_the_package_answers_like_python(
    browser: str, tmp_path: Path
) -> None:
    write_rating_asset(tmp_path / "asset")
    config = load_config(write_extension(tmp_path / "extension.toml", "asset"))
    package = pack_extension(config, tmp_path / "dist", (browser,)).packages[0].file
    failed = [check for check in verify_package(package, browser) if check.ok is False]
    assert failed == []
    with Web({}) as web, start(browser, package, web) as running:
        running.open_popup()
        running.classify_in_popup("fine poor")  # (15 + 3) / 4 tokens
        shown = running.execute(SHOWN)
    assert shown == {"bars": [["Rating", "4.5"]], "winner": "Rating 4.5"}
