from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from builder.models.asset.scoring import Scoring, probabilities
from tests.support.predictions import predicted_labels

IDS = ["a", "b", "c"]


def test_python_gives_the_scores_and_answers_of_the_oracle(repository: Path) -> None:
    cases = json.loads((repository / "tests/js/engine/scores-oracle.json").read_text())
    assert {case["spec"]["activation"] for case in cases} == {
        "softmax",
        "softmax_with_none",
        "sigmoid",
        "regression",
    }
    for case in cases:
        scoring = Scoring.of(case["spec"])
        scores = probabilities(np.array([case["logits"]]), scoring)[0]
        assert np.allclose(scores, case["scores"], rtol=0, atol=1e-12), case
        assert predicted_labels(scores.tolist(), IDS, scoring) == [
            IDS[index] for index in case["answer"]
        ], case


def test_a_logit_that_is_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a number"):
        probabilities(np.array([[np.nan, 1.0]]), Scoring("softmax"))
