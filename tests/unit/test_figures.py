from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from builder.models.figures import auroc, best_threshold, macro_f1


@pytest.fixture(scope="module")
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def test_auroc_is_scikit_learns_ties_included(random: np.random.Generator) -> None:
    positive = random.random(200) < 0.3
    scores = np.round(random.random(200) + positive * 0.3, 1).astype(np.float32)
    assert auroc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))


def test_macro_f1_is_scikit_learns(random: np.random.Generator) -> None:
    predicted, true = random.integers(0, 4, 100), random.integers(0, 4, 100)
    assert macro_f1(predicted, true, 4) == pytest.approx(f1_score(true, predicted, average="macro"))


def test_no_other_threshold_has_a_higher_f1(random: np.random.Generator) -> None:
    positive = random.random(100) < 0.4
    scores = np.round(random.random(100) + positive * 0.4, 1).astype(np.float32)
    threshold, f1 = best_threshold(scores, positive)
    assert f1 == pytest.approx(f1_score(positive, scores >= threshold))
    assert f1 >= max(f1_score(positive, scores >= other) for other in scores) - 1e-9
