from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner

from builder.cli import main
from builder.models.asset import load_asset
from builder.models.dataset import Example
from builder.models.evaluate import Scorer, evaluate


def scorer(folder: Path) -> Scorer:
    asset = load_asset(folder)
    return Scorer(asset.folder, asset.description)


def test_scores_are_probabilities_and_the_word_of_a_label_wins(tiny_asset: Path) -> None:
    scores = scorer(tiny_asset).scores(["Fine", "STRANGE strange", "poorly"])
    assert np.allclose(scores.sum(axis=1), 1)
    assert scores.argmax(axis=1).tolist() == [0, 2, 1]


def test_figures_count_hits_by_label(tiny_asset: Path) -> None:
    figures = evaluate(scorer(tiny_asset), [Example("fine", 0), Example("poor", 0), Example("poor", 1), Example("strange", 2)])
    assert figures.accuracy == 0.75
    assert figures.confusion == ((1, 1, 0), (0, 1, 0), (0, 0, 1))
    assert [row.recall for row in figures.classes] == [0.5, 1, 1]


def test_the_command_prints_accuracy_and_every_label(tiny_asset: Path, tmp_path: Path) -> None:
    (tmp_path / "val.txt").write_text("fine;good\npoor;bad\n")
    result = CliRunner().invoke(main, ["model", "evaluate", str(tiny_asset), "--data", str(tmp_path / "val.txt")])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("accuracy 1.0000")
    assert "odd" in result.output


def test_the_shipped_asset_reaches_its_figures_on_validation_data(repository: Path, data: Path) -> None:
    from builder.models.dataset import read_examples

    asset = load_asset(repository / "model_assets/emotion")
    recorded = next(entry for entry in asset.description["metrics"] if entry["precision"] == "int8")
    figures = evaluate(Scorer(asset.folder, asset.description), read_examples(data / "emotion/val.txt", asset.label_ids))
    assert figures.n == recorded["n"] == 2000
    assert figures.accuracy >= 0.935
    assert abs(figures.accuracy - recorded["accuracy"]) <= 0.002  # kernels of other processors round differently
