"""Pages without emotion stay unpainted: an encyclopedia article and two manual pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.models.asset.scoring import Scoring, passes_threshold

PAINTED_AT_MOST = 0.03  # of the sentences of all three pages


@pytest.mark.parametrize("name", ["emotion", "emotion-open"])
def test_plain_pages_stay_unpainted(name: str, repository: Path) -> None:
    asset = load_asset(repository / "model_assets" / name)
    files = sorted((repository / "tests/data/plain_pages").glob("*.txt"))
    sentences = [line for file in files for line in file.read_text("utf-8").splitlines()]
    assert len(files) == 3
    scores = Scorer(asset.folder, asset.description).scores(sentences)
    painted = passes_threshold(scores, Scoring.of(asset.description))
    shown = [text for text, row in zip(sentences, painted, strict=True) if row.any()]
    assert len(shown) <= PAINTED_AT_MOST * len(sentences), shown
