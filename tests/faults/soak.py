"""A long life: thousands of classifications, with the faults of every day sprinkled in."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from builder.browsers.driver import wait_for
from builder.browsers.processes import memory_of
from tests.faults.faults import crash, sleep, stop_background
from tests.faults.scene import SOAK_PAGE, Scene

BATCH = 25
SIZES = (1, 1, 1, 1, 1, 1, 5, 5, 5, 40)
"""Sentences of a text, as often as they stand here."""

BATCH_TIMEOUT_S = 200
SENTENCES = {
    "joy": "I feel so happy and grateful today, said number {}.",
    "anger": "I am furious with all of them, said number {}.",
    "sadness": "It was a sad and lonely day, said number {}.",
}


@dataclass(frozen=True)
class Batch:
    """``disturbance``: what happened just before it, and is part of its first latency.
    ``ms``: of the texts of one sentence, but the first.
    """

    done: int
    disturbance: str
    ms: tuple[float, ...]
    errors: tuple[str, ...]
    memory_mb: float


def soak(scene: Scene, count: int, seed: int) -> Iterator[Batch]:
    """Batches until ``count`` texts are classified. A web page is in front of the one that asks."""
    chance = random.Random(seed)  # noqa: S311 - of tests
    scene.browser.open_tab(scene.browser.extension_url + SOAK_PAGE)
    ready = "document.body?.dataset.state ?? null"
    wait_for(lambda: scene.browser.in_page(SOAK_PAGE, ready), 60, "the page that classifies")
    scene.browser.switch_tab(0)
    scene.open()
    done = 0
    while done < count:
        disturbance = _disturb(scene, chance) if done else "none"
        texts = [_text(chance, done + number) for number in range(BATCH)]
        found = _classify(scene, texts)
        done += len(found)
        yield Batch(
            done,
            disturbance,
            tuple(
                one["ms"]
                for asked, one in list(zip(texts, found, strict=True))[1:]
                if asked["sentences"] == 1
            ),
            tuple(one["error"] for one in found if one["error"]),
            memory_of(scene.browser.extension_processes()).own,
        )


def _text(chance: random.Random, number: int) -> dict[str, Any]:
    winner, sentence = chance.choice(list(SENTENCES.items()))
    sentences = chance.choice(SIZES)
    text = " ".join(sentence.format(f"{number}.{part}") for part in range(sentences))
    return {"text": text, "winner": winner, "sentences": sentences}


def _classify(scene: Scene, texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    asked = json.dumps(json.dumps(texts))
    ask = f"(delete document.body.dataset.answer, document.body.dataset.ask = {asked}, 1)"
    wait_for(lambda: scene.browser.in_page(SOAK_PAGE, ask), 60, "the page that classifies")
    try:
        answer = wait_for(
            lambda: scene.browser.in_page(SOAK_PAGE, "document.body.dataset.answer ?? null"),
            BATCH_TIMEOUT_S,
            "the answers of a batch",
        )
    except TimeoutError as error:
        state = scene.browser.in_page(SOAK_PAGE, "JSON.stringify(document.body.dataset)")
        raise TimeoutError(f"{error}: {state}") from None
    found: list[dict[str, Any]] = json.loads(answer)
    return found


def _disturb(scene: Scene, chance: random.Random) -> str:
    """Something that happens in a long life; in most batches nothing does."""
    name = chance.choices(
        ("none", "background stopped", "worker crashed", "memory released", "tab closed", "asleep"),
        weights=(20, 5, 2, 3, 2, 0.5),
    )[0]
    with suppress(TimeoutError):
        if name == "background stopped":
            stop_background(scene)
        elif name == "worker crashed":
            crash(scene)
        elif name == "memory released":
            scene.release()
        elif name == "tab closed":
            _open_and_close_a_tab(scene)
        elif name == "asleep":
            sleep(scene)
    return name


def _open_and_close_a_tab(scene: Scene) -> None:
    scene.open()
    scene.press("long")
    time.sleep(0.3)
    scene.open()  # the card goes with its page, in the middle of its work


def report(browser: str, batches: list[Batch]) -> str:
    """A table: memory and latency in the first 500 classifications, and in each 500 since."""
    lines = [
        "| classified | disturbances | errors | memory | latency p50 | p95 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    step = 500
    last = batches[-1].done
    for until in range(step, last + step, step):
        part = [one for one in batches if until - step < one.done <= until]
        if not part:
            continue
        ms = sorted(value for one in part for value in one.ms)
        lines.append(
            f"| {min(until, last):,} | {sum(one.disturbance != 'none' for one in part)}"
            f" | {sum(len(one.errors) for one in part)}"
            f" | {statistics.median(one.memory_mb for one in part):.0f} MB"
            f" | {statistics.median(ms):.0f} ms | {ms[int(len(ms) * 0.95)]:.0f} ms |"
        )
    errors = sum(len(one.errors) for one in batches)
    return f"### {browser}\n\n{last:,} classifications, {errors} errors.\n\n" + "\n".join(lines)
