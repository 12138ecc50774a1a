"""The store zips in the browsers that they are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.browsers.proxy import Web
from tests.support.drivers import start


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_the_zip_loads_and_classifies_without_a_complaint_of_the_browser(
    name: str, packed: Path, web: Web
) -> None:
    (package,) = packed.glob(f"*-{name}.zip")
    with start(name, package, web) as browser:
        browser.open_popup()
        assert browser.classify_in_popup("i feel so happy today").winner == "joy"
        assert browser.complaints() == []
