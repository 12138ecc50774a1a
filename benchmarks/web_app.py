"""The web app's first answer on a second visit beside the extension's cold start, in one browser.

Both from opening a page to scores: the web app without a server, and the extension's popup after
its worker was ended.

Run as ``python -m benchmarks.web_app [--browser firefox]``; it prints both medians and their ratio.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_plus

from builder.bench.setup import EnginePage
from builder.bench.statistics import Stats, summarize
from builder.browsers import start
from builder.browsers.driver import Browser, wait_for
from builder.browsers.proxy import Web
from builder.config.extension import BROWSERS, load_config
from builder.packaging.pack import build_extension
from builder.site.build import Site, build_site
from builder.site.serve import pages_of

HOME = "http://localhost/"
"""Browsers trust it without a certificate, so that a service worker may run."""
LIMIT = 1.2
TIMEOUT_S = 180
VISITS = 10
TEXT = "I feel so happy and grateful on day {}"
"""Another one for each visit: nothing is to be remembered."""

ANSWERED = """
return (async () => {
  const {body} = document
  while (body.dataset.state !== 'result') {
    if (body.dataset.state === 'failure') throw new Error(body.innerText)
    await new Promise((resolve) => {
      const observer = new MutationObserver(() => { observer.disconnect(); resolve() })
      observer.observe(body, {attributes: true, attributeFilter: ['data-state']})
    })
  }
  return performance.now()
})()
"""
"""Milliseconds since the visit began until scores are shown."""

ASK = """
document.getElementById('text').value = arguments[0]
document.getElementById('retry').click() // asks without the pause that typing has
"""
TYPE = """
return (async (text) => {
  const latency = () => document.querySelector('#result [data-latency]')
  delete latency().dataset.latency // of the text before
  const field = document.getElementById('text')
  field.value = text
  field.dispatchEvent(new InputEvent('input', {bubbles: true}))
  while (!latency()) {
    if (document.body.dataset.state === 'failure') throw new Error(document.body.innerText)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return Number(latency().dataset.latency)
})(arguments[0])
"""
"""Milliseconds that the page shows for a text."""


@dataclass(frozen=True)
class Visits:
    """Milliseconds. ``first``: of the first visit, from a server on the same machine; ``again``: of
    later ones, without a server; ``popup``: from opening the extension's popup, whose worker has
    ended; ``worker``: from asking for a worker of the extension to its first scores, without any
    page; ``warm``: of one text in the open app. ``requests``: of all later visits together.
    """

    first: float
    again: Stats
    popup: Stats
    worker: Stats
    warm: Stats
    requests: int

    @property
    def ratio(self) -> float:
        return self.again.p50 / self.popup.p50


def visit(browser: Browser, number: int) -> float:
    """Open the app with a text in its address; gives milliseconds until its scores are shown."""
    browser.open("about:blank")  # else a new fragment is no visit
    browser.open(f"{HOME}#text={quote_plus(TEXT.format(number))}")
    found: float = browser.execute(ANSWERED)
    return found


def open_popup(browser: Browser, text: str) -> float:
    """Open the popup as a page, and ask for a text at once; gives milliseconds until its scores are
    shown.
    """
    browser.open(f"{browser.extension_url}ui/popup/popup.html")
    browser.execute(ASK, text)
    found: float = browser.execute(ANSWERED)
    return found


def measure(site: Site, bundle: Path, name: str, visits: int = VISITS) -> Visits:
    """First a visit with a server, then visits without one and starts of the extension, in turn."""
    with Web(pages_of(site.folder, HOME)) as web, start(name, bundle, web) as browser:
        first = visit(browser, 0)
        wait_for(
            lambda: browser.execute("return !document.getElementById('offline').hidden || null"),
            TIMEOUT_S,
            "the app to be kept on the device",
        )
        web.pages = {}
        asked = len(web.requests)
        again: list[float] = []
        popup: list[float] = []
        worker: list[float] = []
        for number in range(1, visits + 1):
            again.append(visit(browser, number))
            engine = EnginePage(browser, 1)
            worker.append(engine.start_worker(TEXT.format(-number))["scores"])
            engine.release()
            popup.append(open_popup(browser, TEXT.format(1000 + number)))
        visit(browser, visits + 1)
        warm = [browser.execute(TYPE, TEXT.format(number)) for number in range(100, 130)]
        looked_for_updates = (f"{HOME}sw.js", f"{HOME}favicon.ico")
        requests = [
            request
            for request in web.requests[asked:]
            if HOME in request and not request.endswith(looked_for_updates)
        ]
    return Visits(
        first,
        summarize(again),
        summarize(popup),
        summarize(worker),
        summarize(warm[10:]),
        len(requests),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", choices=BROWSERS, default="chrome")
    parser.add_argument("--visits", type=int, default=VISITS)
    options = parser.parse_args(arguments)
    config = load_config(Path("extension.toml"))
    with TemporaryDirectory() as folder:
        site = build_site(config, Path("dist"))
        (bundle,) = build_extension(config, Path(folder), [options.browser])
        found = measure(site, bundle.folder, options.browser, options.visits)
    print(f"{options.browser}, {found.again.n} visits, milliseconds (95th percentile)")
    print(f"first visit, server on this machine: {found.first:.0f}")
    print(f"second visit, to the first scores:   {found.again.p50:.0f} ({found.again.p95:.0f})")
    print(f"popup of the extension, cold:        {found.popup.p50:.0f} ({found.popup.p95:.0f})")
    print(f"its worker alone:                    {found.worker.p50:.0f} ({found.worker.p95:.0f})")
    print(f"ratio of the two pages' medians: {found.ratio:.2f} (limit {LIMIT})")
    print(f"requests of the later visits: {found.requests}")


if __name__ == "__main__":
    main()
