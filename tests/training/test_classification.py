from __future__ import annotations

import numpy as np
import pytest

from builder.models.metrics.calibration import smoothed_f1_threshold
from builder.models.metrics.classification import auroc, macro_f1, one_hot


@pytest.fixture(scope="module")
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def test_auroc_is_scikit_learns_ties_included(random: np.random.Generator) -> None:
    reference = pytest.importorskip("sklearn.metrics")
    positive = random.random(200) < 0.3
    scores = np.round(random.random(200) + positive * 0.3, 1).astype(np.float32)
    assert auroc(scores, positive) == pytest.approx(reference.roc_auc_score(positive, scores))


def test_macro_f1_is_scikit_learns(random: np.random.Generator) -> None:
    reference = pytest.importorskip("sklearn.metrics")
    predicted, truth = random.integers(0, 4, 100), random.integers(0, 4, 100)
    assert macro_f1(one_hot(predicted, 4), one_hot(truth, 4)) == pytest.approx(
        reference.f1_score(truth, predicted, average="macro")
    )


def drawn(random: np.random.Generator, texts: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits and flags of a label that one text in thirty carries."""
    positive = random.random(texts) < 1 / 30
    return random.normal(size=texts) + 1.5 * positive, positive


def test_a_threshold_holds_on_other_texts_better_than_the_one_that_is_best_on_its_own(
    random: np.random.Generator,
) -> None:
    def f1(sample: tuple[np.ndarray, np.ndarray], threshold: float) -> float:
        logits, positive = sample
        counts = logits >= threshold
        return float(2 * (counts & positive).sum() / (counts.sum() + positive.sum()))

    others, steady, peak = drawn(random, 20_000), [], []
    for _ in range(50):
        sample = drawn(random, 300)
        steady.append(f1(others, smoothed_f1_threshold(*sample)))
        peak.append(f1(others, max(sample[0], key=lambda logit: f1(sample, logit))))
    assert np.mean(steady) > np.mean(peak)
    assert (
        max(f1(others, threshold) for threshold in np.linspace(-1, 4, 51)) - np.mean(steady) < 0.07
    )


def test_a_label_that_is_told_without_doubt_has_its_threshold_in_the_gap(
    random: np.random.Generator,
) -> None:
    positive = np.arange(200) < 20
    logits = np.where(positive, 5.0, -5.0) + random.normal(size=200)
    assert (
        logits[~positive].max() < smoothed_f1_threshold(logits, positive) <= logits[positive].min()
    )


def test_a_label_that_no_text_carries_does_not_count_everywhere(
    random: np.random.Generator,
) -> None:
    logits = random.normal(size=50)
    assert smoothed_f1_threshold(logits, np.zeros(50, dtype=bool)) == logits.max()
    assert smoothed_f1_threshold(np.zeros(50), np.zeros(50, dtype=bool)) == 0
