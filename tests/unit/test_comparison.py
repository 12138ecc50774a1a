"""Intervals, paired tests and coverage, against values worked out elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from builder.models.asset.scoring import Scoring
from builder.models.metrics.comparison import (
    compare,
    coverage_curve,
    mean_share,
    measured_share,
    right_answers,
)


def flags(right: int, wrong: int) -> np.ndarray:
    return np.array([True] * right + [False] * wrong, dtype=bool)


@pytest.mark.parametrize(
    ("right", "wrong", "low", "high"),
    # R: prop.test(x, n, correct = FALSE)$conf.int
    [(8, 2, 0.4901625, 0.9433178), (0, 10, 0.0, 0.2775328), (90, 10, 0.8256343, 0.9447708)],
)
def test_a_share_has_wilsons_interval(right: int, wrong: int, low: float, high: float) -> None:
    found = measured_share(flags(right, wrong))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)
    assert found.n == right + wrong


def test_no_texts_have_no_share() -> None:
    with pytest.raises(ValueError, match="no texts"):
        measured_share(np.array([], dtype=bool))
    with pytest.raises(ValueError, match="no sets"):
        mean_share([])


def test_sets_count_alike_in_the_mean_whatever_their_size() -> None:
    mean = mean_share([measured_share(flags(100, 0)), measured_share(flags(1, 1))])
    assert mean.value == 0.75
    assert mean.n == 102
    # The variance is that of the small set alone: 0.25 / 2 / 4.
    assert mean.low == pytest.approx(0.75 - 1.959964 * 0.03125**0.5)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    # R: binom.test(b, b + c)$p.value; mcnemar.test for the last one
    [(0, 0, 1.0), (6, 0, 0.03125), (8, 2, 0.109375), (5, 5, 1.0), (700, 600, 0.006039)],
)
def test_two_models_differ_by_mcnemars_test(
    only_first: int, only_second: int, p_value: float
) -> None:
    both = flags(50, 0)
    first = np.concatenate([both, flags(only_first, only_second)])
    second = np.concatenate([both, ~flags(only_first, only_second)])
    found = compare(first, second)
    assert (found.only_first, found.only_second) == (only_first, only_second)
    assert found.p_value == pytest.approx(p_value, rel=1e-3)


def test_no_clear_answer_is_right_for_a_text_without_a_label_and_wrong_for_one_with_a_label() -> (
    None
):
    scores = np.array([[0.8, 0.1], [0.3, 0.2], [0.3, 0.2], [0.1, 0.7]])
    truth = np.array([[True, False], [False, False], [True, False], [True, False]])
    right = right_answers(scores, truth, Scoring("softmax_with_none", min_score=0.5))
    assert right.tolist() == [True, True, False, False]


def test_a_higher_lowest_score_covers_less_and_keeps_more_texts_without_a_label() -> None:
    scores = np.array([[0.9, 0.0], [0.4, 0.5], [0.3, 0.2]])
    truth = np.array([[True, False], [True, False], [False, False]])
    curve = {point.min_score: point for point in coverage_curve(scores, truth)}
    assert (curve[0.0].coverage, curve[0.0].accuracy, curve[0.0].none_kept) == (1, 1 / 3, 0)
    assert curve[0.4].coverage == pytest.approx(2 / 3)
    assert curve[0.4].accuracy == 0.5
    assert curve[0.6].coverage == pytest.approx(1 / 3)
    assert (curve[0.6].accuracy, curve[0.6].none_kept) == (1.0, 1.0)
    assert curve[0.95].accuracy is None
