"""A model with one output is a value on a scale: its asset, its metrics and its data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from builder.browsers.verify import _compared
from builder.cli import main
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.models.metrics.regression import pearson, read_values
from tests.support.rating import rating, write_rating_asset
from tests.support.tiny import write_description


@pytest.fixture
def asset(tmp_path: Path) -> Path:
    return write_rating_asset(tmp_path / "rating")


def test_a_value_becomes_its_place_on_the_scale(asset: Path) -> None:
    loaded = load_asset(asset)
    scores = Scorer(asset, loaded.description).scores(["fine", "poor", "strange"])
    np.testing.assert_allclose(scores, [[1], [0], [1]], atol=1e-6)  # 9 is beyond the scale


def test_evaluate_prints_the_mean_absolute_error_and_the_correlation(
    asset: Path, tmp_path: Path
) -> None:
    data = tmp_path / "reviews.csv"
    data.write_text("text,label\nfine,4.5\npoor,1\nstrange,4\n")
    arguments = ["model", "evaluate", str(asset), "--data", str(data)]
    result = CliRunner().invoke(main, [*arguments, "--json", "-"])
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["data"]["sets"]
    assert (found["n"], found["mean_absolute_error"]) == (3, pytest.approx(0.5))
    assert found["pearson"] == pytest.approx(np.corrcoef([5, 1, 5], [4.5, 1, 4])[0, 1])
    table = CliRunner().invoke(main, [*arguments, "--data", str(data)]).stdout
    assert "0.5000" in table and "Pearson" in table
    refused = CliRunner().invoke(main, [*arguments, "--plot", str(tmp_path / "plots")])
    assert refused.exit_code == 2 and "for classifiers" in refused.stderr


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", "text,label\nfine,good\n", "a.csv:2: 'good' is no number"),
        ("a.csv", 'text,label\nfine,"3,5"\n', "a.csv:2: '3,5' is no number"),
        ("a.csv", "text,label\nfine,\n", "a.csv:2: '' is no number"),
        ("a.csv", "text,label\nfine,nan\n", "a.csv:2: 'nan' is no number"),
        ("a.csv", "text,label\nfine,1e999\n", "a.csv:2: '1e999' is no number"),
        ("a.txt", "fine;x\n", "'x' is no number"),
        ("a.doc", "fine", "its name ends in none of"),
    ],
)
def test_a_value_that_is_no_number_is_named(
    name: str, content: str, problem: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(BuilderError) as caught:
        read_values(tmp_path / name)
    assert problem in str(caught.value) and caught.value.hint


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,label\nfine,3.5\npoor,-2\n"),
        ("a.csv", "\ufefftext;label\r\nfine;3.5\r\npoor;-2\r\n"),
        ("a.tsv", "fine\t3.5\npoor\t-2\n"),
        ("a.txt", "fine;3.5\npoor;-2\n"),
        ("a.jsonl", '{"text": "fine", "label": "3.5"}\n{"text": "poor", "label": -2}\n'),
        ("a.json", '[{"text": "fine", "label": 3.5}, {"text": "poor", "label": -2}]'),
    ],
)
def test_values_are_read_from_every_kind_of_file(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    texts, values = read_values(tmp_path / name)
    assert (texts, values.tolist()) == (["fine", "poor"], [3.5, -2])


def test_a_correlation_needs_values_that_differ() -> None:
    assert pearson(np.array([1.0, 2, 3]), np.array([2.0, 4, 6])) == pytest.approx(1)
    assert pearson(np.array([1.0, 2, 3]), np.array([3.0, 2, 1])) == pytest.approx(-1)
    assert pearson(np.array([1.0, 1]), np.array([3.0, 2])) is None
    assert pearson(np.array([1.0]), np.array([3.0])) is None


def without_scale(values: dict[str, Any]) -> None:
    del values["scale"]


def upside_down(values: dict[str, Any]) -> None:
    values["scale"] = {"low": 5, "high": 1}


def no_ends(values: dict[str, Any]) -> None:
    values["scale"] = {"low": 5}


def two_labels(values: dict[str, Any]) -> None:
    values["labels"] = [{"id": name, "name": {"en": name}} for name in ("a", "b")]


def classifier(values: dict[str, Any]) -> None:
    values["activation"] = "softmax"


def lone_label(values: dict[str, Any]) -> None:
    classifier(values)
    without_scale(values)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (without_scale, "scale: missing"),
        (upside_down, "scale: its low end is not below its high end"),
        (no_ends, "scale.high: missing"),
        (two_labels, "labels: has 2 entries, and a regression has 1"),
        (classifier, "scale: means nothing with 'softmax'"),
        (lone_label, "labels: has 1 entry, and a classifier needs 2"),
    ],
)
def test_a_description_that_is_no_regression_is_refused(
    spoil: Callable[[dict[str, Any]], None], problem: str, asset: Path
) -> None:
    values = rating(asset)
    spoil(values)
    write_description(asset, values)
    with pytest.raises(BuilderError) as caught:
        load_asset(asset)
    assert problem in str(caught.value)


@pytest.mark.parametrize(("found", "agrees"), [(0.5, True), (0.9, False)])
def test_verify_compares_one_score(asset: Path, found: float, agrees: bool) -> None:
    check = _compared(
        "chrome", "popup", load_asset(asset), "result", {"rating": found}, [0.505], 0.02
    )
    assert check.ok is agrees
