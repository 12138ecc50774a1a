"""The whole way of a model on a handful of texts: train, export, quantize, evaluate."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.errors import BuilderError, CheckFailed
from builder.models.asset import load_asset
from builder.models.export import export
from builder.models.quantize import quantize
from builder.models.recipe import Recipe
from builder.models.train import train

TEXTS = (
    ("i feel lost and alone", "sadness"), ("i feel happy today", "joy"), ("i adore you", "love"), ("i am furious", "anger"),
    ("i am scared of it", "fear"), ("i am amazed by this", "surprise"),
)


@pytest.fixture(scope="module")
def recipe(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (repository / "model_assets/emotion/recipe.toml").read_text(encoding="utf-8")
    file = tmp_path_factory.mktemp("recipe") / "recipe.toml"
    for old, new in (("emotion/train.txt", "train.txt"), ("emotion/val.txt", "val.txt"), ("epochs = 6", "epochs = 1")):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    (file.parent / "train.txt").write_text("".join(f"{text} number {n};{label}\n" for n in range(4) for text, label in TEXTS))
    (file.parent / "val.txt").write_text("".join(f"{text};{label}\n" for text, label in TEXTS))
    return file


@pytest.fixture(scope="module")
def run(recipe: Path) -> Path:
    folder = recipe.parent / "run"
    trained = train(Recipe.read(recipe), recipe.parent, folder)
    assert trained.train_examples == 24
    export(trained.checkpoint, folder / "fp32.onnx")
    return folder


def test_a_trained_model_becomes_an_asset_that_loads(recipe: Path, run: Path) -> None:
    outcome = quantize(recipe, run, recipe.parent, recipe.parent / "asset", max_loss=1)
    asset = load_asset(outcome.asset)
    assert asset.label_ids == [label for _, label in TEXTS]
    assert {file.path for file in asset.files} == {"model.onnx", "weights.bin", "vocab.txt"}
    assert 22e6 < sum(file.bytes for file in asset.files) < 24e6  # a quarter of the fp32 weights
    card = (asset.folder / "README.md").read_text(encoding="utf-8")
    assert "research and education only" in card.lower()
    assert f"{outcome.int8.accuracy:.4f}" in card


def test_a_model_that_loses_more_than_it_may_is_not_written(recipe: Path, run: Path) -> None:
    with pytest.raises(CheckFailed, match="nothing was written"):
        quantize(recipe, run, recipe.parent, recipe.parent / "refused", max_loss=-1)  # no model gains as much
    assert not (recipe.parent / "refused").exists()


def test_a_folder_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match=r"holds no model\.safetensors"):
        export(tmp_path, tmp_path / "out.onnx")


def test_a_recipe_with_an_unknown_key_is_refused(recipe: Path, tmp_path: Path) -> None:
    changed = tmp_path / "recipe.toml"
    changed.write_text(recipe.read_text(encoding="utf-8").replace("seed = 7", "seed = 7\nlerning_rate = 1"), encoding="utf-8")
    with pytest.raises(BuilderError, match=r"training\.lerning_rate: unknown key"):
        Recipe.read(changed)
