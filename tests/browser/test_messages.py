"""Words of an author that hold signs with a meaning of their own: shown as they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Web
from builder.config.extension import load_config
from builder.packaging.pack import build_extension
from tests.support.drivers import start
from tests.support.pages import PAGE, PAGES

WORDS = "Save $100 & more"
SHOWN = """
return Promise.all([chrome.commands.getAll()]).then(([commands]) => ({
  name: chrome.runtime.getManifest().name,
  title: chrome.i18n.getMessage('menu_title'),
  command: commands.find(({name}) => name === 'classify-selection').description,
}))
"""


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_a_dollar_and_an_ampersand_are_shown_as_written(
    name: str, project: Path, tmp_path: Path, display: None
) -> None:
    text = project.read_text()
    (title,) = [line for line in text.splitlines() if line.startswith("menu_title")]
    project.write_text(
        text.replace(title, f'menu_title = "{WORDS}"').replace('"Tiny Lens"', '"Lens $5 $a$ & b"')
    )
    (bundle,) = build_extension(load_config(project), tmp_path / "dist", (name,))
    with Web(PAGES) as web, start(name, bundle.folder, web, headless=name == "firefox") as browser:
        browser.open(browser.extension_url + "ui/about/about.html")
        shown = wait_for(lambda: browser.execute(SHOWN), 30, "the page's words")
        assert shown == {"name": "Lens $5 $a$ & b", "title": WORDS, "command": WORDS}
        browser.open(PAGE)
        titles = wait_for(
            lambda: [
                title
                for title in browser.menu_titles("#sentence", select=True)
                if title.startswith("Save")
            ],
            30,
            "our entry of the menu",
        )
        assert titles == [WORDS]
