"""A checkpoint with one output becomes an asset with one value, or says what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from builder.cli import main
from builder.config.extension import load_config
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.packaging.pack import pack_extension
from tests.support.checkpoints import write_checkpoint
from tests.support.tiny import write_extension

TEXTS = ("the good", "a bad one?", "fine, fine")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(
        tmp_path_factory.mktemp("models") / "rating-bert",
        "bert",
        num_labels=1,
        problem_type="regression",
        id2label={0: "rating"},
        label2id={"rating": 0},
    )


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["model", *map(str, arguments)])


def reference(checkpoint: Path) -> Any:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(checkpoint)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    with torch.no_grad():
        return np.array(
            [model(**tokenizer(text, return_tensors="pt")).logits[0, 0] for text in TEXTS]
        )


def test_it_is_imported_evaluated_quantized_and_packed(checkpoint: Path, tmp_path: Path) -> None:
    asset = tmp_path / "asset"
    result = run("import", checkpoint, "--out", asset, "--licence", "mit", "--scale", "-20,20")
    assert result.exit_code == 0, result.output
    loaded = load_asset(asset)
    assert loaded.label_ids == ["rating"]
    assert loaded.description["scale"] == {"low": -20, "high": 20}
    assert "from -20 to 20" in (asset / "README.md").read_text()
    values = reference(checkpoint)
    scores = Scorer(asset, loaded.description).scores(TEXTS)[:, 0]
    np.testing.assert_allclose(-20 + 40 * scores, values, atol=1e-3)

    data = tmp_path / "data.csv"
    rows = [f'"{text}",{value + 1}' for text, value in zip(TEXTS, values, strict=True)]
    data.write_text("\n".join(["text,label", *rows]))
    measured = json.loads(run("evaluate", asset, "--data", data, "--json", "-").stdout)
    (found,) = measured["data"]["sets"]
    assert found["mean_absolute_error"] == pytest.approx(1, abs=1e-3)
    assert found["pearson"] == pytest.approx(1, abs=1e-4)

    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(TEXTS))
    small = tmp_path / "small"
    arguments = ("quantize", asset, "--out", small, "--max-loss", "1")
    scheme = ("--scheme", "s8-channel+e8x32")
    result = run(*arguments, "--texts", texts, *scheme)
    assert result.exit_code == 0, result.output
    assert load_asset(small).description["scale"] == {"low": -20, "high": 20}
    refused = run(*arguments, "--data", data, *scheme)
    assert refused.exit_code == 2 and "needs --texts" in refused.stderr

    config = load_config(write_extension(tmp_path / "extension.toml", "small"))
    assert pack_extension(config, tmp_path / "dist", ("chrome",)).packages


def test_the_scale_may_stand_in_the_configuration(checkpoint: Path, tmp_path: Path) -> None:
    folder = configured(checkpoint, tmp_path, scale=[1, 5])
    assert run("import", folder, "--out", tmp_path / "asset").exit_code == 0
    assert load_asset(tmp_path / "asset").description["scale"] == {"low": 1, "high": 5}


def configured(checkpoint: Path, tmp_path: Path, **values: Any) -> Path:
    folder = tmp_path / "changed"
    folder.mkdir()
    for file in checkpoint.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text()) | values
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    ("arguments", "values", "problem"),
    [
        ((), {}, "gives one score, and nothing says what it means"),
        (("--scale", "5,1"), {}, "a scale from 5 to 1 is no scale"),
        (("--scale", "1,nan"), {}, "a scale from 1 to nan is no scale"),
        (("--scale", "1"), {}, "'1' is not LOW,HIGH, like 1,5"),
        (("--scale", "a,b"), {}, "'a,b' is not LOW,HIGH, like 1,5"),
        ((), {"scale": [1]}, "scale: is not a list of two numbers"),
        ((), {"scale": "1-5"}, "scale: is not a list of two numbers"),
        ((), {"scale": [1, True]}, "scale: is not a list of two numbers"),
    ],
)
def test_what_is_no_scale_is_refused_in_one_sentence(
    arguments: tuple[str, ...],
    values: dict[str, Any],
    problem: str,
    checkpoint: Path,
    tmp_path: Path,
) -> None:
    folder = configured(checkpoint, tmp_path, **values)
    result = run("import", folder, "--out", tmp_path / "asset", *arguments)
    assert result.exit_code == 2
    assert problem in result.stderr and "hint: " in result.stderr
    assert not (tmp_path / "asset").exists()
