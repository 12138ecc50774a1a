"""``builder edge``: the worker in Cloudflare's own runtime, with the shipped and a small model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from benchmarks.edge import COLUMNS, measure
from builder.bench.cloud import measure_api
from builder.cli import main
from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.site import edge as edge_module
from builder.site import workerd
from builder.site.edge import build_edge
from builder.site.workerd import Worker, serving
from tests.support.checkpoints import TOKENIZERS
from tests.support.rating import write_rating_asset
from tests.support.tiny import write_extension, write_tiny_asset

pytestmark = pytest.mark.slow

TEXTS = [
    "What a wonderful day, I am so happy!",
    "The table has four legs.",
    "Ich war gestern sehr traurig 😢",
    "word " * 700,  # more than one window
]

SECRET = "open-sesame"  # noqa: S105 - of these tests


def post(worker: Worker, body: Any, **headers: str) -> httpx2.Response:
    return httpx2.post(worker.url, json=body, headers=headers, timeout=60)


def build(folder: Path, asset: Path) -> Path:
    config = load_config(write_extension(folder / "extension.toml", asset.as_posix()))
    return build_edge(config, folder / "dist").folder


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Worker]:
    folder = build(tmp_path_factory.mktemp("shipped"), repository / "model_assets/emotion-open")
    with serving(folder) as worker:
        yield worker


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return build(tmp_path, write_tiny_asset(tmp_path / "asset"))


def test_the_shipped_model_gives_the_scores_of_python(shipped: Worker, repository: Path) -> None:
    asset = load_asset(repository / "model_assets/emotion-open")
    scorer = Scorer(asset.folder, asset.description)
    answer = post(shipped, {"inputs": TEXTS})
    assert answer.status_code == 200, answer.text
    for text, scores in zip(TEXTS[:3], answer.json(), strict=False):
        found = {entry["label"]: entry["score"] for entry in scores}
        assert sum(found.values()) == pytest.approx(1)
        assert found.pop("none") >= 0
        expected = dict(zip(asset.label_ids, scorer.scores([text])[0], strict=True))
        assert found == pytest.approx(expected, abs=0.02)
        assert scores == sorted(scores, key=lambda entry: -entry["score"])
    assert len(answer.json()) == len(TEXTS)


def test_bench_can_measure_it_as_an_inference_api(shipped: Worker) -> None:
    report = measure_api(shipped.url, ["so happy", "so sad"])
    assert report.ms.n == 2 and report.sent == len("so happyso sad")


def test_requests_at_once_get_each_their_own_answer(tiny: Path) -> None:
    words = ["fine", "poor", "strange"] * 8
    labels = {"fine": "good", "poor": "bad", "strange": "odd"}
    with serving(tiny) as worker, ThreadPoolExecutor(12) as pool:  # the first ones load the model
        answers = list(pool.map(lambda word: post(worker, {"inputs": word}).json(), words))
    assert [answer[0][0]["label"] for answer in answers] == [labels[word] for word in words]


def test_a_changed_file_of_the_model_gives_no_answer_and_a_restored_one_does(tiny: Path) -> None:
    vocabulary = tiny / "assets/model/vocab.txt"
    content = vocabulary.read_bytes()
    vocabulary.write_bytes(content.replace(b"fine", b"file"))
    with serving(tiny) as worker:
        answer = post(worker, {"inputs": "fine"})
        assert answer.status_code == 503
        assert answer.json() == {"error": "The model could not be loaded; try again later"}
        vocabulary.write_bytes(content)
        assert post(worker, {"inputs": "fine"}).json()[0][0]["label"] == "good"


def test_a_secret_token_is_asked_for(tiny: Path) -> None:
    with serving(tiny, TOKEN=SECRET) as worker:
        assert post(worker, {"inputs": "fine"}).status_code == 401
        assert post(worker, {"inputs": "fine"}, Authorization="Bearer other").status_code == 401
        answer = post(worker, {"inputs": "fine"}, Authorization=f"Bearer {SECRET}")
    assert answer.status_code == 200


def test_a_regression_gives_its_value(tmp_path: Path) -> None:
    folder = build(tmp_path, write_rating_asset(tmp_path / "asset"))
    with serving(folder) as worker:
        [[entry]] = post(worker, {"inputs": "fine"}).json()
    assert entry == {"label": "rating", "score": pytest.approx(5)}


def test_a_model_with_hugging_face_s_tokenizer_runs(tmp_path: Path) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    shutil.copy(TOKENIZERS / "bpe.json", asset / "tokenizer.json")
    described = json.loads((asset / "model.json").read_text())
    from builder.models.asset.asset import AssetFile
    from builder.models.asset.tokenizer import describe_tokenizer

    described["tokenizer"] = describe_tokenizer(asset / "tokenizer.json")
    files = [AssetFile.of(asset, name) for name in ("model.onnx", "tokenizer.json")]
    described["files"] = [vars(file) for file in files]
    (asset / "model.json").write_text(json.dumps(described))
    widen(asset)
    with serving(build(tmp_path, asset)) as worker:
        answer = post(worker, {"inputs": "fine"})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()[0]) == 3


def widen(asset: Path) -> None:
    """A row for every token of another tokenizer."""
    import numpy as np
    import onnx

    from builder.models.asset.asset import AssetFile

    model = onnx.load(str(asset / "model.onnx"))
    table = onnx.numpy_helper.from_array(np.eye(600, 3, dtype=np.float32), "table")
    model.graph.initializer[0].CopyFrom(table)
    onnx.save(model, str(asset / "model.onnx"))
    described = json.loads((asset / "model.json").read_text())
    described["files"][0] = vars(AssetFile.of(asset, "model.onnx"))
    (asset / "model.json").write_text(json.dumps(described))


def test_a_model_that_the_platform_does_not_take_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_module, "ASSET_LIMIT", 100)
    with pytest.raises(BuilderError, match=r"model\.onnx: .* and a file at the edge may have"):
        build(tmp_path, write_tiny_asset(tmp_path / "asset"))
    assert not (tmp_path / "dist/edge").exists()


def test_the_settings_for_wrangler_name_what_is_there(tiny: Path) -> None:
    import tomllib

    settings = tomllib.loads((tiny / "wrangler.toml").read_text())
    assert settings["name"] == "tiny-lens-edge"
    assert (tiny / settings["main"]).is_file()
    assert (tiny / settings["assets"]["directory"] / "model/model.json").is_file()
    assert (tiny / "notices/onnxruntime-web.txt").is_file()
    worker = {path.name for path in (tiny / "worker").rglob("*") if path.is_file()}
    assert "runtime.wasm" in worker and "tokenizers.mjs" not in worker


def test_the_command_tells_sizes(tmp_path: Path) -> None:
    write_tiny_asset(tmp_path / "asset")
    config = write_extension(tmp_path / "extension.toml", "asset")
    arguments = ["edge", str(config), "--out", str(tmp_path / "dist")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "with gzip" in result.output and "workerd serve workerd.capnp" in result.output


def test_a_port_that_is_taken_is_said_in_one_sentence(tiny: Path) -> None:
    with serving(tiny) as worker:
        port = worker.url.rstrip("/").rpartition(":")[2]
        with pytest.raises(BuilderError, match="workerd does not start"), serving(tiny, int(port)):
            pass


def test_without_workerd_the_hint_names_the_way(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workerd, "checkout_tool", lambda name: Path("/nowhere"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuilderError, match="workerd is not installed") as caught, serving(tiny):
        pass
    assert "npx workerd" in caught.value.hint


def test_the_benchmark_gives_a_cell_for_each_of_its_columns(tmp_path: Path) -> None:
    cells = measure(write_tiny_asset(tmp_path / "asset"))
    assert len(cells) == len(COLUMNS) and cells[0] == "asset"
    assert all(float(cell) >= 0 for cell in cells[1:])
