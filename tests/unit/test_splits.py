from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from builder.errors import BuilderError
from builder.models.data.recipe import NONE, Recipe
from builder.models.data.splits import read_splits


@pytest.fixture
def recipe(repository: Path, tmp_path: Path) -> Recipe:
    """Two labels or none of them, from ``a;glad`` lines and from comments with ids."""
    whole = Recipe.read(repository / "model_assets/emotion/recipe.toml")
    emotion, comments = whole.data[:2]
    (tmp_path / "names.txt").write_text("cheer\npride\ngrief\nneutral\n")
    return dataclasses.replace(
        whole,
        labels=[label for label in whole.labels if label.id in ("sadness", "joy")],
        data=[
            dataclasses.replace(emotion, train=("train.txt",), validation=("val.txt",)),
            dataclasses.replace(
                comments,
                train=("train.tsv",),
                per_label=None,
                validation=("dev.tsv",),
                label_names="names.txt",
                labels={"cheer": "joy", "pride": "joy", "grief": "sadness", "neutral": NONE},
            ),
        ],
    )


def write(folder: Path, **files: str) -> None:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)


def test_texts_of_validation_and_texts_with_two_answers_are_left_out_and_repetitions_kept_once(
    recipe: Recipe, tmp_path: Path
) -> None:
    write(
        tmp_path,
        train_txt="held out;joy\ntorn;joy\ntorn;sadness\ntwice;joy\ntwice;joy\n",
        val_txt="fine;joy\n",
        train_tsv="comment\t2\tx\nfine\t0\tx\n",
        dev_tsv="held out\t0\tx\n",
    )
    training, validation = read_splits(recipe, tmp_path)
    assert training.texts == ["twice", "comment"]
    assert validation.texts == ["fine", "held out"]
    assert training.sources == ["Emotion", "GoEmotions"]


def test_labels_that_lead_to_the_same_answer_count_and_others_say_nothing(
    recipe: Recipe, tmp_path: Path
) -> None:
    write(
        tmp_path,
        train_txt="a;sadness\n",
        val_txt="b;joy\n",
        train_tsv="same\t0,1\tx\ntorn\t0,2\tx\nplain\t3\tx\n",
        dev_tsv="c\t3\tx\n",
    )
    training, _ = read_splits(recipe, tmp_path)
    np.testing.assert_array_equal(training.targets, [[1, 0, 0], [0, 1, 0], [np.nan] * 3, [0, 0, 1]])


def test_a_label_of_the_data_that_the_recipe_forgets_is_named(
    recipe: Recipe, tmp_path: Path
) -> None:
    write(
        tmp_path,
        train_txt="a;sadness\n",
        val_txt="b;joy\n",
        train_tsv="c\t0\tx\n",
        dev_tsv="c\t3\tx\n",
    )
    del recipe.data[1].labels["grief"]  # type: ignore[union-attr]
    with pytest.raises(BuilderError, match="says nothing of its label 'grief'"):
        read_splits(recipe, tmp_path)
