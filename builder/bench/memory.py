"""What the extension's processes hold: before the engine starts, with it, while it works, after that, and after it was released."""

from __future__ import annotations

from collections.abc import Iterator

from builder.bench.engine import LENGTHS
from builder.bench.measures import Measure
from builder.bench.setup import Setup
from builder.browsers.processes import Memory, Peak, can_tell, settled
from builder.progress import Advance


def memory(setup: Setup, advance: Advance) -> Iterator[Measure]:
    """Nothing where the system does not tell: that is anywhere but on Linux."""
    if not can_tell():
        return
    texts = setup.texts()
    longest = max(length for length in LENGTHS if length <= setup.asset.description["max_length"])
    with setup.fresh_engine() as engine:
        pids, settle_s = engine.browser.extension_processes, setup.counts.settle_s
        found: dict[str, Memory] = {"before": settled(pids(), settle_s)}
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
        found["released"] = settled(pids(), settle_s)
        engine.classify([texts.sentences(1)])
        engine.release()
        found["again"] = settled(pids(), settle_s)
        advance(0.3)
    titles = {
        "before": "before the engine starts", "ready": "engine ready", "peak": "highest while it works",
        "after": "after a long run", "released": "after release", "again": "after another start and release",
    }
    for name, title in titles.items():
        yield Measure.of(f"memory.{name}.pss", f"{title} (PSS)", "MB", [found[name].pss])
        yield Measure.of(f"memory.{name}.rss", f"{title} (RSS)", "MB", [found[name].rss])
