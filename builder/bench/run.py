"""A measurement from end to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from builder.bench.click import clicks
from builder.bench.engine import lengths, scaling, single_texts, starts, throughput, tokenizer
from builder.bench.machine import load, machine_facts
from builder.bench.measures import Measure
from builder.bench.memory import memory
from builder.bench.page import page
from builder.bench.popup import popup
from builder.bench.sections import SECTIONS
from builder.bench.setup import Counts, EnginePage, Setup, Threads
from builder.bench.texts import Texts
from builder.config.reader import read_json
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.packaging.delivered_model import unpack_with_model
from builder.packaging.runtime import VERSION
from builder.progress import Advance, work

FORMAT = 1

WarmSection = Callable[[Setup, EnginePage, Texts, Advance], Iterator[Measure]]
OwnSection = Callable[[Setup, Advance], Iterator[Measure]]

WARM: dict[str, WarmSection] = {
    "lengths": lengths,
    "texts": single_texts,
    "throughput": throughput,
    "scaling": scaling,
    "tokenizer": tokenizer,
}
"""Sections that share one browser."""
OWN: dict[str, OwnSection] = {
    "start": starts,
    "click": clicks,
    "memory": memory,
    "page": page,
    "popup": popup,
}
"""Sections that start browsers of their own."""


@dataclass(frozen=True)
class Report:
    """``facts``: what was measured, where and how, made of what JSON knows."""

    facts: dict[str, Any]
    measures: tuple[Measure, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            **self.facts,
            "measures": [measure.as_json() for measure in self.measures],
        }


def bench(
    package: Path,
    browser: str,
    *,
    repeat: int,
    threads: Threads = "auto",
    lines: Sequence[str] = (),
    only: Sequence[str] = SECTIONS,
) -> Report:
    """Measure a store zip in a real browser.

    :param repeat: runs of one quick measurement; all other counts follow from it.
    :param lines: texts to measure on, built-in ones if none.
    :raises BuilderError: if the zip cannot be read, the browser, its driver or a Python package is
        missing, or the engine fails.
    """
    with TemporaryDirectory() as folder:
        asset = unpack_with_model(package, Path(folder))
        setup = Setup(browser, package, asset, Counts(repeat), threads, lines)
        machine = machine_facts()
        measures: list[Measure] = []
        environment: dict[str, Any] = {}
        try:
            setup = setup.decided()
            for section in (section for section in SECTIONS if section in only and section in OWN):
                with work(f"{browser}: {section}", total=1) as advance:
                    measures += OWN[section](setup, advance)
            with setup.fresh_engine() as engine:
                environment = _environment(engine)
                texts = setup.texts()
                for section in (
                    section for section in SECTIONS if section in only and section in WARM
                ):
                    with work(f"{browser}: {section}", total=1) as advance:
                        measures += WARM[section](setup, engine, texts, advance)
                threads_used = engine.status()["threads"]
        except TimeoutError as error:
            raise BuilderError(
                f"{browser}: {error}",
                hint="'builder verify' says what else does not work in this browser",
            ) from None
        described = asset.description
        facts = {
            "machine": {**machine, "load_after": load()},
            "browser": {"name": browser, **environment},
            "package": {
                "file": package.name,
                "bytes": package.stat().st_size,
                "sha256": sha256_of(package),
            },
            "model": {
                "name": asset.name,
                "version": described["version"],
                "bytes": sum(file.bytes for file in asset.files),
            },
            "runtime": {
                "onnxruntime_web": VERSION,
                "threads_wanted": threads,
                "threads": threads_used,
            },
            "texts": {"given": len(lines)},
            "repeat": repeat,
            "sections": [section for section in SECTIONS if section in only],
        }
    order = {section: index for index, section in enumerate(SECTIONS)}
    return Report(facts, tuple(sorted(measures, key=lambda measure: order[measure.section])))


def _environment(engine: EnginePage) -> dict[str, Any]:
    found = engine.environment()
    return {
        "version": engine.browser.version,
        "isolated": found["isolated"],
        "cores": found["cores"],
    }


def read_report(file: Path) -> Report:
    """What an earlier run wrote with ``--json FILE``.

    :raises BuilderError: if it is no report, or one of another format.
    """
    envelope = read_json(file)
    data = envelope.values.get("data")
    if (
        envelope.values.get("command") != "bench"
        or not isinstance(data, dict)
        or "measures" not in data
    ):
        raise BuilderError(
            f"{file}: not a report of 'builder bench'",
            hint="write one with 'builder bench --json FILE'",
            place=str(file),
        )
    if data.get("format") != FORMAT:
        raise BuilderError(
            f"{file}: format {data.get('format')} is not the one that this builder reads"
            f" ({FORMAT})",
            hint="measure again",
            place=str(file),
        )
    try:
        measures = tuple(Measure.from_json(one) for one in data["measures"])
    except (KeyError, TypeError) as error:
        raise BuilderError(
            f"{file}: a measure lacks {error}", hint="measure again", place=str(file)
        ) from None
    return Report(
        {key: value for key, value in data.items() if key not in ("format", "measures")}, measures
    )
