"""``builder model push --out``: an asset as a repository of the hub, without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import yaml
from click.testing import CliRunner
from tokenizers import Tokenizer

from builder.cli import main
from builder.files import sha256_of
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.models.asset.scoring import softmax
from builder.stores.hub.layout import licence_on_the_hub
from tests.support.rating import write_rating_asset
from tests.support.tiny import write_description, write_tiny_asset

TEXTS = ["fine", "a poor text", "strange", "nothing"]


def push(asset: Path, *more: str) -> Any:
    return CliRunner().invoke(main, ["model", "push", str(asset), *more])


def rewrite(asset: Path, **changes: Any) -> None:
    model = json.loads((asset / "model.json").read_text())
    write_description(asset, model | changes)


def logits(folder: Path, text: str) -> Any:
    """What a library on the hub computes: the files beside config.json and nothing else."""
    [graph] = (folder / "onnx").iterdir()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
    return onnxruntime.InferenceSession(str(graph)).run(["logits"], {"input_ids": ids})[0]


@pytest.mark.parametrize("activation", ["softmax", "softmax_with_none", "sigmoid"])
def test_the_usual_pipeline_over_the_graph_gives_the_scores_of_the_extension(
    activation: str, tmp_path: Path
) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    rewrite(asset, activation=activation, temperature=1.7)
    out = tmp_path / "repository"
    assert push(asset, "--out", str(out)).exit_code == 0
    config = json.loads((out / "config.json").read_text())
    classes = list(config["id2label"].values())
    assert classes == ["good", "bad", "odd", *(["none"] if "none" in activation else [])]
    loaded = load_asset(asset)
    expected = Scorer(asset, loaded.description).scores(TEXTS)
    for text, scores in zip(TEXTS, expected, strict=True):
        raw = logits(out, text).astype(np.float64)
        assert raw.shape == (1, len(classes))
        several = config["problem_type"] == "multi_label_classification"
        found = 1 / (1 + np.exp(-raw)) if several else softmax(raw)
        np.testing.assert_allclose(found[0, : len(scores)], scores, atol=1e-6)


def test_a_regression_keeps_its_value(tmp_path: Path) -> None:
    asset = write_rating_asset(tmp_path / "asset")
    out = tmp_path / "repository"
    assert push(asset, "--out", str(out)).exit_code == 0
    assert json.loads((out / "config.json").read_text())["problem_type"] == "regression"
    loaded = load_asset(asset)
    expected = Scorer(asset, loaded.description).logits(["fine"])[0]
    assert logits(out, "fine")[0] == pytest.approx(expected)
    assert "from 1 to 5" in (out / "README.md").read_text()


def test_the_shipped_model_is_one_file_with_its_weights_and_gives_the_same_scores(
    repository: Path, tmp_path: Path
) -> None:
    asset = repository / "model_assets/emotion-open"
    out = tmp_path / "repository"
    assert push(asset, "--out", str(out)).exit_code == 0
    assert [file.name for file in (out / "onnx").iterdir()] == ["model_quantized.onnx"]
    config = json.loads((out / "config.json").read_text())
    assert config["transformers.js_config"] == {"dtype": "q8"}
    text = "What a wonderful day, I am so happy!"
    expected = Scorer(asset, load_asset(asset).description).scores([text])[0]
    found = softmax(logits(out, text).astype(np.float64))[0]
    assert config["id2label"][str(found.argmax())] == "joy"
    # onnxruntime's default kernels saturate on processors without VNNI; the reference's do not
    np.testing.assert_allclose(found[:-1], expected, atol=0.05)
    assert load_asset(out / "asset").files == load_asset(asset).files


def test_the_card_begins_with_what_the_hub_reads_and_shows_how_to_use_it(
    repository: Path, tmp_path: Path
) -> None:
    out = tmp_path / "repository"
    asset = repository / "model_assets/emotion"
    result = push(asset, "--out", str(out))
    assert "licence other" in result.output and "restricts the use" in result.output
    card = (out / "README.md").read_text()
    _, head, body = card.split("---\n", 2)
    matter = yaml.safe_load(head)
    assert matter["license"] == "other"
    assert matter["license_name"] == "research-and-education-only"
    assert (out / matter["license_link"]).is_file()
    assert matter["pipeline_tag"] == "text-classification"
    assert matter["base_model"] == ["sentence-transformers/paraphrase-MiniLM-L3-v2"]
    first = matter["model-index"][0]["results"][0]
    model = json.loads((asset / "model.json").read_text())
    measured = next(entry for entry in model["metrics"] if entry["precision"] == "int8")
    assert first["metrics"][0]["value"] == measured["sources"][0]["answer_accuracy"]
    assert body.startswith((asset / "README.md").read_text().rstrip())
    assert "pipeline('text-classification', 'OWNER/emotion'" in body
    licence = (out / "LICENSE.md").read_text()
    assert "research and education only" in licence
    assert all(source["name"] in licence for source in model["sources"])


def test_front_matter_of_the_author_wins(tmp_path: Path) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    (asset / "README.md").write_text("---\nlanguage: de\nlicense: mit\n---\n# Mine\n")
    assert push(asset, "--out", str(tmp_path / "out")).exit_code == 0
    card = (tmp_path / "out/README.md").read_text()
    assert card.count("---\n") == 2 and "# Mine" in card
    matter = yaml.safe_load(card.split("---\n")[1])
    assert matter["license"] == "mit" and matter["language"] == "de"
    assert matter["library_name"] == "transformers.js"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CC BY 4.0", "cc-by-4.0"),
        ("apache-2.0", "apache-2.0"),
        ("CC0-1.0", "cc0-1.0"),
        ("unknown", "unknown"),
        ("research only", "other"),
    ],
)
def test_licences_have_the_names_of_the_hub(name: str, expected: str) -> None:
    assert licence_on_the_hub({"name": name}) == expected


@pytest.mark.parametrize(
    ("leak", "message"),
    [
        ("Trained on /home/ann/reviews.csv", "asset/README.md:2: names a path of your machine"),
        ("See ~/secret/plan.md", "asset/README.md:2: names a path"),
        ("From C:\\Users\\Ann\\data.csv", "asset/README.md:2: names a path"),
        ("From file:///data/x.csv", "asset/README.md:2: names a path"),
        ("token hf_" + "a" * 34, "asset/README.md:2: holds a Hugging Face token"),
    ],
)
def test_a_card_with_something_private_is_refused_and_nothing_is_written(
    leak: str, message: str, tmp_path: Path
) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    (asset / "README.md").write_text(f"# Model card\n{leak}\n")
    result = push(asset, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert message in result.stderr and "Traceback" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asset"]


def test_addresses_and_fractions_are_no_paths_of_a_machine(tmp_path: Path) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    (asset / "README.md").write_text("# Card\nhttps://x.example/home/ann and/or 1/2, a/tmp/b\n")
    assert push(asset, "--out", str(tmp_path / "out")).exit_code == 0


def test_a_path_in_the_asset_s_own_graph_is_refused_and_the_copy_has_none(tmp_path: Path) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    model = onnx.load(str(asset / "model.onnx"))
    model.graph.node[0].doc_string = 'File "/home/ann/train.py", line 3'
    onnx.save(model, str(asset / "model.onnx"))
    described = json.loads((asset / "model.json").read_text())
    described["files"][0] |= {
        "bytes": (asset / "model.onnx").stat().st_size,
        "sha256": sha256_of(asset / "model.onnx"),
    }
    write_description(asset, described)
    result = push(asset, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "error: asset/model.onnx: names a path of your machine" in result.stderr


def test_a_command_line_without_a_repository_and_a_folder_is_refused(tmp_path: Path) -> None:
    result = push(write_tiny_asset(tmp_path / "asset"))
    assert result.exit_code == 2 and "name a repository" in result.stderr


def test_machines_are_told_the_files(tmp_path: Path) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    out = tmp_path / "out"
    data = json.loads(push(asset, "--out", str(out), "--json").stdout)["data"]
    assert data["commit"] is None and data["folder"] == str(out)
    assert data["files"]["onnx/model.onnx"] == (out / "onnx/model.onnx").stat().st_size
    assert data["licence"] == "cc0-1.0"


def test_a_folder_of_something_else_is_left_alone_and_an_earlier_push_is_replaced(
    tmp_path: Path,
) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("keep me")
    result = push(asset, "--out", str(tmp_path / "mine"))
    assert result.exit_code == 2 and "mine: exists, and is no repository" in result.stderr
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    (tmp_path / "out").mkdir()  # empty
    for _ in range(2):
        assert push(asset, "--out", str(tmp_path / "out")).exit_code == 0
