"""An author's own model, the whole way: a checkpoint of another family and other labels, to what a
reader sees in both browsers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from builder.browsers.evaluate_in_browser import score_texts
from builder.browsers.proxy import Web
from builder.cli import main
from builder.models.asset.asset import load_asset
from builder.models.asset.sample_texts import SAMPLE_TEXTS
from builder.models.asset.scorer import Scorer
from tests.support.checkpoints import LABELS, write_checkpoint
from tests.support.drivers import start
from tests.support.tiny import write_extension

FAMILIES = {
    "distilbert": False,
    "xlm-roberta": True,
}  # with WordPiece; with Unigram, and several labels
TEXTS = ["the good and the fine", "bad, bad, bad!", "Grüße aus Köln", "is it poor?"]


def builder(*arguments: str | Path) -> None:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module", params=FAMILIES)
def packed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which an author imported, quantized and packed a model."""
    folder = tmp_path_factory.mktemp("author")
    write_checkpoint(folder / "checkpoint", request.param, several=FAMILIES[request.param])
    (folder / "texts.txt").write_text(
        "\n".join([text.replace("\n", " ") for text in SAMPLE_TEXTS]) + "\n", encoding="utf-8"
    )
    builder("model", "import", folder / "checkpoint", "--out", folder / "fp32", "--licence", "mit")
    builder(
        "model",
        "quantize",
        folder / "fp32",
        "--texts",
        folder / "texts.txt",
        "--out",
        folder / "asset",
        "--max-loss",
        "1",
        "--scheme",
        "s8-channel+e8x128",
    )
    builder("pack", write_extension(folder / "extension.toml", "asset"), "--out", folder / "dist")
    return folder


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_the_extension_shows_the_authors_labels_with_the_scores_of_python(
    name: str, packed: Path
) -> None:
    asset = load_asset(packed / "asset")
    expected = Scorer(asset.folder, asset.description).scores(TEXTS)
    with Web({}) as web, start(name, packed / "dist" / name, web) as browser:
        browser.open_popup()
        shown = [browser.classify_in_popup(text) for text in TEXTS]
        assert web.unexpected() == []
    assert all(set(surface.scores) == set(LABELS) for surface in shown)
    assert "Bug report" in shown[0].text
    found = np.array([[surface.scores[label] for label in LABELS] for surface in shown])
    assert np.abs(found - expected).max() < 0.02


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_evaluating_in_a_browser_gives_the_scores_of_python(name: str, packed: Path) -> None:
    asset = load_asset(packed / "asset")
    assert np.abs(score_texts(asset, TEXTS, name) - score_texts(asset, TEXTS, "onnx")).max() < 0.02
