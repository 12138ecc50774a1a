"""What tests of the page view share: beginning one, what its panel says, and what is painted."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from builder.browsers.driver import wait_for
from tests.support.drivers import BrowserUnderTest

PANEL_PAGE = "ui/page-panel/page-panel.html"
SIDE_PANEL_PAGE = "ui/side-panel/side-panel.html"
PAGE_ENTRY = "classify-page"
LABELS = ("sadness", "joy", "love", "anger", "fear", "surprise")
STATE = "document.body?.dataset.state"
COUNTS = (
    "Object.fromEntries([...document.querySelectorAll('[data-count]')].map((row) =>"
    " [row.dataset.label, Number(row.dataset.count)]))"
)


def begin(browser: BrowserUnderTest) -> None:
    """Choose the entry of the menu, and wait for the panel."""
    browser.send_menu_click(PAGE_ENTRY)
    wait_for(
        lambda: browser.in_page(PANEL_PAGE, STATE) not in (None, "waiting") or None,
        30,
        "the panel of the page",
    )


def wait_for_state(browser: BrowserUnderTest, state: str, page: str = PANEL_PAGE) -> None:
    wait_for(
        lambda: browser.in_page(page, STATE) == state or None, 120, f"a view in state '{state}'"
    )


def press(browser: BrowserUnderTest, selector: str) -> None:
    browser.in_page(PANEL_PAGE, f"document.querySelector({json.dumps(selector)}).click()")


def counts(browser: BrowserUnderTest) -> dict[str, int]:
    """Painted sentences by label."""
    found: dict[str, int] = browser.in_page(PANEL_PAGE, COUNTS)
    return found


def pixels(browser: BrowserUnderTest, colours: dict[str, str], width: int) -> dict[str, int]:
    """How many pixels of the open page's left part have just these colours: the lines under the
    sentences have that of their label.
    """
    image = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
    by_colour = {
        colour: count
        for count, colour in image.crop((0, 0, width, image.height)).getcolors(maxcolors=1 << 24)
    }
    return {
        label: by_colour.get(tuple(bytes.fromhex(colour[1:])), 0)
        for label, colour in colours.items()
    }


def label_colours(asset: Path) -> dict[str, str]:
    """On light ground, by label."""
    labels: list[dict[str, Any]] = json.loads((asset / "model.json").read_text(encoding="utf-8"))[
        "labels"
    ]
    return {label["id"]: label["colour"]["light"] for label in labels}


def tab_id(browser: BrowserUnderTest, number: int = 0) -> int:
    """The browser's id of a tab, asked from the open page of the extension."""
    found: int = browser.execute(
        """
        const page = window.wrappedJSObject ?? window
        return page.chrome.tabs.query(page.JSON.parse('{}')).then((tabs) => tabs[arguments[0]].id)
        """,
        number,
    )
    return found


def open_side_panel(browser: BrowserUnderTest, address: str) -> None:
    """Open a web page, and in a second tab the side panel's page as beside it."""
    browser.open(address)
    browser.open_tab(browser.extension_url + SIDE_PANEL_PAGE)
    tab = tab_id(browser)
    browser.open(
        "about:blank"
    )  # an address that differs in its fragment alone would not be loaded again
    browser.open(f"{browser.extension_url}{SIDE_PANEL_PAGE}#tab={tab}")


def hand_over(browser: BrowserUnderTest, sentences: list[tuple[str, str | None]]) -> None:
    """What a card does when its result is to be shown here; from the open page of the extension."""
    handed = {
        "source": "page",
        "at": "2026-01-02T03:04:05.000Z",
        "result": None,
        "sentences": [
            {
                "text": text,
                "prediction": {
                    "label": label,
                    "labels": [label] if label else [],
                    "scores": [
                        {"label": one, "score": 0.9 if one == label else 0.02} for one in LABELS
                    ],
                },
            }
            for text, label in sentences
        ],
    }
    browser.execute(
        """
        const page = window.wrappedJSObject ?? window
        const panel = (id) => page.JSON.parse(
          JSON.stringify({[`side-panel:${id}`]: JSON.parse(arguments[0])}))
        return page.chrome.windows.getCurrent().then(({id}) => (
          page.chrome.storage.session.set(panel(id))))
        """,
        json.dumps(handed),
    )
