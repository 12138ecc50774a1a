"""The article that this project answers, beside ours, as one table.

The article is Jo Kristian Bergum, "Moving ML Inference from the Cloud to the Edge", January 2022
(bergum.medium.com), with the code of its demo (github.com/jobergum/browser-ml-inference).

Run as ``python -m benchmarks.article``. With ``--write`` the table takes the place of the one in
README.md, between its two marks. It builds dist/site, and drives a browser for some minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.web_app import VISITS, Visits, measure
from builder.bench.cloud import CloudReport, built_in_texts, measure_api
from builder.bench.machine import machine_facts
from builder.config.extension import BROWSERS, ExtensionConfig, load_config
from builder.errors import BuilderError
from builder.files import replacing
from builder.models.asset.asset import Asset, load_asset
from builder.packaging.pack import build_extension
from builder.site.build import Site, build_site
from builder.site.edge import build_edge
from builder.site.workerd import serving

README = Path("README.md")
BEGIN, END = "<!-- article: begin -->", "<!-- article: end -->"
SOURCE = "Emotion"
CALLS = 100
BUSY = 1.0
"""Load of the machine from which times are those of the other programs, too."""
UNKNOWN = "not stated"


@dataclass(frozen=True)
class Accuracy:
    """Shares of the evaluation texts whose highest score is the label's."""

    fp32: float
    int8: float

    @property
    def lost(self) -> float:
        return self.fp32 - self.int8


ARTICLE = Accuracy(fp32=0.9265, int8=0.8195)
"""Its README; the int8 model is the one that it delivers."""
ARTICLE_BYTES = "13 MB, a vocabulary, the page"
ARTICLE_CLOUD = "150 ms and more, for the network alone"


def accuracy_of(asset: Asset, source: str = SOURCE) -> Accuracy:
    """On the texts of one source, as the model's description tells.

    :raises BuilderError: if it does not.
    """
    found: dict[str, float] = {}
    for entry in asset.description.get("metrics", ()):
        for part in entry.get("sources", ()):
            if part["source"] == source:
                found[entry["precision"]] = part["accuracy"]
    try:
        return Accuracy(found["fp32"], found["int8"])
    except KeyError as missing:
        raise BuilderError(
            f"{asset.folder}: tells no accuracy on {source} as {missing}",
            hint="build the asset with 'builder model quantize' and a recipe",
            place=str(asset.folder),
        ) from None


def rows(
    asset: Asset, site: Site, visits: Visits, edge: CloudReport, other: CloudReport | None
) -> list[tuple[str, str, str]]:
    """What, the article's, ours."""
    ours = accuracy_of(asset)
    model = sum(file.bytes for file in asset.files)
    found = [
        ("accuracy on Emotion, fp32", percent(ARTICLE.fp32), percent(ours.fp32)),
        (
            "accuracy on Emotion, int8, which is delivered",
            percent(ARTICLE.int8),
            percent(ours.int8),
        ),
        ("lost by int8", points(ARTICLE.lost), points(ours.lost)),
        ("model on the disk", "13 MB", f"{model / 1e6:.1f} MB"),
        (
            "over the wire, first visit",
            ARTICLE_BYTES,
            f"{(site.app_bytes + site.model_bytes) / 1e6:.1f} MB, all of it",
        ),
        (
            "over the wire, second visit",
            UNKNOWN,
            "0" if visits.requests == 0 else f"{visits.requests} requests",
        ),
        ("second visit, to the first scores", UNKNOWN, f"{visits.again.p50:.0f} ms"),
        ("one more text in the page", UNKNOWN, f"{visits.warm.p50:.0f} ms"),
        (
            "one text, asked of a server",
            ARTICLE_CLOUD,
            f"{edge.ms.p50:.0f} ms in the worker of `builder edge`, and the network",
        ),
    ]
    if other is not None:
        found.append((f"one text, asked of {other.url}", "", f"{other.ms.p50:.0f} ms"))
    return found


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def points(share: float) -> str:
    return f"{100 * share:.1f} points"


def table(found: Sequence[tuple[str, str, str]], asset: Asset, facts: dict[str, Any]) -> str:
    """Markdown, with what was measured where below it."""
    version = asset.description["version"]
    busy = (facts["load"] or 0) > BUSY
    lines = [
        f"| | the article | {asset.name} {version} |",
        "| --- | ---: | ---: |",
        *(f"| {' | '.join(row)} |" for row in found),
        "",
        f"Times: {facts['browser']}, {facts['visits']} visits and {CALLS} calls, on"
        f" {facts['cores']} cores of {facts['processor']}, {facts['date']}, load {facts['load']}."
        + (" The machine was busy, so they are too long." if busy else ""),
    ]
    return "\n".join(lines)


def put_into(text: str, between: str) -> str:
    """The README with another table.

    :raises BuilderError: if it has not the two marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BuilderError(
            f"{README}: has no place for the table",
            hint=f"write {BEGIN} and {END} on lines of their own",
            place=str(README),
        )
    return f"{before}{BEGIN}\n{between}\n{END}{after}"


def ask_the_edge(config: ExtensionConfig) -> CloudReport:
    """The worker of ``builder edge``, on this machine."""
    with TemporaryDirectory() as folder, serving(build_edge(config, Path(folder)).folder) as worker:
        measure_api(worker.url, built_in_texts(CALLS)[:40])  # V8 compiles in the meantime
        return measure_api(worker.url, built_in_texts(CALLS))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", choices=BROWSERS, default="chrome")
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--against", metavar="URL", help="an inference API to ask, too")
    parser.add_argument("--write", action="store_true", help=f"put the table into {README}")
    options = parser.parse_args(arguments)
    config = load_config(Path("extension.toml"))
    asset = load_asset(config.asset)
    site = build_site(config, Path("dist"))
    facts = machine_facts()
    with TemporaryDirectory() as folder:
        (bundle,) = build_extension(config, Path(folder), [options.browser])
        visits = measure(site, bundle.folder, options.browser, options.visits)
    other = measure_api(options.against, built_in_texts(CALLS)) if options.against else None
    facts |= {
        "browser": {"chrome": "Chromium", "firefox": "Firefox"}[options.browser],
        "visits": options.visits,
        "date": datetime.now(UTC).date().isoformat(),
    }
    text = table(rows(asset, site, visits, ask_the_edge(config), other), asset, facts)
    sys.stdout.write(f"{text}\n")
    if options.write:
        content = put_into(README.read_text(encoding="utf-8"), text)
        with replacing(README) as new:
            new.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
