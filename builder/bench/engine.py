"""The engine by itself: its start, single texts of each length, pages of sentences, and how its
cost grows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.bench.measures import Measure
from builder.bench.setup import EnginePage, Setup
from builder.bench.statistics import power_law
from builder.bench.texts import Texts
from builder.progress import Advance

LENGTHS = (8, 24, 64, 128, 256, 512)
SCALING = (24, 96, 384, 1024, 2048, 4096)
SENTENCES = (0.02, 0.1, 0.3, 1.0)
"""Shares of a page of sentences."""
HALF_A_TICK_MS = 0.5
"""What less than a millisecond is taken for: Firefox tells whole ones, and of a tiny model none."""
FIRST_TEXT = "I feel so happy and grateful today."
PHASES = {
    "spawn": "modules loaded",
    "fetch": "runtime read",
    "runtime": "runtime awaited, compiled, begun",
    "read": "model read",
    "tokenizer": "tokenizer made",
    "session": "session made",
}
"""What the worker tells of, each from when to when, many at the same time; the host reads runtime
and model.
"""
STEPS = {
    "spawn": "modules loaded",
    "load": "runtime and model read, runtime compiled",
    "session": "session made",
    "run": "first run",
    "answer": "messages between page and worker",
}
"""The same one after another, from asking for the worker to its first scores."""
SPLIT = (65_000, 260_000, 1_040_000)
"""Characters of a text that is cut into sentences."""
UNITS = {
    "lower_case": "in this line i say that i am happy. ",
    "capitals": "In this line I say that I am happy. ",
    "one_word": "happiness",
    "emoji": "\U0001f62d",
    "ideographs": "今天错过了火车。",
}


def starts(setup: Setup, advance: Advance) -> Iterator[Measure]:
    """From asking for the worker to its first scores: in a fresh browser, and again."""
    first: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    for _ in range(setup.counts.browsers):
        with setup.fresh_engine() as engine:
            for number in range(setup.counts.starts + 1):
                (again if number else first).append(engine.start_worker(FIRST_TEXT))
        advance(1 / setup.counts.browsers)
    for name, title, found in (
        ("first", "first start in a fresh browser", first),
        ("again", "later starts", again),
    ):
        yield Measure.of(
            f"start.{name}.scores",
            f"{title}: to the first scores",
            "ms",
            [one["scores"] for one in found],
        )
        yield Measure.of(
            f"start.{name}.run",
            f"{title}: first run of the model",
            "ms",
            [one["run"] for one in found],
        )
        for phase, what in PHASES.items():
            spans = [one["startup"][phase] for one in found]
            yield Measure.of(
                f"start.{name}.{phase}",
                f"{title}: {what}",
                "ms",
                [span["to"] - span["from"] for span in spans],
            )
        steps = [_steps(one["startup"], one["run"], one["scores"]) for one in found]
        for step, what in STEPS.items():
            yield Measure.of(
                f"start.{name}.step.{step}", f"{title}: {what}", "ms", [one[step] for one in steps]
            )


def _steps(startup: dict[str, dict[str, float]], run: float, scores: float) -> dict[str, float]:
    """Milliseconds of each of ``STEPS``; together they are all that it took."""
    spawn, loaded, made = (
        startup["spawn"]["to"],
        startup["session"]["from"],
        startup["session"]["to"],
    )
    return {
        "spawn": spawn,
        "load": loaded - spawn,
        "session": made - loaded,
        "run": run,
        "answer": scores - made - run,
    }


def lengths(setup: Setup, engine: EnginePage, texts: Texts, advance: Advance) -> Iterator[Measure]:
    """One text of each length, warm."""
    engine.warm_up(texts, setup.counts.warm_up)
    for tokens in (length for length in LENGTHS if length <= setup.asset.description["max_length"]):
        runs = setup.counts.repeat if tokens <= 128 else max(1, setup.counts.repeat // 2)
        answers = engine.classify([[texts.of_length(tokens)] for _ in range(runs + 1)])[
            1:
        ]  # the first of a size makes room in memory
        name, what = f"lengths.{tokens}", f"one text of {tokens} tokens"
        yield Measure.of(
            name, f"{what}, inside the worker", "ms", [answer.engine for answer in answers]
        )
        yield Measure.of(
            f"{name}.round_trip",
            f"{what}, as a page sees it",
            "ms",
            [answer.round_trip for answer in answers],
        )
        advance(1 / len(LENGTHS))


def single_texts(
    setup: Setup, engine: EnginePage, texts: Texts, advance: Advance
) -> Iterator[Measure]:
    """One text after another, each once."""
    asked = texts.warm(setup.counts.texts)
    engine.warm_up(texts, setup.counts.warm_up)
    answers = engine.classify(
        [[text] for text in asked], advance=lambda count: advance(count / len(asked))
    )
    yield Measure.of(
        "texts.engine",
        "one warm text, inside the worker",
        "ms",
        [answer.engine for answer in answers],
    )
    yield Measure.of(
        "texts.round_trip",
        "one warm text, as a page sees it",
        "ms",
        [answer.round_trip for answer in answers],
    )


def throughput(
    setup: Setup, engine: EnginePage, texts: Texts, advance: Advance
) -> Iterator[Measure]:
    """A page of sentences in one request, as the view of a page asks."""
    count = setup.counts.sentences
    engine.warm_up(texts, setup.counts.warm_up)
    rates = []
    for _ in range(setup.counts.rounds):
        (answer,) = engine.classify([texts.sentences(count)], priority="page")
        rates.append(1000 * count / answer.round_trip)
        advance(1 / setup.counts.rounds)
    yield Measure.of(
        "throughput.sentences",
        f"{count} sentences in one request",
        "texts/s",
        rates,
        better="higher",
    )


def scaling(setup: Setup, engine: EnginePage, texts: Texts, advance: Advance) -> Iterator[Measure]:
    """Exponents of the cost in the length of a text (longer than the model takes: cut into
    windows), and in the number of sentences.
    """
    engine.warm_up(texts, setup.counts.warm_up)
    sizes: list[float] = []
    costs: list[float] = []
    for tokens in SCALING:
        runs = [
            engine.classify([[texts.of_length(tokens)]])[0].engine
            for _ in range(setup.counts.rounds)
        ]
        sizes.append(tokens)
        costs.append(max(min(runs), HALF_A_TICK_MS))
        yield Measure.of(
            f"scaling.{tokens}", f"one text of {tokens} tokens, windows and all", "ms", runs
        )
        advance(0.5 / len(SCALING))
    what = f"growth with the length, {SCALING[0]} to {SCALING[-1]} tokens"
    yield Measure.of("scaling.length_exponent", what, "exponent", [power_law(sizes, costs)])
    sizes, costs = [], []
    for share in SENTENCES:
        count = max(1, round(share * setup.counts.sentences))
        if count in sizes:
            continue
        runs = [
            engine.classify([texts.sentences(count)], priority="page")[0].total
            for _ in range(setup.counts.rounds)
        ]
        sizes.append(count)
        costs.append(max(min(runs), HALF_A_TICK_MS))
        advance(0.5 / len(SENTENCES))
    if len(sizes) > 1:
        what = f"growth with the sentences, {sizes[0]:.0f} to {sizes[-1]:.0f}"
        yield Measure.of("scaling.sentences_exponent", what, "exponent", [power_law(sizes, costs)])
    yield from splitting(setup, engine)


def splitting(setup: Setup, engine: EnginePage) -> Iterator[Measure]:
    """Exponents of splitting a text without a line break: into short sentences, and into none."""
    longest = SPLIT[min(len(SPLIT) - 1, setup.counts.repeat)]
    sizes = [size for size in SPLIT if size <= longest]
    for name, unit in UNITS.items():
        engine.split(unit, sizes[0])  # compiled by now
        costs, rests = [], []
        for size in sizes:
            runs = [engine.split(unit, size) for _ in range(setup.counts.rounds)]
            costs.append(max(min(run["ms"] for run in runs), HALF_A_TICK_MS))
            rests.append(min(run["longest"] for run in runs))
        what = f"{name}, {sizes[-1] / 1e6:g} million characters cut into sentences"
        yield Measure.of(f"scaling.split_{name}", what, "ms", [costs[-1]])
        what = f"{name}: growth with the text, {sizes[0]:,} to {sizes[-1]:,} characters"
        yield Measure.of(
            f"scaling.split_{name}_exponent", what, "exponent", [power_law(sizes, costs)]
        )
        what = f"{name}: longest time without a rest"
        yield Measure.of(f"scaling.split_{name}_step", what, "ms", [max(rests)])


def tokenizer(
    setup: Setup, engine: EnginePage, texts: Texts, advance: Advance
) -> Iterator[Measure]:
    """From text to ids, on the thread of a page."""
    some = texts.sentences(max(20, setup.counts.sentences))
    size = sum(len(text.encode()) for text in some) / 1e6
    passes = setup.counts.repeat
    ms, _ = engine.tokenize(some, passes + WARM_PASSES)
    advance(1)
    # Firefox tells time in whole milliseconds: passes are taken together until there are enough of
    # them.
    rates = [
        1000 * size * len(group) / sum(group)
        for group in groups(ms[WARM_PASSES:], least_ms=LEAST_MS)
    ]
    yield Measure.of("tokenizer.rate", "text to ids", "MB/s", rates, better="higher")


WARM_PASSES = 5
LEAST_MS = 20


def groups(ms: list[float], *, least_ms: float) -> Iterator[list[float]]:
    """Group the times by at least ``least_ms``; a single group if all together are shorter."""
    group: list[float] = []
    given = False
    for value in ms:
        group.append(value)
        if sum(group) >= least_ms:
            yield group
            group, given = [], True
    if not given:
        yield [*group, 1e-3] if not sum(group) else group
