"""The engine's worker as the host drives it, in real browsers."""

from __future__ import annotations

from tests.support.drivers import BrowserUnderTest
from tests.support.engine_worker import ask, sentences

PHASES = ["spawn", "fetch", "runtime", "read", "tokenizer", "session", "run", "check"]


def test_the_start_is_told_phase_by_phase(shared_browser: BrowserUnderTest) -> None:
    told = ask(shared_browser, {"id": "one", "texts": ["i feel so happy"], "priority": "user"})
    startup = told["ready"]["startup"]
    assert sorted(startup) == sorted(PHASES)
    assert all(0 <= span["from"] <= span["to"] for span in startup.values())
    assert startup["session"]["from"] >= max(
        startup[phase]["to"] for phase in ("runtime", "read", "tokenizer")
    )
    assert startup["run"]["from"] >= startup["session"]["to"]


def test_a_reader_overtakes_a_long_page_whose_parts_come_in_order(
    shared_browser: BrowserUnderTest,
) -> None:
    texts = sentences(300)
    told = ask(
        shared_browser,
        {"id": "page", "texts": texts, "priority": "page"},
        {"id": "user", "texts": texts[:20], "priority": "user"},
    )
    page, reader = told["page"], told["user"]
    assert reader["at"] < page["at"]
    assert [segment["prediction"] for segment in page["segments"][:20]] == [
        segment["prediction"] for segment in reader["segments"]
    ]
    parts = [segment for part in page["partials"] for segment in part["segments"]]
    assert parts
    assert parts == page["segments"][: len(parts)]
