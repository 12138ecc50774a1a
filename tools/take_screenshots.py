"""Take every surface in every state and theme, in four languages and with colours forced by the
system, from both browsers.

All pictures go to dist/screenshots/; those that the README and the documents show also to
docs/images/, which is kept small. The argument `docs` takes only those; the beginning of a run's
name, like `chrome-en-US-dark` or `firefox`, only these runs.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page, Web
from builder.config.extension import load_config
from builder.packaging.pack import build_extension
from builder.site.build import build_site
from builder.site.serve import pages_of
from tests.support.drivers import BrowserUnderTest, start
from tests.support.host_permissions import with_host_permissions

REPOSITORY = Path(__file__).parent.parent
ALL = REPOSITORY / "dist" / "screenshots"
SHOWN = REPOSITORY / "docs" / "images"
IN_DOCUMENTS = {
    "chrome-en-light-card-result": "card",
    "chrome-en-light-card-waiting": "card-waiting",
    "chrome-en-light-card-none": "card-none",
    "chrome-en-light-card-why": "card-why",
    "chrome-en-light-card-failure": "card-failure",
    "chrome-en-light-popup-result": "popup",
    "chrome-en-light-options": "options",
    "chrome-en-light-about": "about",
    "chrome-en-light-welcome": "welcome",
    "chrome-en-light-page": "page",
    "chrome-en-light-side-panel-result": "side-panel",
    "chrome-en-light-site": "site",
    "chrome-en-dark-card-sentence": "card-sentences-dark",
    "chrome-en-dark-card-multi": "card-multi-dark",
    "chrome-ar-light-card-sentences": "card-arabic",
    "firefox-en-dark-page": "page-dark",
}
DOCUMENTS = "docs"
COLOURS = 256
"""Of a picture in docs/images: UI pages have few, and the files become a third."""

FORCED = "forced"
"""In the place of a theme: the system's own colours alone."""

SCALE = 2
CARD, WIDE, NARROW = (760, 560), (1040, 720), (440, 720)
TIMEOUT = 120
SETTLE = 0.8
"""Seconds for bars to glide to their lengths."""

FIRST_PAINT = 0.25

ADDRESS = "http://letters.example/"
SITE = "http://localhost/"
LETTER = """<!doctype html><meta charset="utf-8"><title>Letters</title>
<link rel="icon" href="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<meta name="color-scheme" content="SCHEME">
<style>
  body { font: 18px/1.65 Georgia, 'Noto Serif', serif }
  body { max-width: 560px; margin: 36px auto 36px 56px }
  h1 { font-size: 28px }
</style>
<main><h1>A letter from the coast</h1>
<p>The train was late and the rain came in sideways, but the house still smells of bread and salt,
just as you said it would.</p>
<p id="one"><span id="begin">I feel so happy and grateful</span> to be here with all of you.</p>
<p id="many">MANY</p>
<p id="plain">Tomorrow we walk to the lighthouse, if the wind allows it.</p>
<p id="both" hidden>I am so sorry that you had to wait, and thank you so much for being so kind!</p>
</main>"""
SENTENCES = (
    "I miss our long walks along the shore, and some evenings I feel so lonely.",
    "Then your letter came, and I was overjoyed!",
    "I am still furious that they closed the little theatre.",
    "And I am a bit afraid of the winter storms.",
    "The ferry leaves at nine.",
)
SELECT = """
const paragraph = document.querySelector(arguments[0])
paragraph.hidden = false
getSelection().selectAllChildren(paragraph)
"""
CLASSIFY = (
    "return import('/ui/lib/engine-client.js').then(({classify}) => classify(arguments[0], {detail:"
    " 'segments'}))"
)
PANEL_PAGE = "ui/page-panel/page-panel.html"
STATE = "document.body?.dataset.state"


class Camera:
    """Takes pictures of one browser, under names that begin with its."""

    def __init__(self, browser: BrowserUnderTest, prefix: str) -> None:
        self.browser = browser
        self.prefix = prefix

    def take(self, name: str, *, crop: str | None = None) -> None:
        """Of the open page, or of the element ``crop`` of it."""
        image = Image.open(io.BytesIO(self.browser.screenshot())).convert("RGB")
        if crop:
            box = self.browser.execute(
                """
                const box = document.querySelector(arguments[0]).getBoundingClientRect()
                return [box.left, box.top, box.right, box.bottom]
                """,
                crop,
            )
            left, top, right, bottom = (round(value * SCALE) for value in box)
            image = image.crop((left, top, right, min(bottom, image.height)))
        full = f"{self.prefix}-{name}"
        image.save(ALL / f"{full}.png", optimize=True)
        if shown := IN_DOCUMENTS.get(full):
            image.quantize(COLOURS, dither=Image.Dither.NONE).save(
                SHOWN / f"{shown}.png", optimize=True
            )
        sys.stdout.write(f"{full}\n")
        sys.stdout.flush()

    def surface(self, name: str) -> None:
        self.browser.open("about:blank")
        self.browser.open(f"{self.browser.extension_url}ui/{name}/{name}.html")

    def until(self, condition: str) -> None:
        wait_for(lambda: self.browser.execute(f"return ({condition}) || null"), TIMEOUT, condition)
        time.sleep(SETTLE)

    def card(self, paragraph: str, state: str) -> None:
        self.browser.open(ADDRESS)
        self.browser.execute(SELECT, paragraph)
        self.browser.send_menu_click("classify-selection")
        self.browser.wait_for_card(state, timeout=TIMEOUT)


def take_cards(camera: Camera) -> None:
    camera.browser.resize(*CARD)
    camera.card("#begin", "waiting")  # of another text than the next, which would be remembered
    time.sleep(FIRST_PAINT)
    camera.take("card-waiting")
    camera.browser.wait_for_card(timeout=TIMEOUT)
    camera.card("#one", "result")
    time.sleep(SETTLE)
    camera.take("card-result")
    camera.browser.in_card("document.getElementById('explain').click()")
    wait_for(
        lambda: camera.browser.in_card("document.getElementById('why').dataset.explained"),
        TIMEOUT,
        "the words that carried the answer",
    )
    time.sleep(SETTLE)
    camera.take("card-why")
    camera.browser.resize(*WIDE)
    camera.card("#many", "result")
    time.sleep(SETTLE)
    camera.take("card-sentences")
    camera.browser.in_card("document.querySelectorAll('[role=option]')[1].focus()")
    time.sleep(SETTLE)
    camera.take("card-sentence")


def take_multi(camera: Camera) -> None:
    """A model of whose labels several count."""
    camera.browser.resize(*CARD)
    camera.card("#both", "result")
    time.sleep(SETTLE)
    camera.take("card-multi")
    camera.surface("popup")
    camera.browser.classify_in_popup(
        "I am so sorry that you had to wait, and thank you so much for being so kind!"
    )
    time.sleep(SETTLE)
    camera.take("popup-multi", crop="body")


def take_popup(camera: Camera) -> None:
    camera.browser.resize(*WIDE)
    camera.surface("popup")
    camera.until("document.querySelector('#samples button')")
    camera.take("popup-empty", crop="body")
    camera.browser.classify_in_popup("I feel so happy and grateful to be here with all of you.")
    time.sleep(SETTLE)
    camera.take("popup-result", crop="body")


def take_tabs(camera: Camera) -> None:
    camera.browser.resize(*WIDE)
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
    browser.resize(*WIDE)
    browser.open(ADDRESS)
    browser.send_menu_click("classify-page")
    wait_for(
        lambda: browser.in_page(PANEL_PAGE, STATE) == "done" or None, TIMEOUT, "the end of the page"
    )
    time.sleep(SETTLE)
    camera.take("page")


def take_side_panel(camera: Camera) -> None:
    browser = camera.browser
    browser.resize(*WIDE)
    camera.surface("popup")
    result = browser.execute(CLASSIFY, " ".join(SENTENCES))
    sentences = [
        {"text": text, "prediction": part["prediction"]}
        for text, part in zip(SENTENCES, result["segments"], strict=True)
    ]
    handed = {
        "source": "selection",
        "at": datetime.now(UTC).isoformat(),
        "result": result,
        "sentences": sentences,
    }
    camera.surface("side-panel")
    camera.until("!document.getElementById('empty').hidden")
    browser.resize(*NARROW)
    time.sleep(SETTLE)
    camera.take("side-panel-empty")
    browser.execute(
        """
        return (async () => {
          const {id} = await chrome.windows.getCurrent()
          await chrome.storage.session.set({[`side-panel:${id}`]: JSON.parse(arguments[0])})
        })()
        """,
        json.dumps(handed),
    )
    camera.until("document.querySelector('#sentences tbody tr')")
    camera.take("side-panel-result")
    browser.resize(*WIDE)


def take_site(camera: Camera) -> None:
    """The web app, in the run's theme and with a text whose sentences differ."""
    browser = camera.browser
    browser.resize(*WIDE)
    browser.open(SITE)
    camera.until("document.body.dataset.model === 'ready'")  # whose coming is no text's latency
    theme = next((theme for theme in ("light", "dark") if theme in camera.prefix), None)
    if theme:
        browser.execute(f"return chrome.storage.local.set({{'setting:theme': '{theme}'}})")
        camera.until(f"document.documentElement.dataset.theme === '{theme}'")
    browser.execute(
        """
        const field = document.getElementById('text')
        field.value = arguments[0]
        field.dispatchEvent(new InputEvent('input', {bubbles: true}))
        """,
        " ".join(SENTENCES),
    )
    camera.until("document.querySelectorAll('#sentences tbody tr').length === 5")
    camera.take("site")
    browser.execute("return chrome.storage.local.remove('setting:theme')")


def take_unclear(camera: Camera) -> None:
    """With a threshold that no score reaches."""
    camera.surface("options")
    camera.until("document.querySelector('#swatches li')")
    camera.browser.execute("""
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
    camera.browser.resize(*CARD)
    camera.card("#plain", "result")
    time.sleep(SETTLE)
    camera.take("card-none")


def take_failures(camera: Camera) -> None:
    camera.browser.resize(*CARD)
    camera.card("#one", "failure")
    time.sleep(SETTLE)
    camera.take("card-failure")
    camera.surface("popup")
    camera.browser.classify_in_popup("I feel so happy.")
    camera.take("popup-failure", crop="body")


@dataclass(frozen=True)
class Round:
    """Pictures that are taken of one bundle: the product's own, one whose model is broken, one
    whose model has several labels a text.
    """

    take: Callable[[Camera], None]
    names: tuple[str, ...]
    bundle: str = "whole"


ROUNDS = (
    Round(
        take_cards,
        ("card-waiting", "card-result", "card-why", "card-sentences", "card-sentence"),
    ),
    Round(take_popup, ("popup-empty", "popup-result")),
    Round(
        take_tabs, ("options", "options-end", "about", "about-tested", "welcome-empty", "welcome")
    ),
    Round(take_page_view, ("page",)),
    Round(take_side_panel, ("side-panel-empty", "side-panel-result")),
    Round(
        take_unclear, ("options-changed", "popup-none", "card-none")
    ),  # late: it changes a setting
    Round(take_site, ("site",)),  # last of the whole bundle: the background falls asleep meanwhile
    Round(take_failures, ("card-failure", "popup-failure"), "broken"),
    Round(take_multi, ("card-multi", "popup-multi"), "multi"),
)
# Firefox speaks only the languages that are installed with it.
RUNS = [
    (browser, "en-US", theme) for browser in ("chrome", "firefox") for theme in ("light", "dark")
]
RUNS += [
    ("chrome", "ar", "light"),
    ("chrome", "ar", "dark"),
    ("chrome", "de", "light"),
    ("chrome", "ja", "light"),
]
RUNS += [("chrome", "en-US", FORCED), ("firefox", "en-US", FORCED)]


def prefix_of(browser: str, language: str, theme: str) -> str:
    return f"{browser}-{language.split('-')[0]}-{theme}"


@contextmanager
def camera(bundle: Path, browser: str, language: str, theme: str) -> Iterator[Camera]:
    forced = theme == FORCED
    page = Page(
        LETTER.replace("SCHEME", "light dark" if forced else theme)
        .replace("MANY", " ".join(SENTENCES))
        .encode()
    )
    with (
        Web({ADDRESS: page} | site_pages()) as web,
        start(
            browser, bundle, web, language=language, scale=SCALE, forced_colours=forced
        ) as driven,
    ):
        taking = Camera(driven, prefix_of(browser, language, theme))
        if forced:
            yield taking
            return
        taking.surface("options")
        taking.until("document.querySelector('#swatches li')")
        driven.execute(
            "document.querySelector(`[name=theme][value=${arguments[0]}]`).click()", theme
        )
        taking.until(f"document.documentElement.dataset.theme === '{theme}'")
        yield taking


@cache
def site_pages() -> dict[str, Page]:
    """What the host of the product's web app answers."""
    with TemporaryDirectory() as scratch:
        site = build_site(load_config(REPOSITORY / "extension.toml"), Path(scratch), level=3)
        return pages_of(site.folder, SITE)


def bundles(browser: str, scratch: Path) -> dict[str, Path]:
    whole = with_host_permissions(REPOSITORY / "dist" / browser, scratch / browser)
    broken = Path(shutil.copytree(whole, scratch / f"{browser}-broken"))
    (broken / "model" / "model.onnx").write_bytes(b"not a model")
    built = build_extension(
        load_config(REPOSITORY / "examples/go-emotions/extension.toml"),
        scratch / "multi",
        [browser],
    )
    return {
        "whole": whole,
        "broken": broken,
        "multi": with_host_permissions(built[0].folder, scratch / f"{browser}-multi"),
    }


def main(only: str = "") -> None:
    runs = [run for run in RUNS if only == DOCUMENTS or "-".join(run).startswith(only)]
    if not runs:
        names = ", ".join([DOCUMENTS, *("-".join(run) for run in RUNS)])
        sys.stderr.write(
            f"error: no picture belongs to '{only}'\nhint: one of these, or the beginning of one:"
            f" {names}\n"
        )
        sys.exit(2)
    ALL.mkdir(parents=True, exist_ok=True)
    SHOWN.mkdir(exist_ok=True)
    for run in runs:
        prefix = prefix_of(*run)
        wanted = [
            each
            for each in ROUNDS
            if only != DOCUMENTS or any(f"{prefix}-{name}" in IN_DOCUMENTS for name in each.names)
        ]
        if not wanted:
            continue
        with TemporaryDirectory() as scratch:
            for name, bundle in bundles(run[0], Path(scratch)).items():
                if rounds := [each for each in wanted if each.bundle == name]:
                    with camera(bundle, *run) as taking:
                        for each in rounds:
                            each.take(taking)


if __name__ == "__main__":
    main(*sys.argv[1:])
