"""``builder bench --against``: an inference API beside the local engine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from builder.bench import run
from builder.bench.cloud import Prices, built_in_texts, measure_api
from builder.bench.measures import Measure
from builder.bench.run import Report
from builder.cli import main
from builder.errors import BuilderError
from tests.support.bench_facts import FACTS

DELAY_S = 0.03
SCORES = [[{"label": "joy", "score": 0.9}, {"label": "fear", "score": 0.1}]]


class Api:
    """A stand-in that answers each call after a stated delay."""

    def __init__(self) -> None:
        self.status, self.answer = 200, json.dumps(SCORES)
        self.asked: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                api.asked.append(json.loads(self.rfile.read(length)))
                api.tokens.add(self.headers.get("Authorization"))
                time.sleep(DELAY_S)
                body = api.answer.encode()
                self.send_response(api.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/models/emotion"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    yield api
    api.server.shutdown()
    api.server.server_close()


def test_each_text_is_one_call_and_the_delay_is_measured(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    texts = ["so happy", "Angst und Ärger"]
    report = measure_api(api.url, texts)
    assert [asked["inputs"] for asked in api.asked] == ["so happy", *texts]  # the first warms up
    assert api.tokens == {"Bearer hf_secret"}
    assert report.sent == len("so happy") + len("Angst und Ärger".encode())
    assert report.ms.n == 2
    assert report.ms.min >= DELAY_S * 1000


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (Prices(), None),
        (Prices(per_call=0.0002), 200.0),
        (Prices(per_hour=0.36), 5.0),  # a million times 50 ms are 13.9 hours
    ],
)
def test_a_million_calls_cost_what_the_stated_prices_say(
    prices: Prices, expected: float | None
) -> None:
    found = prices.of_a_million(50)
    assert found == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (503, '{"error": "Model is loading"}', "answers 503: .*loading"),
        (401, "no", "answers 401"),
        (200, "<html>", "holds no scores"),
        (200, "[]", "holds no scores"),
        (200, '{"label": "joy", "score": 1}', "holds no scores"),
        (200, '[{"label": "joy"}]', "holds no scores"),
    ],
)
def test_an_api_that_does_not_answer_with_scores_is_quoted(
    api: Api, status: int, answer: str, message: str
) -> None:
    api.status, api.answer = status, answer
    with pytest.raises(BuilderError, match=message):
        measure_api(api.url, ["a text"])


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "not an address", "http://["])
def test_an_api_that_cannot_be_reached_is_named(url: str) -> None:
    with pytest.raises(BuilderError, match="cannot be reached"):
        measure_api(url, ["a text"])


def test_a_flat_list_of_scores_will_do(api: Api) -> None:
    api.answer = json.dumps(SCORES[0])
    assert measure_api(api.url, ["a text"]).ms.n == 1


def test_no_built_in_text_comes_twice() -> None:
    texts = built_in_texts(100)
    assert len(set(texts)) == 100


def test_the_command_prints_both_and_tells_machines(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake(package: Path, browser: str, **options: Any) -> Report:
        assert options["only"] == ("texts",)
        assert len(options["lines"]) == 3
        measure = Measure.of("texts.round_trip", "one warm text", "ms", [4.0, 5.0, 6.0])
        facts = {"package": {"file": "a.zip"}, "browser": {"name": "chrome", "version": "1"}}
        machine = {"processor": "a", "cores": 2, "system": "b", "load": 0, "load_after": 0}
        runtime = {"threads": 1, "onnxruntime_web": "1"}
        return Report({**FACTS, **facts, "machine": machine, "runtime": runtime}, (measure,))

    monkeypatch.setattr(run, "bench", fake)
    out = tmp_path / "report.json"
    arguments = ["bench", "--zip", "a.zip", "--against", api.url, "--repeat", "3"]
    result = CliRunner().invoke(main, [*arguments, "--price-per-call", "0.001"])
    assert result.exit_code == 0, result.output
    assert "5.00 ms" in result.output and "1000.00" in result.output
    assert CliRunner().invoke(main, [*arguments, "--json", str(out)]).exit_code == 0
    against = json.loads(out.read_text())["data"]["against"]
    assert against["n"] == 3 and against["p50_ms"] >= DELAY_S * 1000
    assert against["text_bytes_sent"] == sum(len(text.encode()) for text in built_in_texts(3))
