from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from builder.models.asset.scoring import Scoring, probabilities
from builder.models.data.recipe import Recipe
from builder.models.data.splits import Split
from builder.models.metrics.calibration import calibrate, halves_macro_f1
from builder.models.metrics.classification import (
    expected_calibration_error,
    macro_f1,
    reliability,
)
from builder.models.metrics.validation import metrics_by_source

TEXTS = 4000


@pytest.fixture
def recipe(repository: Path) -> Recipe:
    """Two labels or none of them."""
    whole = Recipe.read(repository / "tests/data/two_sources_recipe.toml")
    return dataclasses.replace(whole, labels=whole.labels[:2])


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def drawn(logits: np.ndarray, scoring: Scoring, random: np.random.Generator) -> Split:
    """Answers drawn with the very probabilities that the logits give."""
    scores = probabilities(logits, scoring)
    whole = np.concatenate([scores, 1 - scores.sum(axis=1, keepdims=True)], axis=1)
    chosen = (random.random((len(logits), 1)) > whole.cumsum(axis=1)).sum(axis=1)
    return Split([""] * len(logits), np.eye(3, dtype=np.float32)[chosen], ["Emotion"] * len(logits))


def test_the_temperature_that_the_answers_were_drawn_with_is_found(
    recipe: Recipe, random: np.random.Generator
) -> None:
    logits = random.normal(size=(TEXTS, 2)).astype(np.float32) * 4
    split = drawn(logits, Scoring("softmax_with_none", 2.0), random)
    found = calibrate(recipe, logits, split)
    assert found.temperature == pytest.approx(2.0, rel=0.1)
    assert found.min_score == 0
    (metrics,) = metrics_by_source(recipe, probabilities(logits, found), found, split)
    assert metrics.abstained == 0
    assert metrics.none_auroc is not None and metrics.none_auroc > 0.6


def test_the_share_of_texts_without_a_label_that_get_none_is_as_asked(
    recipe: Recipe, random: np.random.Generator
) -> None:
    logits = random.normal(size=(TEXTS, 2)).astype(np.float32)
    split = drawn(logits, Scoring("softmax_with_none"), random)
    found = calibrate(recipe, logits, split, none_share=0.7)
    (metrics,) = metrics_by_source(recipe, probabilities(logits, found), found, split)
    assert metrics.none_abstained is not None and metrics.abstained is not None
    assert metrics.none_abstained == pytest.approx(0.7, abs=0.01)
    assert metrics.none_abstained >= 0.7
    assert metrics.abstained < 0.7
    assert metrics.answered_accuracy < metrics.accuracy


def test_texts_that_say_nothing_for_the_model_do_not_count(
    recipe: Recipe, random: np.random.Generator
) -> None:
    logits = random.normal(size=(TEXTS, 2)).astype(np.float32)
    split = drawn(logits, Scoring("softmax_with_none"), random)
    split.targets[1000:] = np.nan
    scoring = calibrate(recipe, logits, split)
    (metrics,) = metrics_by_source(recipe, probabilities(logits, scoring), scoring, split)
    assert metrics.n + metrics.none_n == 1000


def test_confidence_that_holds_is_calibrated_and_confidence_that_does_not_is_told(
    random: np.random.Generator,
) -> None:
    confidence = random.uniform(0.5, 1, TEXTS)
    right = random.random(TEXTS) < confidence
    assert expected_calibration_error(reliability(confidence, right)) < 0.03
    assert expected_calibration_error(reliability(np.ones(TEXTS), right)) == pytest.approx(
        1 - right.mean()
    )


def test_thresholds_are_scored_on_the_half_that_they_were_not_tuned_on(
    recipe: Recipe, random: np.random.Generator
) -> None:
    true = random.random((TEXTS, 2)) < 0.3
    scores = np.clip(true * 0.2 + random.random((TEXTS, 2)) * 0.8, 0, 1)
    tuned = calibrate(
        dataclasses.replace(recipe, problem="multi"),
        np.log(scores / (1 - scores + 1e-9)).astype(np.float32),
        Split([""] * TEXTS, true.astype(np.float32), ["Emotion"] * TEXTS),
    )
    assert tuned.thresholds is not None
    best = macro_f1(scores >= np.array(tuned.thresholds), true)
    reference = pytest.importorskip("sklearn.metrics")
    assert best == pytest.approx(
        reference.f1_score(true, scores >= np.array(tuned.thresholds), average="macro")
    )
    halves = halves_macro_f1(scores, true)
    assert all(best - 0.05 < half < best + 0.05 for half in halves)
    noise = random.random((TEXTS, 2))
    assert (
        halves_macro_f1(np.where(np.arange(TEXTS)[:, None] % 2 == 0, scores, noise), true)[1]
        < best - 0.05
    )
