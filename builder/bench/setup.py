"""What all sections share: the package, the browser, the texts and the number of repeats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from builder.bench.texts import Texts
from builder.browsers import start
from builder.browsers.driver import Browser
from builder.browsers.proxy import Page, Web
from builder.models.asset.asset import Asset
from builder.models.asset.tokenizer import reference_tokenizer
from builder.packaging.isolation import is_isolated
from builder.packaging.tree import FolderTree, ZipTree, text_of

HOME = "notices/README.txt"
"""The page of the extension from which it is measured: a bare text, which does nothing by itself
and needs next to no memory.
"""
_MODULE = files("builder.bench").joinpath("in_page.js").read_text(encoding="utf-8")
SCRIPT = f"{_MODULE.replace('export ', '')}\nreturn inPage(arguments[0], arguments[1])"
"""A driver runs the body of a function, which may not export."""
MEASURING_MS = 60_000
CHUNK_TOKENS = 20_000
"""Of one call into a browser: drivers wait two minutes for a script."""

Threads = int | Literal["auto"]


@dataclass(frozen=True)
class Counts:
    """How often each thing is done; all follow from ``repeat``, the runs of a quick measurement."""

    repeat: int

    @property
    def texts(self) -> int:
        """Single texts, at most."""
        return 15 * self.repeat

    @property
    def warm_up(self) -> int:
        """Short runs before anything is timed: browsers compile code well only after it ran a
        while.
        """
        return max(3, 2 * self.repeat)

    @property
    def browsers(self) -> int:
        """Fresh starts of the browser."""
        return max(1, self.repeat // 7)

    @property
    def starts(self) -> int:
        """Starts of the worker in one browser, after the first."""
        return max(1, self.repeat // 5)

    @property
    def rounds(self) -> int:
        """Of what takes long: pages of sentences, long texts, stops of the background."""
        return max(1, self.repeat // 5)

    @property
    def settle_s(self) -> float:
        """Seconds that memory is given to settle."""
        return min(3, 0.3 * self.repeat)

    @property
    def release_s(self) -> float:
        """Seconds that a browser is given to let go of what nobody needs: it does so when it has
        nothing else to do.
        """
        return min(40, 2 * self.repeat)

    @property
    def sentences(self) -> int:
        """On a page."""
        return min(500, 25 * self.repeat)


@dataclass(frozen=True)
class Setup:
    """``package``: store zip or unpacked bundle; ``asset``: the model in it."""

    browser: str
    package: Path
    asset: Asset
    counts: Counts
    threads: Threads = "auto"
    lines: Sequence[str] = field(default=())
    """Texts to measure on; built-in ones if there are none."""

    @contextmanager
    def fresh_browser(self, pages: dict[str, Page] | None = None) -> Iterator[Browser]:
        server = (self.packaged("settings.json").get("delivery") or {}).get("address")
        with (
            Web(pages or {}, server=server) as web,
            start(self.browser, self.package, web) as browser,
        ):
            if server:  # nothing is measured before the model is on the device
                engine = EnginePage(browser)
                engine.classify([["."]])
                engine.release()
            yield browser

    @contextmanager
    def fresh_engine(self) -> Iterator[EnginePage]:
        """A browser that was just started, with the extension in it and its engine off."""
        with self.fresh_browser() as browser:
            yield EnginePage(browser, self.threads)

    def packaged(self, name: str) -> dict[str, Any]:
        """A JSON file of the package."""
        package = self.package
        text = text_of(FolderTree(package) if package.is_dir() else ZipTree(package), name)
        found: dict[str, Any] = json.loads(text)
        return found

    def decided(self) -> Setup:
        """The same with a number in place of 'auto': the one that the extension comes to in this
        browser, which measures it if the author gave none. So it does not measure by itself while
        it is being measured.
        """
        if self.threads != "auto":
            return self
        threads = (
            self.packaged("settings.json").get("threads", "auto")
            if is_isolated(self.packaged("manifest.json"))
            else 1
        )
        if threads == "auto":
            with self.fresh_engine() as engine:
                threads = engine.measured_threads(self.texts())
        return replace(self, threads=threads)

    def texts(self) -> Texts:
        tokenizer = reference_tokenizer(
            self.asset.description["tokenizer"], self.asset.folder, max_length=None
        )
        return Texts(tokenizer, self.lines)


@dataclass(frozen=True)
class Answer:
    """Milliseconds. ``round_trip``: from asking to the answer, as a page of the extension sees it;
    the rest is the engine's account.
    """

    round_trip: float
    queue: float
    tokenize: float
    infer: float
    total: float
    tokens: int
    segments: int

    @property
    def engine(self) -> float:
        """From text to scores, inside the worker."""
        return self.tokenize + self.infer


class EnginePage:
    """A page of the extension from which its worker, its host and its tokenizer are asked, in their
    own words.
    """

    def __init__(self, browser: Browser, threads: Threads = "auto") -> None:
        self.browser = browser
        self._threads = threads
        browser.open(browser.extension_url + HOME)
        if threads != "auto":
            self._do("keep", settings={"threads": threads})

    def start_worker(self, text: str) -> dict[str, Any]:
        """Start a worker of our own, have it classify one text, end it: ``scores`` in milliseconds
        since it was asked for, ``run``, what the first run of the model took, and ``startup``, what
        the worker tells of its start (extension/engine/bootstrap.js).
        """
        found: dict[str, Any] = self._do("start", threads=self._threads, text=text)
        return found

    def classify(
        self,
        requests: Sequence[Sequence[str]],
        *,
        detail: str = "overall",
        priority: str = "user",
        advance: Callable[[float], None] | None = None,
    ) -> list[Answer]:
        """Ask the extension's engine, one request after another; each is a list of texts."""
        answers: list[Answer] = []
        for chunk in _chunks(requests):
            for answer in self._do("classify", requests=chunk, detail=detail, priority=priority):
                answers.append(Answer(**{key: answer[key] for key in Answer.__dataclass_fields__}))
            if advance:
                advance(len(chunk))
        return answers

    def warm_up(self, texts: Texts, runs: int) -> None:
        self.classify([[text] for text in texts.sentences(runs)])

    def measured_threads(self, texts: Texts) -> int:
        """How many threads the extension finds to be fastest, in a package whose pages are
        isolated.
        """
        self.classify([texts.sentences(1)])
        found: int = self._do("measured_threads", timeout=MEASURING_MS)
        return found

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self._do("status", release=False)
        return found

    def release(self) -> None:
        """End the worker."""
        self._do("status", release=True)

    def tokenize(self, texts: Sequence[str], passes: int) -> tuple[list[float], list[list[int]]]:
        """Milliseconds of each pass over all texts, and their ids."""
        found = self._do("tokenize", texts=list(texts), passes=passes)
        return found["ms"], found["ids"]

    def split(self, unit: str, length: int) -> dict[str, float]:
        """Cut a text of so many characters, a unit again and again, into sentences: ``ms``, the
        ``longest`` time without a rest, and their ``count``.
        """
        found: dict[str, float] = self._do("split", unit=unit, length=length)
        return found

    def environment(self) -> dict[str, Any]:
        """``isolated``: whether pages may share memory, as threads need; ``cores``; ``agent``."""
        found: dict[str, Any] = self._do("environment")
        return found

    def _do(self, task: str, **options: Any) -> Any:
        return self.browser.execute(SCRIPT, task, options)


def _chunks(requests: Sequence[Sequence[str]]) -> Iterator[list[list[str]]]:
    """So many requests at once that none waits longer for its call than a driver does."""
    chunk: list[list[str]] = []
    size = 0
    for request in requests:
        characters = sum(map(len, request))
        if (
            chunk and size + characters > 3 * CHUNK_TOKENS
        ):  # a token has about four characters, rarely fewer than three
            yield chunk
            chunk, size = [], 0
        chunk.append(list(request))
        size += characters
    if chunk:
        yield chunk
