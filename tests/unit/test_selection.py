"""Which texts a recipe uses, and which it holds out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from builder.errors import BuilderError
from builder.models.data.recipe import Recipe
from builder.models.data.selection import at_most_per_label, held_out_by_group
from builder.models.data.splits import read_splits, read_unlabelled

RECIPE = """
name = "moods"
version = "1.0.0"
problem = "single_or_none"
none_share = 0.5

[base]
parts = ["some-part-001", "some-part-002"]
folder = "model"
sha256 = "0"
source = "somebody/model"
licence = "MIT"

[[data]]
name = "mine"
source = "us"
licence = "CC0"
format = "labelled_tabs"
train = ["one.tsv", "two.tsv"]
{rest}

[[unlabelled]]
name = "plain"
source = "us"
licence = "CC0"
files = ["plain.txt"]
per_file = 2
max_words = 3

[training]
epochs = 1
learning_rate = 1e-4
seed = 1

[[labels]]
id = "glad"
emoji = "g"
colour = {{ light = "#000000", dark = "#ffffff" }}
name = {{ en = "Glad" }}

[[labels]]
id = "sad"
emoji = "s"
colour = {{ light = "#000000", dark = "#ffffff" }}
name = {{ en = "Sad" }}
"""


def recipe(folder: Path, rest: str) -> Recipe:
    file = folder / "recipe.toml"
    file.write_text(RECIPE.format(rest=rest))
    return Recipe.read(file)


def test_the_texts_with_the_lowest_hashes_are_kept_of_each_label_in_any_order() -> None:
    texts = [f"text {number}" for number in range(20)]
    labels = [number % 2 for number in range(20)]
    kept = {texts[row] for row in at_most_per_label(texts, labels, 3, "salt")}
    assert len(kept) == 6
    backwards = at_most_per_label(texts[::-1], labels[::-1], 3, "salt")
    assert {texts[::-1][row] for row in backwards} == kept
    assert {texts[row] for row in at_most_per_label(texts, labels, 3, "other")} != kept


def test_texts_of_one_group_are_on_the_same_side() -> None:
    texts = []
    for number in range(200):
        texts += [f"group{number} alpha beta gamma first", f"group{number} alpha beta gamma second"]
    flags = held_out_by_group(texts, [False] * len(texts), 0.3, "salt")
    assert flags[0::2] == flags[1::2]
    assert 0.15 < sum(flags) / len(flags) < 0.45


def test_neighbouring_lines_form_a_group_only_where_the_file_holds_contrasts() -> None:
    pairs = []
    for number in range(100):
        pairs += [f"dog{number} woke{number} late", f"our dog{number} woke{number} early"]
    contrasts = held_out_by_group(pairs, [True] * 200, 0.5, "salt")
    assert contrasts[0::2] == contrasts[1::2]
    plain = held_out_by_group(pairs, [False] * 200, 0.5, "salt")
    assert plain[0::2] != plain[1::2]


def test_files_are_joined_and_distrusted_labels_leave_only_the_text(tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text("hooray\tglad\tjoy:3\nfine\tglad\tjoy:1\n")
    (tmp_path / "two.tsv").write_text("oh no\tsad\tgrief:3\nit rains\tnone\n")
    (tmp_path / "dev.tsv").write_text("well\tglad\n")
    found = recipe(
        tmp_path,
        'validation = "dev.tsv"\ntrusted = ["glad", "none"]\ndistrusted_originals = ":1$"\n',
    )
    training, validation = read_splits(found, tmp_path)
    assert dict(zip(training.texts, training.targets.tolist(), strict=True)) == {
        "hooray": [1, 0, 0],
        "fine": pytest.approx([np.nan] * 3, nan_ok=True),
        "oh no": pytest.approx([np.nan] * 3, nan_ok=True),
        "it rains": [0, 0, 1],
    }
    assert validation.texts == ["well"]


def test_without_validation_files_a_share_of_the_training_texts_is_held_out(
    tmp_path: Path,
) -> None:
    lines = [f"number{number} is here today\tglad\n" for number in range(300)]
    (tmp_path / "one.tsv").write_text("".join(lines[:150]))
    (tmp_path / "two.tsv").write_text("".join(lines[150:]))
    training, validation = read_splits(recipe(tmp_path, "held_out = 0.2"), tmp_path)
    assert len(training.texts) + len(validation.texts) == 300
    assert 30 < len(validation.texts) < 90
    assert not set(training.texts) & set(validation.texts)


def test_unlabelled_texts_are_short_new_and_at_most_as_many_as_the_recipe_says(
    tmp_path: Path,
) -> None:
    (tmp_path / "plain.txt").write_text("a b c d\none\ntwo\nthree\nknown\none\n")
    split = read_unlabelled(recipe(tmp_path, "held_out = 0.2"), tmp_path, ["known"])
    assert len(split.texts) == 2
    assert set(split.texts) < {"one", "two", "three"}
    assert np.isnan(split.targets).all()
    assert split.sources == ["plain", "plain"]


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("", "give either validation files or a share 'held_out'"),
        ('held_out = 0.2\nvalidation = "dev.tsv"', "give either validation files or a share"),
        ("held_out = 1.5", "1.5 is outside 0..1"),
        ('held_out = 0.2\ndistrusted_originals = "("', "is not a regular expression"),
    ],
)
def test_what_a_data_table_cannot_mean_is_one_sentence(
    tmp_path: Path, rest: str, message: str
) -> None:
    with pytest.raises(BuilderError, match=message.replace("(", r"\(")):
        recipe(tmp_path, rest)


def test_a_base_in_parts_names_the_package_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="the package some-part-001 is missing"):
        recipe(tmp_path, "held_out = 0.2").base.locate()
