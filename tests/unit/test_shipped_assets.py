"""What holds for every model in model_assets/."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.models.asset.asset import Asset, load_asset
from builder.models.data.recipe import Recipe

GROUNDS = {"light": "#ffffff", "dark": "#1f2023"}
LOCALES = {"en", "de", "fr", "es", "ja", "ar"}
READABLE = 4.5  # WCAG 2.2, contrast of text, level AA
STORE_LIMIT = 25e6  # bytes of one file


@pytest.fixture(params=["emotion", "go-emotions"])
def asset(request: pytest.FixtureRequest, repository: Path) -> Asset:
    return load_asset(repository / "model_assets" / request.param)


def luminance(colour: str) -> float:
    """WCAG's relative luminance of ``#rrggbb``."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_its_labels_have_names_in_every_locale_and_colours_that_can_be_read(asset: Asset) -> None:
    for label in asset.description["labels"]:
        assert set(label["name"]) == LOCALES, label["id"]
        assert label["emoji"]
        for theme, ground in GROUNDS.items():
            assert contrast(label["colour"][theme], ground) >= READABLE, f"{label['id']} on {theme}"


def test_its_labels_are_those_of_its_recipe(asset: Asset) -> None:
    recipe = Recipe.read(asset.folder / "recipe.toml")
    assert recipe.label_ids == asset.label_ids
    assert [label.sample for label in recipe.labels] == [
        label["sample"] for label in asset.description["labels"]
    ]


def test_no_file_is_larger_than_content_delivery_networks_allow(asset: Asset) -> None:
    assert all(file.bytes < STORE_LIMIT for file in asset.files)
