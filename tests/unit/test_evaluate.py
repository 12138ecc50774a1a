from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from builder.browsers.evaluate_in_browser import score_texts
from builder.cli import main
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.models.asset.scoring import Scoring
from builder.models.data.eval_data import read_eval_data
from builder.models.metrics.evaluate import NoneMetrics, evaluate

LABELS = ("good", "bad", "odd")


def scorer(folder: Path) -> Scorer:
    asset = load_asset(folder)
    return Scorer(asset.folder, asset.description)


def test_scores_are_probabilities_and_the_word_of_a_label_wins(tiny_asset: Path) -> None:
    scores = scorer(tiny_asset).scores(["Fine", "STRANGE strange", "poorly"])
    assert np.allclose(scores.sum(axis=1), 1)
    assert scores.argmax(axis=1).tolist() == [0, 2, 1]


def test_figures_count_hits_by_label() -> None:
    scores = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.8, 0.1], [0.1, 0.2, 0.7]])
    metrics = evaluate(scores, np.eye(3, dtype=bool)[[0, 0, 1, 2]], LABELS, Scoring("softmax"))
    assert metrics.accuracy == metrics.accuracy_if_clear == 0.75
    assert metrics.confusion == ((1, 1, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 0))
    assert [row.recall for row in metrics.classes] == [0.5, 1, 1]
    assert [round(row.f1, 4) for row in metrics.classes] == [0.6667, 0.6667, 1]
    assert metrics.none is None
    assert metrics.calibration.expected_error == pytest.approx(
        0.2
    )  # 0.7 is right once of twice, 0.8 twice


def test_no_clear_answer_is_an_error_for_a_text_with_a_label_and_right_for_one_without() -> None:
    scores = np.array([[0.9, 0.0], [0.3, 0.2], [0.1, 0.2], [0.6, 0.1]])
    true = np.array([[True, False], [True, False], [False, False], [False, False]])
    metrics = evaluate(scores, true, ("a", "b"), Scoring("softmax_with_none", min_score=0.5))
    assert (metrics.accuracy, metrics.accuracy_if_clear) == (1, 0.5)
    assert (metrics.no_clear_share, metrics.no_clear_share_of_labelled) == (0.5, 0.5)
    assert metrics.none == NoneMetrics(n=2, no_clear_share=0.5, auroc=0.75)
    assert metrics.confusion == ((1, 0, 1), (0, 0, 0), (1, 0, 1))


def test_several_labels_are_judged_by_those_that_count() -> None:
    scores = np.array([[0.9, 0.6], [0.9, 0.2], [0.1, 0.7], [0.2, 0.3]])
    true = np.array([[True, True], [True, False], [True, True], [False, False]])
    metrics = evaluate(scores, true, ("a", "b"), Scoring("sigmoid", thresholds=(0.5, 0.5)))
    assert metrics.accuracy == 0.75  # the third lacks a label
    assert [row.f1 for row in metrics.classes] == [0.8, 1]
    assert metrics.macro_f1 == 0.9
    assert metrics.macro_f1_halves is not None


def test_the_command_prints_the_figures_and_draws_them(tiny_asset: Path, tmp_path: Path) -> None:
    (tmp_path / "val.txt").write_text("fine;good\npoor;bad\n")
    result = CliRunner().invoke(
        main,
        [
            "model",
            "evaluate",
            str(tiny_asset),
            "--data",
            str(tmp_path / "val.txt"),
            "--plot",
            str(tmp_path / "plots"),
            "--json",
            str(tmp_path / "report.json"),
        ],
    )
    assert result.exit_code == 0, result.output
    assert result.output.startswith("accuracy 1.0000")
    assert "odd" in result.output
    data = json.loads((tmp_path / "report.json").read_text())["data"]
    assert (data["accuracy"], data["n"], data["runtime"]) == (1, 2, "onnx")
    for name, words in (
        ("confusion", "good answered as good: 1"),
        ("reliability", "expected calibration error"),
    ):
        picture = (tmp_path / f"plots/{name}.svg").read_text()
        ElementTree.fromstring(picture)  # noqa: S314 - our own
        assert words in picture


def test_several_data_sets_get_a_row_each_their_mean_and_the_difference_to_another_asset(
    tiny_asset: Path, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("fine;good\npoor;bad\n")
    (tmp_path / "two.tsv").write_text("fine\tgood\npoor\tgood\tseen as good by a crowd\n")
    result = CliRunner().invoke(
        main,
        [
            "model",
            "evaluate",
            str(tiny_asset),
            "--data",
            str(tmp_path / "one.txt"),
            "--data",
            str(tmp_path / "two.tsv"),
            "--compare",
            str(tiny_asset),
            "--json",
            str(tmp_path / "report.json"),
        ],
    )
    assert result.exit_code == 0, result.output
    assert "McNemar" in result.output
    data = json.loads((tmp_path / "report.json").read_text())["data"]
    assert [(row["right"]["value"], row["right"]["n"]) for row in data["sets"]] == [
        (1.0, 2),
        (0.5, 2),
    ]
    assert data["accuracy"] == data["mean"]["value"] == 0.75
    assert data["difference"] == {
        "value": 0.0,
        "only_first": 0,
        "only_second": 0,
        "p_value": 1.0,
    }
    assert data["coverage"][0]["coverage"] == 1.0


def test_a_picture_of_several_data_sets_is_refused(tiny_asset: Path, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("fine;good\n")
    data = ["--data", str(tmp_path / "one.txt")]
    plot = ["--plot", str(tmp_path / "plots")]
    command = ["model", "evaluate", str(tiny_asset), *data, *data, *plot]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2
    assert "--plot draws one data set" in result.output
    assert not (tmp_path / "plots").exists()


@pytest.mark.slow
def test_the_shipped_asset_reaches_its_figures_on_validation_data(
    repository: Path, data: Path
) -> None:
    asset = load_asset(repository / "model_assets/emotion")
    recorded = next(entry for entry in asset.description["metrics"] if entry["precision"] == "int8")
    file = data / "emotion/val.txt"
    labelled = read_eval_data(file, asset.label_ids, multi_label=False)
    metrics = evaluate(
        score_texts(asset, labelled.texts, "onnx"),
        labelled.ground_truth,
        asset.label_ids,
        Scoring.of(asset.description),
    )
    of_tweets = next(row for row in recorded["sources"] if row["source"] == "Emotion")
    assert metrics.n == of_tweets["n"] == 2000
    assert metrics.accuracy >= 0.912
    assert (
        abs(metrics.accuracy - of_tweets["accuracy"]) <= 0.002
    )  # kernels of other processors round differently
