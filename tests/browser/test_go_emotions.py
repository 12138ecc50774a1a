"""An extension with another model: 28 labels of which a text may have several. Nothing in the
toolkit knows of six emotions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from builder.browsers.proxy import Web
from builder.config.extension import BROWSERS, load_config
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.models.asset.scoring import Scoring
from builder.models.data.datasets import read_dataset, read_label_names
from builder.packaging.pack import pack_extension
from tests.support.drivers import BrowserUnderTest, start
from tests.support.pages import ISOLATED_PAGE, PAGE, STRICT_PAGE
from tests.support.predictions import predicted_labels

TOLERANCE = 0.02
TEXTS = 40
TIPPED_TEXTS = 2  # see test_popup.py


@pytest.fixture(scope="module")
def example(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("go-emotions")
    pack_extension(load_config(repository / "examples/go-emotions/extension.toml"), out, BROWSERS)
    assert {file.suffix for file in out.glob("feelings-lens-*")} == {
        ".zip",
        ".json",
    }  # and its bill of materials
    return out


@pytest.fixture(params=BROWSERS)
def lens(
    request: pytest.FixtureRequest, example: Path, web: Web, display: None
) -> Iterator[BrowserUnderTest]:
    with start(
        request.param, example / request.param, web, headless=request.param == "firefox"
    ) as browser:
        yield browser


def test_comments_get_the_scores_of_python_and_all_predicted_labels(
    lens: BrowserUnderTest, repository: Path, data: Path
) -> None:
    asset = load_asset(repository / "model_assets/go-emotions")
    assert asset.label_ids == read_label_names(data / "goemotions/labels.txt")
    texts = [
        comment.text
        for comment in read_dataset(data / "goemotions/dev.tsv", "tabs", asset.label_ids)
    ][:TEXTS]
    scoring = Scoring.of(asset.description)
    expected = Scorer(asset.folder, asset.description).scores(texts)
    lens.open_popup()
    shown = [lens.classify_in_popup(text) for text in texts]
    differences = np.abs(
        np.array([[surface.scores[label] for label in asset.label_ids] for surface in shown])
        - expected
    ).max(axis=1)
    assert (differences > TOLERANCE).sum() <= TIPPED_TEXTS
    answers = [predicted_labels(row, asset.label_ids, scoring) for row in expected]
    assert any(len(labels) > 1 for labels in answers)
    margins = np.abs(expected - np.array(scoring.thresholds)).min(axis=1)
    for surface, labels, row, margin in zip(shown, answers, expected, margins, strict=True):
        first, second = sorted(row, reverse=True)[:2]
        if margin > TOLERANCE and first - second > TOLERANCE:
            assert surface.winner == (labels[0] if labels else None)


@pytest.mark.parametrize("address", [PAGE, STRICT_PAGE, ISOLATED_PAGE])
def test_the_card_stands_on_a_page_though_the_extensions_own_pages_are_isolated(
    address: str, lens: BrowserUnderTest
) -> None:
    lens.open(address)
    lens.choose_menu_entry("#sentence", "Find the feelings")
    card = lens.wait_for_card()
    assert card.framed, "the card opened in a window of its own"
    assert card.winner == "joy"


def test_each_label_is_called_by_its_name(lens: BrowserUnderTest, repository: Path) -> None:
    asset = load_asset(repository / "model_assets/go-emotions")
    lens.open_popup()
    surface = lens.classify_in_popup("Thank you so much for your help!")
    assert surface.winner == "gratitude"
    assert set(surface.scores) == set(asset.label_ids)
    assert "Show all 28" in surface.text
    lens.execute(
        "[...document.querySelectorAll('button')].find((button) =>"
        " button.textContent.includes('28')).click()"
    )
    shown = lens.execute("return document.body.innerText")
    for label in asset.description["labels"]:
        assert label["name"]["en"] in shown
