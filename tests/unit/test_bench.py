"""``builder bench`` without a browser: its statistics, its texts, what it compares and what it
draws.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.bench.compare import compare, differences
from builder.bench.engine import groups
from builder.bench.measures import Measure
from builder.bench.plots import report_svg, write_plot
from builder.bench.run import OWN, WARM, Report, read_report
from builder.bench.sections import SECTIONS
from builder.bench.setup import Counts, _chunks
from builder.bench.statistics import power_law, summarize
from builder.bench.texts import Texts, read_lines
from builder.browsers.processes import Peak, command_line, descendants, memory_of
from builder.cli import bench as command
from builder.cli import main
from builder.errors import BuilderError
from builder.models.asset.tokenizer import reference_tokenizer
from tests.support.bench_facts import FACTS
from tests.support.tiny import description


def report(**values: list[float]) -> Report:
    measures = (
        Measure.of(name.replace("_", "."), name, "ms", runs) for name, runs in values.items()
    )
    return Report(FACTS, tuple(measures))


def test_the_median_of_an_even_number_of_runs_lies_between_the_middle_two() -> None:
    stats = summarize([4, 1, 3, 2])
    assert (stats.n, stats.p50, stats.min, stats.max) == (4, 2.5, 1, 4)
    assert stats.p95 == pytest.approx(3.85)


def test_of_few_runs_the_interval_is_all_of_them() -> None:
    stats = summarize([5, 1, 3])
    assert (stats.low, stats.high) == (1, 5)
    one = summarize([7])
    assert (one.low, one.p50, one.p95, one.high) == (7, 7, 7, 7)


@pytest.mark.parametrize(("n", "first"), [(6, 1), (10, 2), (20, 6), (30, 10), (100, 40)])
def test_the_interval_of_the_median_is_that_of_the_tables(n: int, first: int) -> None:
    """Ranks as tables of the sign test give them, counted from 1."""
    stats = summarize(list(range(1, n + 1)))
    assert (stats.low, stats.high) == (first, n + 1 - first)


def test_the_interval_holds_the_true_median_in_95_of_100_samples() -> None:
    source = random.Random(1)  # noqa: S311 - no secret
    held = 0
    for _ in range(1000):
        stats = summarize([source.lognormvariate(0, 1) for _ in range(25)])
        held += stats.low <= 1 <= stats.high
    assert held >= 940


def test_no_runs_have_no_median() -> None:
    with pytest.raises(ValueError, match="no runs"):
        summarize([])


def test_the_exponent_of_a_power_law_is_found() -> None:
    sizes = [24, 96, 384, 4096]
    assert power_law(sizes, [3 * size**1.25 for size in sizes]) == pytest.approx(1.25)
    with pytest.raises(ValueError, match="two sizes"):
        power_law([24, 24], [1, 2])
    with pytest.raises(ValueError, match="above 0"):
        power_law([24, 48], [0, 2])


def test_all_counts_follow_from_repeat_and_none_is_zero() -> None:
    for repeat in (1, 20, 1000):
        counts = Counts(repeat)
        assert (
            min(
                counts.texts,
                counts.warm_up,
                counts.browsers,
                counts.starts,
                counts.rounds,
                counts.sentences,
            )
            >= 1
        )
    assert (Counts(20).texts, Counts(20).sentences) == (300, 500)


@pytest.fixture
def texts(tiny_asset: Path) -> Texts:
    return Texts(
        reference_tokenizer(description(tiny_asset)["tokenizer"], tiny_asset, max_length=None)
    )


def test_texts_have_exactly_the_tokens_that_are_asked_for_and_none_comes_twice(
    texts: Texts, tiny_asset: Path
) -> None:
    tokenizer = reference_tokenizer(
        description(tiny_asset)["tokenizer"], tiny_asset, max_length=None
    )
    made = [texts.of_length(tokens) for tokens in (8, 24, 512, 4096) for _ in range(3)]
    assert [len(tokenizer.encode(text).ids) for text in made] == [8] * 3 + [24] * 3 + [512] * 3 + [
        4096
    ] * 3
    assert len(set(made)) == len(made)


def test_sentences_are_of_mixed_length_and_none_comes_twice(texts: Texts) -> None:
    made = [*texts.sentences(500), *texts.sentences(500)]
    assert len(set(made)) == 1000
    assert len({len(text.split()) for text in made}) > 8


def test_the_lines_of_a_file_come_first_as_they_are_and_then_with_a_number(
    tmp_path: Path, tiny_asset: Path
) -> None:
    (tmp_path / "texts.txt").write_text("one\n\n  two \n", encoding="utf-8")
    lines = read_lines(tmp_path / "texts.txt")
    texts = Texts(
        reference_tokenizer(description(tiny_asset)["tokenizer"], tiny_asset, max_length=None),
        lines,
    )
    assert texts.warm(10) == ["one", "two"]
    assert texts.sentences(5) == ["one", "two", "one 1", "two 1", "one 2"]


def test_requests_are_split_so_that_no_call_gets_long() -> None:
    requests = [["a" * 25_000], ["b" * 30_000], ["c" * 20_000], ["d" * 90_000], ["e"]]
    chunks = list(_chunks(requests))
    assert [len(chunk) for chunk in chunks] == [2, 1, 1, 1]
    assert [request for chunk in chunks for request in chunk] == requests


def test_short_times_are_taken_together() -> None:
    assert list(groups([10, 15, 30, 1], least_ms=20)) == [[10, 15], [30]]
    assert list(groups([1, 2], least_ms=20)) == [[1, 2]]
    assert all(sum(group) > 0 for group in groups([0, 0], least_ms=20))


def test_what_moved_beyond_the_noise_is_told_and_nothing_else() -> None:
    old = report(
        lengths_8=[10.0, 11, 10, 11] * 5,
        texts_engine=[10.0, 30] * 10,
        start_again_scores=[500.0] * 10,
        memory_peak=[100.0],
    )
    new = report(
        lengths_8=[13.0, 14, 13, 14] * 5,
        texts_engine=[12.0, 33] * 10,
        start_again_scores=[300.0] * 10,
        memory_peak=[120.0],
    )
    assert {change.new.name: change.verdict for change in compare(old, new)} == {
        "lengths.8": "worse",
        "texts.engine": "same",
        "start.again.scores": "better",
        "memory.peak": "same",
    }
    assert {change.verdict for change in compare(old, old)} == {"same"}
    (change,) = compare(report(a=[10.0] * 9), report(a=[10.9] * 9, b=[1]))
    assert change.verdict == "same" and change.ratio == pytest.approx(1.09)


def test_more_is_better_for_throughput() -> None:
    slow, fast = (
        Report(
            FACTS,
            (Measure.of("throughput.sentences", "page", "texts/s", [rate] * 5, better="higher"),),
        )
        for rate in (50, 80)
    )
    assert [change.verdict for change in (*compare(slow, fast), *compare(fast, slow))] == [
        "better",
        "worse",
    ]


def test_what_else_differs_between_two_reports_is_told() -> None:
    other = Report(FACTS | {"browser": {"name": "chrome", "version": "2"}, "repeat": 5}, ())
    assert differences(Report(FACTS, ()), other) == [
        "browser: version was 1, is 2",
        "repeat was 20, is 5",
    ]
    assert differences(other, other) == []


def test_a_report_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    before = report(lengths_8=[1.5, 2.5], start_first_scores=[3.0])
    (tmp_path / "old.json").write_text(
        json.dumps({"command": "bench", "ok": True, "data": before.as_json(), "problems": []})
    )
    assert read_report(tmp_path / "old.json") == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "expected one JSON object"),
        ('{"command": "pack", "data": {}}', "not a report of 'builder bench'"),
        (
            '{"command": "bench", "data": {"format": 99, "measures": []}}',
            "format 99 is not the one",
        ),
        (
            '{"command": "bench", "data": {"format": 1, "measures": [{"name": "a"}]}}',
            "a measure lacks",
        ),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(
    content: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "old.json").write_text(content)
    with pytest.raises(BuilderError, match=message):
        read_report(tmp_path / "old.json")


def test_the_plot_shows_a_point_for_each_length_and_a_bar_for_each_step(tmp_path: Path) -> None:
    drawn = report(
        lengths_8=[4.0, 5],
        lengths_128=[60.0, 61],
        scaling_4096=[3000.0],
        start_first_step_spawn=[100.0],
        start_first_step_load=[50.0],
        start_first_step_session=[400.0],
        start_first_step_run=[200.0],
        start_first_step_answer=[9.0],
        lengths_8_round_trip=[9.0],
    )
    picture = report_svg(drawn)
    titles = [
        element.text
        for element in ElementTree.fromstring(picture).iter(  # noqa: S314 - our own picture
            "{http://www.w3.org/2000/svg}title"
        )
    ]
    assert [title for title in titles if title and "tokens:" in title] == [
        "8 tokens: 4.5 ms, p95 5.0 ms, 2 runs",
        "128 tokens: 60.5 ms, p95 61.0 ms, 2 runs",
        "4096 tokens: 3000.0 ms, p95 3000.0 ms, 1 runs",
    ]
    assert sum("ms" in (title or "") and "tokens" not in (title or "") for title in titles) == 5
    assert write_plot(drawn, tmp_path / "a" / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert write_plot(drawn, tmp_path / "plot.svg").read_text() == picture


def test_a_plot_of_another_kind_or_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="an SVG or a PNG"):
        write_plot(report(lengths_8=[1.0]), tmp_path / "plot.pdf")
    with pytest.raises(BuilderError, match="nothing to draw"):
        write_plot(report(memory_peak_pss=[1.0]), tmp_path / "plot.svg")
    assert list(tmp_path.iterdir()) == []


def test_memory_of_processes_is_read_and_its_peak_seen() -> None:
    # A process of its own: the suite's gives memory back whenever it likes.
    tell, fill = "print(flush=True)", "block = bytes(60_000_000).replace(b'\\0', b'x')"
    program = f"{tell}; input(); {fill}; {tell}; input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdout.readline()
        before = memory_of([child.pid])
        assert before.pss >= before.own > 1 and memory_of([2**22 + 1]).pss == 0
        with Peak(lambda: [child.pid]) as peak:
            child.stdin.write(b"\n")
            child.stdin.flush()
            child.stdout.readline()
            peak._look()
        assert child.pid in descendants(os.getpid()) and "python" in command_line(child.pid)
        child.communicate(b"\n")
    assert peak.highest.own > before.own + 55


def test_what_was_given_back_to_the_system_is_not_a_processes_own() -> None:
    size = 40_000_000
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as block:
        block.write(b"x" * size)
        held = memory_of([os.getpid()])
        block.madvise(mmap.MADV_FREE)
        left = memory_of([os.getpid()])
    assert held.own - left.own > 30


def test_the_command_offers_the_sections_that_there_are() -> None:
    (only,) = (option for option in command.bench_command.params if option.name == "sections")
    assert tuple(getattr(only.type, "choices", ())) == SECTIONS
    assert sorted(SECTIONS) == sorted([*WARM, *OWN])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--zip", "none.zip"], "error: none.zip: no such file\nhint: run 'builder pack'\n"),
        (["--zip", "text.zip"], "not a zip"),
        (["--threads", "0"], "'0' is neither 'auto' nor 1 to 16"),
        (["--plot", "plot.gif"], "a plot is an SVG or a PNG"),
        (["--compare", "none.json"], "none.json: no such file"),
        (["--texts", "empty.txt"], "holds no text"),
        (["--only", "nothing"], "'nothing' is not one of"),
        (["none.toml"], "none.toml: no such file"),
    ],
)
def test_bad_input_is_refused_before_a_browser_starts(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "empty.txt").write_text("\n")
    result = CliRunner().invoke(main, ["bench", *arguments])
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert len(list(tmp_path.iterdir())) == 2


def test_the_schema_is_that_of_what_is_written(repository: Path) -> None:
    schema = json.loads((repository / "docs/reference/bench.schema.json").read_text())
    written = report(lengths_8=[1.0, 2]).as_json()
    assert set(written) <= set(schema["properties"])
    assert schema["properties"]["format"]["const"] == written["format"]
    assert schema["properties"]["sections"]["items"]["enum"] == list(SECTIONS)
    assert set(written["measures"][0]) == set(schema["properties"]["measures"]["items"]["required"])
