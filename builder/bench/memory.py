"""What the extension's processes hold: when it was just installed, before the engine starts, with
it, while it works, after that, after it was released, and when no page of the extension is open any
more.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.bench.engine import LENGTHS
from builder.bench.measures import Measure
from builder.bench.setup import EnginePage, Setup
from builder.browsers.processes import Memory, Peak, can_tell, settled
from builder.browsers.proxy import Page
from builder.progress import Advance

ADDRESS = "http://page.test/"
PAGE = Page(
    b"<!doctype html><html lang=en><title>A page</title><p>None of the extension's.</p></html>"
)


def memory(setup: Setup, advance: Advance) -> Iterator[Measure]:
    """Nothing where the system does not tell: that is anywhere but on Linux."""
    if not can_tell():
        return
    texts = setup.texts()
    longest = max(length for length in LENGTHS if length <= setup.asset.description["max_length"])
    with setup.fresh_browser({ADDRESS: PAGE}) as browser:
        browser.open(ADDRESS)
        pids, settle_s, release_s = (
            browser.extension_processes,
            setup.counts.settle_s,
            setup.counts.release_s,
        )
        found: dict[str, Memory] = {"installed": settled(pids(), settle_s)}
        engine = EnginePage(browser, setup.threads)
        found["before"] = settled(pids(), settle_s)
        with Peak(pids) as peak:
            engine.classify([texts.sentences(1)])
            found["ready"] = settled(pids(), settle_s)
            advance(0.3)
            for _ in range(setup.counts.rounds):
                engine.classify([texts.sentences(setup.counts.sentences)], priority="page")
            engine.classify([[texts.of_length(longest)] for _ in range(setup.counts.rounds)])
        found["peak"] = peak.highest
        advance(0.4)
        found["after"] = settled(pids(), settle_s)
        engine.release()
        found["released"] = settled(pids(), release_s)
        engine.classify([texts.sentences(1)])
        engine.release()
        found["again"] = settled(pids(), release_s)
        advance(0.2)
        browser.open(ADDRESS)
        found["closed"] = settled(pids(), release_s)
        advance(0.1)
    titles = {
        "installed": "just installed, no page of the extension open",
        "before": "a page open, before the engine starts",
        "ready": "engine ready",
        "peak": "highest while it works",
        "after": "after a long run",
        "released": "after release",
        "again": "after another start and release",
        "closed": "after both releases, no page of the extension open any more",
    }
    for name, title in titles.items():
        yield Measure.of(f"memory.{name}.pss", f"{title} (PSS)", "MB", [found[name].pss])
        yield Measure.of(f"memory.{name}.own", f"{title} (own)", "MB", [found[name].own])
