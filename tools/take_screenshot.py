"""Take docs/images/card.png: the real card on a real page, opened through Chromium's own menu."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from builder.browsers import start
from builder.browsers.display import virtual_display
from builder.browsers.proxy import Page, Web

REPOSITORY = Path(__file__).parent.parent
TARGET = REPOSITORY / "docs" / "images" / "card.png"
ADDRESS = "http://letters.example/"
PAGE = """<!doctype html><meta charset="utf-8"><title>Letters</title>
<link rel="icon" href="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<style>body { font: 19px/1.6 Georgia, serif; margin: 40px auto; max-width: 620px; color: #222 } h1 { font-size: 30px }</style>
<h1>A letter from the coast</h1>
<p>The train was late and the rain came in sideways, but the house still smells of bread and salt, just as you said it would.</p>
<p><span id="sentence">I feel so happy and grateful to be here with all of you.</span></p>
<p>Tomorrow we walk to the lighthouse, if the wind allows it. Bring the good shoes, and the letters that you promised to read to us.</p>
<p>The children have already found the boat.</p>"""


def main() -> None:
    bundle = REPOSITORY / "dist" / "chrome"
    with Web({ADDRESS: Page(PAGE.encode())}) as web, virtual_display(), start("chrome", bundle, web, headless=False) as browser:
        for _ in range(2):  # the second time with the model loaded, as nearly always
            browser.open(ADDRESS)
            browser.choose_menu_entry("#sentence", "Classify emotion")
            browser.wait_for_card()
        time.sleep(0.5)  # the bars glide to their lengths
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_bytes(browser.screenshot())
    sys.stdout.write(f"{TARGET.relative_to(REPOSITORY)}\n")


if __name__ == "__main__":
    main()
