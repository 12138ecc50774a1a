"""Compare ours and the baseline in one browser run on the same texts: a table and a JSON file.

The baseline is transformers.js in a worker of an extension of its own (build_baseline.py). The
table shows three more: onnxruntime for Python as the native bound, other tokenizers, and a service
in a data centre by a round trip that is stated, not measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.build_baseline import build_baseline
from builder.bench.engine import FIRST_TEXT, groups
from builder.bench.machine import load, machine_facts
from builder.bench.setup import Counts, EnginePage, Setup, Threads
from builder.bench.statistics import Stats, summarize
from builder.bench.texts import Texts
from builder.browsers.driver import Browser
from builder.browsers.processes import Peak, can_tell, settled
from builder.config.extension import BROWSERS, load_config
from builder.errors import BuilderError
from builder.files import replacing
from builder.models.asset.asset import Asset
from builder.models.asset.scorer import Scorer
from builder.models.asset.tokenizer import reference_tokenizer
from builder.packaging.delivered_model import unpack_with_model

REPOSITORY = Path(__file__).parent.parent
FORMAT = 1
TURN = 30
"""Texts before it is the other's turn."""
WARM_UP = 40
BATCHES = (1, 8, 32)
PASSES, WARM_PASSES, LEAST_MS = 25, 5, 20
LONG_TEXTS, LONG_TOKENS = 3, 512
OTHER_TOKENIZERS = {
    "tokenizers.js": "@huggingface/tokenizers 0.2.0, JavaScript",
    "tokenizers-wasm": "tokenizers-wasm 0.1.0, Rust to wasm by wasm-bindgen",
    "web-tokenizers": "@mlc-ai/web-tokenizers 0.1.6, Rust to wasm by Emscripten",
}

BASELINE = """
return (async (message) => {
  const page = window.wrappedJSObject ?? window
  while (!page.baseline) await new Promise((resolve) => setTimeout(resolve, 20))
  return JSON.parse(await page.baseline(message))
})(arguments[0])
"""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    texts: int
    sentences: int
    rounds: int
    browsers: int
    """Fresh starts of the browser, for cold starts."""
    cloud_ms: float
    settle_s: float
    release_s: float
    """That a browser is given to let go of what nobody needs."""


@dataclass(frozen=True)
class Figure:
    """One thing of ours and of the baseline; ``better``: lower or higher. ``aim``: what the project
    wants the ratio to be.
    """

    name: str
    what: str
    unit: str
    better: str
    ours: Stats
    baseline: Stats
    aim: str = ""

    @property
    def ratio(self) -> float:
        return self.ours.p50 / self.baseline.p50


class Baseline:
    """The page of the baseline's extension, in a tab of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def ask(self, task: str, **options: Any) -> Any:
        return self._browser.execute(BASELINE, json.dumps([task, options]))

    def run(self, texts: Sequence[str], batch: int) -> list[float]:
        """Milliseconds of each run."""
        ms: list[float] = self.ask("run", texts=list(texts), batch=batch)["ms"]
        return ms


@dataclass(frozen=True)
class Pair:
    """Ours in the first tab, the baseline in the second; the one that works is in front."""

    browser: Browser
    engine: EnginePage
    baseline: Baseline

    @contextmanager
    def ours(self) -> Iterator[EnginePage]:
        self.browser.switch_tab(0)
        yield self.engine

    @contextmanager
    def other(self) -> Iterator[Baseline]:
        self.browser.switch_tab(1)
        yield self.baseline


@contextmanager
def both(setup: Setup, baseline_package: Path, threads: Threads) -> Iterator[Pair]:
    with setup.fresh_browser() as browser:
        url = browser.install(baseline_package)
        engine = EnginePage(browser, threads)
        browser.open_tab(f"{url}page.html")
        yield Pair(browser, engine, Baseline(browser))


def measure(
    setup: Setup, baseline_package: Path, plan: Plan, texts: Texts
) -> tuple[list[Figure], dict[str, Any]]:
    """The figures of one browser, and the facts that are printed beside them."""
    figures: list[Figure] = []
    facts: dict[str, Any] = {}
    cold = _cold(setup, baseline_package, plan)
    figures += cold
    singles = texts.warm(2 * plan.texts)
    with both(setup, baseline_package, 1) as pair:
        facts["version"] = pair.browser.version
        figures.append(
            _single(
                pair,
                texts,
                singles[: plan.texts],
                1,
                "warm.one_thread",
                "one warm text, one thread each",
                "at most 0.35",
            )
        )
        throughput, facts["baseline_batches"] = _throughput(pair, texts, plan)
        figures.append(throughput)
        tokenizers, facts["tokenizers"] = _tokenizers(pair, setup.asset, texts, plan)
        figures.append(tokenizers)
    with both(setup, baseline_package, replace(setup, threads="auto").decided().threads) as pair:
        figures.append(
            _single(
                pair,
                texts,
                singles[plan.texts :] or singles,
                None,
                "warm.auto",
                "one warm text, threads as each chooses",
            )
        )
        with pair.ours() as engine:
            facts["threads_auto"] = engine.status()["threads"]
    if can_tell():
        figures += _memory(setup, baseline_package, plan, texts)
    return figures, facts


def _cold(setup: Setup, baseline_package: Path, plan: Plan) -> list[Figure]:
    ours: dict[str, list[float]] = {"first": [], "again": []}
    others: dict[str, list[float]] = {"first": [], "again": []}
    for number in range(plan.browsers):
        with both(setup, baseline_package, 1) as pair:
            for turn in range(2 if number else 1 + plan.rounds):
                name = "again" if turn else "first"
                with pair.ours() as engine:
                    time.sleep(
                        plan.settle_s
                    )  # what a worker started goes on after it: its code is still being optimized
                    ours[name].append(engine.start_worker(FIRST_TEXT)["scores"])
                with pair.other() as baseline:
                    time.sleep(plan.settle_s)
                    others[name].append(baseline.ask("start", threads=1, text=FIRST_TEXT)["scores"])
    return [
        Figure(
            f"cold.{name}",
            f"from starting the worker to scores, {what}",
            "ms",
            "lower",
            summarize(ours[name]),
            summarize(others[name]),
            "at most 0.30",
        )
        for name, what in (("first", "browser just started"), ("again", "again"))
        if ours[name]
    ]


def _single(
    pair: Pair,
    texts: Texts,
    asked: Sequence[str],
    threads: int | None,
    name: str,
    what: str,
    aim: str = "",
) -> Figure:
    warm_up = texts.sentences(WARM_UP)
    with pair.ours() as engine:
        engine.classify([[text] for text in warm_up])
    with pair.other() as baseline:
        baseline.ask("open", threads=threads)
        baseline.run(warm_up, 1)
    ours: list[float] = []
    others: list[float] = []
    for first in range(0, len(asked), TURN):
        turn = asked[first : first + TURN]
        with pair.ours() as engine:
            ours += [answer.engine for answer in engine.classify([[text] for text in turn])]
        with pair.other() as baseline:
            others += baseline.run(turn, 1)
    return Figure(name, what, "ms", "lower", summarize(ours), summarize(others), aim)


def _throughput(pair: Pair, texts: Texts, plan: Plan) -> tuple[Figure, dict[str, float]]:
    """A page of sentences by ours, and by the baseline with the batch that suits it best."""
    few = texts.sentences(max(1, plan.sentences // 4))
    with pair.other() as baseline:
        rates = {batch: 1000 * len(few) / sum(baseline.run(few, batch)) for batch in BATCHES}
    best = max(rates, key=rates.__getitem__)
    ours: list[float] = []
    others: list[float] = []
    for _ in range(plan.rounds):
        page = texts.sentences(plan.sentences)
        with pair.ours() as engine:
            (answer,) = engine.classify([page], priority="page")
            ours.append(1000 * len(page) / answer.round_trip)
        with pair.other() as baseline:
            others.append(1000 * len(page) / sum(baseline.run(page, best)))
    what = f"{plan.sentences} sentences (the baseline in batches of {best})"
    figure = Figure(
        "throughput", what, "texts/s", "higher", summarize(ours), summarize(others), "at least 4"
    )
    return figure, {str(batch): round(rate, 1) for batch, rate in rates.items()}


def _tokenizers(
    pair: Pair, asset: Asset, texts: Texts, plan: Plan
) -> tuple[Figure, list[dict[str, Any]]]:
    some = texts.sentences(max(20, plan.sentences))
    size = sum(len(text.encode()) for text in some) / 1e6
    reference = reference_tokenizer(asset.description["tokenizer"], asset.folder, max_length=None)
    expected = [reference.encode(text).ids for text in some]
    began = time.perf_counter()
    for _ in range(WARM_PASSES):
        reference.encode_batch_fast(some)
    native = WARM_PASSES * size / (time.perf_counter() - began)

    def rates(ms: list[float]) -> Stats:
        return summarize(
            [
                1000 * size * len(group) / sum(group)
                for group in groups(ms[WARM_PASSES:], least_ms=LEAST_MS)
            ]
        )

    with pair.ours() as engine:
        ms, ids = engine.tokenize(some, PASSES)
    ours = rates(ms)
    table = [{"what": "ours, JavaScript", "mb_per_s": ours.p50, "same_ids": _same(ids, expected)}]
    found: dict[str, Stats] = {}
    with pair.other() as baseline:
        for library, what in OTHER_TOKENIZERS.items():
            answer = baseline.ask("tokenize", library=library, texts=some, passes=PASSES)
            found[library] = rates(answer["ms"])
            table.append(
                {
                    "what": what,
                    "mb_per_s": found[library].p50,
                    "load_ms": answer["load"],
                    "same_ids": _same(answer["ids"], expected),
                }
            )
    table.append(
        {
            "what": "Hugging Face's Rust library, native, all cores",
            "mb_per_s": native,
            "same_ids": len(some),
        }
    )
    what = "text to ids (the baseline's: @huggingface/tokenizers)"
    figure = Figure("tokenizer", what, "MB/s", "higher", ours, found["tokenizers.js"], "at least 3")
    return figure, [_rounded(row) | {"texts": len(some)} for row in table]


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: round(value, 2) if isinstance(value, float) else value for key, value in row.items()
    }


def _same(ids: Sequence[Sequence[int]], expected: Sequence[Sequence[int]]) -> int:
    """Texts with the reference's ids; a library may leave out the two around a text."""
    return sum(
        list(one) in (list(other), list(other[1:-1]))
        for one, other in zip(ids, expected, strict=True)
    )


def _memory(setup: Setup, baseline_package: Path, plan: Plan, texts: Texts) -> list[Figure]:
    """Each in a browser without the other, so that no process is counted twice."""
    page = texts.sentences(plan.sentences)
    long = [texts.of_length(LONG_TOKENS) for _ in range(LONG_TEXTS)]
    with setup.fresh_engine() as engine:
        pids = engine.browser.extension_processes
        before = settled(pids(), plan.settle_s)
        with Peak(pids) as ours:
            engine.classify([page], priority="page")
            engine.classify([[text] for text in long])
        engine.release()
        ours_left = settled(pids(), plan.release_s)
    with replace(setup, package=baseline_package).fresh_browser() as browser:
        browser.open(f"{browser.extension_url}page.html")
        baseline = Baseline(browser)
        baseline_before = settled(browser.extension_processes(), plan.settle_s)
        with Peak(browser.extension_processes) as other:
            baseline.ask("open", threads=1)
            baseline.run(page, 1)
            baseline.run(long, 1)
        baseline.ask("close")
        baseline_left = settled(browser.extension_processes(), plan.release_s)
    rows = (
        ("before", "before the engine starts", before, baseline_before, ""),
        ("peak", "highest while working", ours.highest, other.highest, "at most 0.6"),
        (
            "released",
            "after release (the baseline: its worker ended)",
            ours_left,
            baseline_left,
            "",
        ),
    )
    return [
        Figure(
            f"memory.{name}.{kind}",
            f"memory of the extension's processes, {what} ({title})",
            "MB",
            "lower",
            summarize([getattr(mine, kind)]),
            summarize([getattr(its, kind)]),
            aim if kind == "pss" else "",
        )
        for name, what, mine, its, aim in rows
        for kind, title in (("pss", "PSS"), ("own", "own"))
    ]


def native(asset: Asset, texts: Sequence[str]) -> dict[str, Any]:
    """The same model by onnxruntime for Python, one thread: what the hardware gives. Milliseconds
    from text to scores.
    """
    scorer = Scorer(asset.folder, asset.description, threads=1)
    ms = []
    for number, text in enumerate([*texts[:WARM_UP], *texts]):
        began = time.perf_counter()
        scorer.scores([text])
        if number >= min(WARM_UP, len(texts)):
            ms.append(1000 * (time.perf_counter() - began))
    return asdict(summarize(ms))


def table(browser: str, figures: Sequence[Figure]) -> str:
    """In Markdown."""
    lines = [
        f"| {browser} | ours | the baseline | ratio | aim |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for figure in figures:
        n = (
            figure.ours.n
            if figure.ours.n == figure.baseline.n
            else f"{figure.ours.n} and {figure.baseline.n}"
        )
        lines.append(
            f"| {figure.what}, n {n} | {_number(figure.ours.p50)} {figure.unit} |"
            f" {_number(figure.baseline.p50)} {figure.unit} | {figure.ratio:.2f} | {figure.aim} |",
        )
    return "\n".join(lines)


def tokenizer_table(rows: Sequence[dict[str, Any]]) -> str:
    lines = ["| tokenizer | MB/s | texts with the reference's ids |", "| --- | ---: | ---: |"]
    return "\n".join(
        [
            *lines,
            *(
                f"| {row['what']} | {_number(row['mb_per_s'])} | {row['same_ids']} of"
                f" {row['texts']} |"
                for row in rows
            ),
        ]
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def read_texts(data: Path, count: int) -> list[str]:
    """The first texts of Emotion's validation file, ``text;label`` a line."""
    file = data / "emotion" / "val.txt"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        hint = "name the folder of the data with --data"
        raise BuilderError(
            f"{file}: cannot be read: {error.strerror}", hint=hint, place=str(file)
        ) from None
    return [line.rsplit(";", 1)[0] for line in lines if line.strip()][:count]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--browser", choices=[*BROWSERS, "all"], default="all")
    parser.add_argument(
        "--config",
        type=Path,
        default=REPOSITORY / "extension.toml",
        help="the extension, packed already",
    )
    parser.add_argument(
        "--out", type=Path, default=REPOSITORY / "dist", help="where it was packed to"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=REPOSITORY.parent / "shared" / "data",
        help="folder with emotion/val.txt",
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        help="the classifier that the baseline runs; without it the base model with a random head",
    )
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--browsers", type=int, default=3, help="fresh starts of each browser, for cold starts"
    )
    parser.add_argument(
        "--cloud-ms",
        type=float,
        default=150,
        help="what a service is taken to need: stated, not measured",
    )
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    try:
        _compare(options)
    except BuilderError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        sys.exit(f"error: {error}{hint}")


def _compare(options: argparse.Namespace) -> None:
    full = options.texts >= 100
    plan = Plan(
        options.texts,
        options.sentences,
        options.rounds,
        options.browsers,
        options.cloud_ms,
        settle_s=3 if full else 0.5,
        release_s=40 if full else 0.5,
    )
    lines = read_texts(options.data, 2 * plan.texts)
    config = load_config(options.config)
    report: dict[str, Any] = {
        "format": FORMAT,
        "machine": machine_facts(),
        "plan": asdict(plan),
        "browsers": {},
    }
    with TemporaryDirectory() as folder:
        baseline_package = build_baseline(Path(folder) / "baseline", options.checkpoint)
        for browser in BROWSERS if options.browser == "all" else (options.browser,):
            package = options.out / f"{config.slug}-{config.version}-{browser}.zip"
            asset = unpack_with_model(package, Path(folder) / browser)
            setup = Setup(browser, package, asset, Counts(1), 1, lines)
            texts = setup.texts()
            figures, facts = measure(setup, baseline_package, plan, texts)
            if "native" not in report:
                report["native"] = {"model": asset.name, **native(asset, lines[: plan.texts])}
            report["browsers"][browser] = {
                **facts,
                "figures": [
                    {**asdict(figure), "ratio": round(figure.ratio, 4)} for figure in figures
                ],
            }
            title = f"{browser} {facts['version']}"
            sys.stdout.write(
                f"{table(title, figures)}\n\n{tokenizer_table(facts['tokenizers'])}\n\n"
            )
    report["machine"]["load_after"] = load()
    bound = report["native"]
    sys.stdout.write(
        f"onnxruntime for Python, one thread, the same texts: p50 {bound['p50']:.2f} ms, p95"
        f" {bound['p95']:.2f} ms, n {bound['n']}\na service in a data centre: {plan.cloud_ms:.0f}"
        " ms (stated: network and server, not measured)\nload of the machine:"
        f" {report['machine']['load']} before, {report['machine']['load_after']} after\n"
    )
    if options.json:
        with replacing(options.json) as file:
            file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
