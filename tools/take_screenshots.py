"""Take every surface in every state and theme, in English and from right to left in Arabic, from both browsers.

All pictures go to dist/screenshots/; those that the README and the documents show also to docs/images/, which is kept small.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from builder.browsers import start
from builder.browsers.base import Browser, Surface, wait_for
from builder.browsers.granted import granted
from builder.browsers.proxy import Page, Web
from builder.models.asset import load_asset

REPOSITORY = Path(__file__).parent.parent
ALL = REPOSITORY / "dist" / "screenshots"
SHOWN = REPOSITORY / "docs" / "images"
IN_DOCUMENTS = {
    "chrome-en-light-card-result": "card",
    "chrome-en-dark-card-sentences": "card-sentences-dark",
    "chrome-ar-light-card-sentences": "card-arabic",
    "chrome-en-light-card-none": "card-none",
    "firefox-en-dark-card-failure": "card-failure-dark",
    "chrome-en-light-popup-result": "popup",
    "chrome-en-dark-popup-empty": "popup-empty-dark",
    "chrome-en-light-options": "options",
    "chrome-ar-light-options": "options-arabic",
    "firefox-en-dark-about-tested": "about-dark",
    "chrome-en-light-welcome": "welcome",
    "chrome-en-light-page": "page",
    "firefox-en-dark-page": "page-dark",
    "chrome-en-light-sidepanel-result": "sidepanel",
}
COLOURS = 256
"""Of a picture in docs/images: surfaces have few, and the files become a third."""

SCALE = 2
WIDE, NARROW = (1040, 720), (440, 720)
TIMEOUT = 120
SETTLE = 0.8
"""Seconds for bars to glide to their lengths."""

FIRST_PAINT = 0.25

ADDRESS = "http://letters.example/"
LETTER = """<!doctype html><meta charset="utf-8"><title>Letters</title>
<link rel="icon" href="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<meta name="color-scheme" content="SCHEME">
<style>body { font: 18px/1.65 Georgia, 'Noto Serif', serif; margin: 36px auto 36px 56px; max-width: 560px } h1 { font-size: 28px }</style>
<main><h1>A letter from the coast</h1>
<p>The train was late and the rain came in sideways, but the house still smells of bread and salt, just as you said it would.</p>
<p id="one">I feel so happy and grateful to be here with all of you.</p>
<p id="many">MANY</p>
<p id="plain">Tomorrow we walk to the lighthouse, if the wind allows it.</p></main>"""
SENTENCES = (
    "I miss our long walks along the shore, and some evenings I feel so lonely.", "Then your letter came, and I was overjoyed!",
    "I am still furious that they closed the little theatre.", "And I am a bit afraid of the winter storms.", "The ferry leaves at nine.",
)
SELECT = "getSelection().selectAllChildren(document.querySelector(arguments[0]))"
PANEL_PAGE = "surfaces/pageview/panel.html"


class Camera:
    """Takes pictures of one browser, under names that begin with its."""

    def __init__(self, browser: Browser, prefix: str) -> None:
        self.browser = browser
        self.prefix = prefix

    def take(self, name: str, *, crop: str | None = None) -> None:
        """Of the open page, or of the element ``crop`` of it."""
        image = Image.open(io.BytesIO(self.browser.screenshot())).convert("RGB")
        if crop:
            box = self.browser.execute(
                """
                const {left, top, right, bottom} = document.querySelector(arguments[0]).getBoundingClientRect()
                return [left, top, right, bottom]
                """, crop)
            left, top, right, bottom = (round(value * SCALE) for value in box)
            image = image.crop((left, top, right, min(bottom, image.height)))
        full = f"{self.prefix}-{name}"
        image.save(ALL / f"{full}.png", optimize=True)
        if shown := IN_DOCUMENTS.get(full):
            image.quantize(COLOURS, dither=Image.Dither.NONE).save(SHOWN / f"{shown}.png", optimize=True)
        sys.stdout.write(f"{full}\n")
        sys.stdout.flush()

    def surface(self, name: str) -> None:
        self.browser.open("about:blank")
        self.browser.open(f"{self.browser.extension_url}surfaces/{name}/{name}.html")

    def until(self, condition: str) -> None:
        wait_for(lambda: self.browser.execute(f"return ({condition}) || null"), TIMEOUT, condition)
        time.sleep(SETTLE)

    def card(self, paragraph: str, state: str) -> None:
        self.browser.open(ADDRESS)
        self.browser.execute(SELECT, paragraph)
        self.browser.send_menu_click("classify-selection")
        self.browser.wait_for_card(state, timeout=TIMEOUT)


def take_cards(camera: Camera) -> None:
    camera.browser.resize(*WIDE)
    camera.card("#one", "waiting")
    time.sleep(FIRST_PAINT)
    camera.take("card-waiting")
    camera.browser.wait_for_card(timeout=TIMEOUT)
    for name, paragraph in (("result", "#one"), ("sentences", "#many")):
        camera.card(paragraph, "result")
        time.sleep(SETTLE)
        camera.take(f"card-{name}")


def take_popup(camera: Camera) -> None:
    camera.surface("popup")
    camera.until("document.querySelector('#samples button')")
    camera.take("popup-empty", crop="body")
    camera.browser.classify_in_popup("I feel so happy and grateful to be here with all of you.")
    time.sleep(SETTLE)
    camera.take("popup-result", crop="body")


def take_tabs(camera: Camera) -> None:
    camera.surface("options")
    camera.until("document.querySelector('#swatches li')")
    camera.take("options")
    camera.browser.execute("scrollTo(0, 1e6)")
    camera.take("options-end")
    camera.surface("about")
    camera.until("document.querySelector('#card table')")
    camera.take("about")
    camera.browser.execute("document.getElementById('run').click()")
    camera.until("document.querySelector('#checks li')")
    camera.browser.execute("document.getElementById('test-title').scrollIntoView()")
    camera.take("about-tested")
    camera.surface("welcome")
    camera.until("document.querySelector('#samples button')")
    camera.take("welcome-empty")
    camera.browser.execute("document.querySelectorAll('#samples button')[1].click()")
    camera.until("document.body.dataset.state === 'result'")
    camera.take("welcome")


def take_page_view(camera: Camera) -> None:
    browser = camera.browser
    browser.open(ADDRESS)
    browser.send_menu_click("classify-page")
    wait_for(lambda: browser.in_page(PANEL_PAGE, "document.body?.dataset.state") == "done" or None, TIMEOUT, "the end of the page")
    time.sleep(SETTLE)
    camera.take("page")


def take_side_panel(camera: Camera) -> None:
    browser = camera.browser
    browser.open_popup()
    sentences = [{"text": text, "verdict": verdict(browser.classify_in_popup(text))} for text in SENTENCES]
    whole = browser.classify_in_popup(" ".join(SENTENCES))
    latency = {"queue": 0, "tokenize": 0, "infer": 0, "total": whole.latency_ms}
    result = {"kind": "result", "id": "", "verdict": verdict(whole), "segments": [], "tokens": 0, "ms": latency}
    handed = {"source": "selection", "at": datetime.now(UTC).isoformat(), "result": result, "sentences": sentences}
    camera.surface("sidepanel")
    camera.until("!document.getElementById('empty').hidden")
    browser.resize(*NARROW)
    time.sleep(SETTLE)
    camera.take("sidepanel-empty")
    browser.execute(
        """
        return (async () => {
          const {id} = await chrome.windows.getCurrent()
          await chrome.storage.session.set({[`handed:${id}`]: JSON.parse(arguments[0])})
        })()
        """, json.dumps(handed),
    )
    camera.until("document.querySelector('#sentences tbody tr')")
    camera.take("sidepanel-result")
    browser.resize(*WIDE)


def verdict(surface: Surface) -> dict[str, Any]:
    """What a surface shows, as the engine says it."""
    # In the model's order, which the driver has lost.
    scores = [{"label": label, "score": surface.scores[label]} for label in load_asset(REPOSITORY / "model_assets/emotion").label_ids]
    return {"label": surface.winner, "labels": [surface.winner] if surface.winner else [], "scores": scores}


def take_unclear(camera: Camera) -> None:
    """With a threshold that no score reaches."""
    camera.surface("options")
    camera.until("document.querySelector('#swatches li')")
    camera.browser.execute(
        """
        const slider = document.getElementById('min-score')
        slider.value = '100'
        slider.dispatchEvent(new Event('change'))
        """)
    camera.until("document.getElementById('said').textContent")
    camera.take("options-changed")
    camera.surface("popup")
    camera.browser.classify_in_popup("Tomorrow we walk to the lighthouse.")
    time.sleep(SETTLE)
    camera.take("popup-none", crop="body")
    camera.card("#plain", "result")
    time.sleep(SETTLE)
    camera.take("card-none")


def take_failures(camera: Camera) -> None:
    camera.browser.resize(*WIDE)
    camera.card("#one", "failure")
    time.sleep(SETTLE)
    camera.take("card-failure")
    camera.surface("popup")
    camera.browser.classify_in_popup("I feel so happy.")
    camera.take("popup-failure", crop="body")


@contextmanager
def camera(bundle: Path, browser: str, language: str, theme: str) -> Iterator[Camera]:
    page = Page(LETTER.replace("SCHEME", theme).replace("MANY", " ".join(SENTENCES)).encode())
    with Web({ADDRESS: page}) as web, start(browser, bundle, web, language=language, scale=SCALE) as driven:
        taking = Camera(driven, f"{browser}-{language.split('-')[0]}-{theme}")
        taking.surface("options")
        taking.until("document.querySelector('#swatches li')")
        driven.execute("document.querySelector(`[name=theme][value=${arguments[0]}]`).click()", theme)
        taking.until(f"document.documentElement.dataset.theme === '{theme}'")
        yield taking


def main(only: str = "") -> None:
    """All pictures, or those of the runs whose names begin so: `chrome-en-US-dark`, `firefox`."""
    ALL.mkdir(parents=True, exist_ok=True)
    SHOWN.mkdir(exist_ok=True)
    # Firefox speaks only the languages that are installed with it.
    runs = [(browser, "en-US", theme) for browser in ("chrome", "firefox") for theme in ("light", "dark")]
    runs += [("chrome", "ar", "light"), ("chrome", "ar", "dark"), ("chrome", "de", "light")]
    runs = [run for run in runs if "-".join(run).startswith(only)]
    with TemporaryDirectory() as scratch:
        for browser in dict.fromkeys(browser for browser, *_ in runs):
            whole = granted(REPOSITORY / "dist" / browser, Path(scratch) / browser)
            broken = Path(shutil.copytree(whole, Path(scratch) / f"{browser}-broken"))
            (broken / "model" / "model.onnx").write_bytes(b"not a model")
            for _, language, theme in (run for run in runs if run[0] == browser):
                with camera(whole, browser, language, theme) as taking:
                    for take in (take_cards, take_popup, take_tabs, take_page_view, take_side_panel, take_unclear):
                        take(taking)
                with camera(broken, browser, language, theme) as taking:
                    take_failures(taking)


if __name__ == "__main__":
    main(*sys.argv[1:])
