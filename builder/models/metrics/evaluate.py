"""Scores of an asset from Python's onnxruntime, and figures over labelled texts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.asset import Asset
from builder.models.asset.scoring import Scores, Scoring, counting, probabilities
from builder.models.asset.tokenizer import reference_tokenizer
from builder.models.metrics.calibration import (
    BINS,
    expected_calibration_error,
    halves_macro_f1,
    label_f1,
)
from builder.models.metrics.classification import Flags, auroc
from builder.progress import Advance, work


class Scorer:
    """A model with its tokenizer, run by onnxruntime one text at a time at its true length.

    Padding and batch mates would change the scores: dynamic int8 takes one scale for a whole
    activation tensor.
    """

    def __init__(
        self,
        folder: Path,
        description: dict[str, Any],
        *,
        graph: Path | None = None,
        threads: int = 0,
    ) -> None:
        """:param graph: another ONNX file with the same inputs, instead of the one that the
        description names.
        :param threads: of one run; 0 leaves that to onnxruntime.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Without it, int8 kernels of processors without VNNI saturate, and the browser's do not.
        options.add_session_config_entry("session.x64quantprecision", "1")
        options.intra_op_num_threads = threads
        self.description = description
        self._session = onnxruntime.InferenceSession(
            str(graph or folder / description["graph"]),
            options,
            providers=["CPUExecutionProvider"],
        )
        self.run_ms: list[float] = []
        """What each run of the model took so far."""
        self._tokenizer = reference_tokenizer(
            description["tokenizer"], folder, max_length=description["max_length"]
        )

    def logits(
        self, texts: Sequence[str], advance: Advance = lambda _: None
    ) -> NDArray[np.float32]:
        """Raw outputs of shape ``(texts, labels)``.

        :param advance: told of each text that is done.
        """
        rows = []
        for text in texts:
            encoded = self._tokenizer.encode(text)
            values = {
                "input_ids": encoded.ids,
                "attention_mask": encoded.attention_mask,
                "token_type_ids": encoded.type_ids,
            }
            feeds = {
                entry["name"]: np.array([values[entry["role"]]], dtype=entry["type"])
                for entry in self.description["inputs"]
            }
            began = time.perf_counter()
            rows.append(self._session.run([self.description["output"]["name"]], feeds)[0][0])
            self.run_ms.append(1000 * (time.perf_counter() - began))
            advance(1)
        return np.stack(rows)

    def scores(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Scores:
        """Probabilities of shape ``(texts, labels)``, as the asset's activation and temperature
        make them.
        """
        return probabilities(self.logits(texts, advance), Scoring.of(self.description))


def scores_of(asset: Asset, texts: Sequence[str], runtime: str) -> Scores:
    """Scores ``(texts, labels)`` of an asset, by ``onnx`` (Python's onnxruntime) or by the bundle
    in ``chrome`` or ``firefox``.
    """
    with work(f"Classifying with {runtime}", len(texts)) as advance:
        if runtime == "onnx":
            return Scorer(asset.folder, asset.description).scores(texts, advance)
        from builder.browsers.evaluate_in_browser import browser_scores

        return browser_scores(asset, texts, runtime, advance)


@dataclass(frozen=True)
class ClassFigures:
    """Precision, recall and F1 of one label, in 0..1, and how many texts carry it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers of like confidence: from ``low`` to ``high`` (0..1), how many, their mean confidence
    and the share that is right.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """How far scores are from the shares of right answers."""

    expected_error: float
    bins: tuple[ReliabilityBin, ...]
    """Those that hold any answer."""


@dataclass(frozen=True)
class NoneFigures:
    """Texts that carry none of the labels."""

    n: int
    no_clear_share: float
    """Share of them that get no clear answer, as they should."""
    auroc: float | None
    """How well the highest score tells texts with a label from them; None if there are no texts
    with a label.
    """


@dataclass(frozen=True)
class Evaluation:
    """Figures over labelled texts; rates in 0..1."""

    accuracy: float
    """One label: the highest score is that of the true one, over the texts that carry a label.
    Several: exactly the true labels count.
    """
    macro_f1: float
    """Mean F1 over the labels. One label: of the highest score, over the texts that carry one.
    Several: of the labels that count.
    """
    n: int
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows are true labels and, last, none of them; columns are answers and, last, no clear one.
    With several labels: the highest score, over the texts that carry at most one.
    """
    accuracy_if_clear: float
    """One label: like accuracy, but no clear answer is an error."""
    no_clear_share: float
    """Share of all texts that get no clear answer."""
    no_clear_share_of_labelled: float
    """The same of the texts that carry a label."""
    calibration: Calibration
    """One label: of the highest score. Several: of every score."""
    none: NoneFigures | None
    """None if every text carries a label."""
    macro_f1_halves: tuple[float, float] | None
    """Several labels: macro F1 on each half of the texts (even and odd ones) with thresholds tuned
    on the other.
    """


def evaluate(scores: Scores, true: Flags, labels: Sequence[str], scoring: Scoring) -> Evaluation:
    """Compare a model's answers with what is true; both of shape ``(texts, labels)``.

    A row of ``true`` without any label is a text that carries none of them.
    """
    highest, answers = scores.argmax(axis=1), counting(scores, scoring)
    labelled, clear = np.asarray(true.any(axis=1)), np.asarray(answers.any(axis=1))
    rows = np.arange(len(scores))
    right = true[rows, highest]
    if scoring.multi_label:
        predicted, judged = answers, np.ones(len(scores), dtype=bool)
        accuracy = if_clear = float((answers == true).all(axis=1).mean())
        confidence, correct = scores.reshape(-1), true.reshape(-1)
    else:
        predicted, judged = np.zeros_like(true), labelled
        predicted[rows, highest] = True
        accuracy = float(right[labelled].mean()) if labelled.any() else 0.0
        if_clear = float((right & clear)[labelled].mean()) if labelled.any() else 0.0
        confidence, correct = scores.max(axis=1), right
    f1 = label_f1(predicted[judged], true[judged])
    return Evaluation(
        accuracy=accuracy,
        macro_f1=float(np.mean(f1)),
        n=len(scores),
        classes=_classes(predicted[judged], true[judged], labels),
        confusion=_confusion(true, highest, clear),
        accuracy_if_clear=if_clear,
        no_clear_share=float(1 - clear.mean()),
        no_clear_share_of_labelled=float(1 - clear[labelled].mean()) if labelled.any() else 0.0,
        calibration=Calibration(
            expected_calibration_error(confidence, correct), _reliability(confidence, correct)
        ),
        none=None
        if labelled.all()
        else NoneFigures(
            int((~labelled).sum()),
            float(1 - clear[~labelled].mean()),
            auroc(scores.max(axis=1), labelled) if labelled.any() else None,
        ),
        macro_f1_halves=halves_macro_f1(scores, true)
        if scoring.multi_label and len(scores) > 1
        else None,
    )


def _classes(predicted: Flags, true: Flags, labels: Sequence[str]) -> tuple[ClassFigures, ...]:
    hits, answers, support = (predicted & true).sum(axis=0), predicted.sum(axis=0), true.sum(axis=0)
    f1 = label_f1(predicted, true)
    return tuple(
        ClassFigures(
            label,
            float(hits[i] / max(answers[i], 1)),
            float(hits[i] / max(support[i], 1)),
            f1[i],
            int(support[i]),
        )
        for i, label in enumerate(labels)
    )


def _confusion(
    true: Flags, highest: NDArray[np.int64], clear: Flags
) -> tuple[tuple[int, ...], ...]:
    none = true.shape[1]
    single = true.sum(axis=1) <= 1
    matrix = np.zeros((none + 1, none + 1), dtype=int)
    carried = np.where(true.any(axis=1), true.argmax(axis=1), none)
    np.add.at(matrix, (carried[single], np.where(clear, highest, none)[single]), 1)
    return tuple(tuple(int(count) for count in row) for row in matrix)


def _reliability(confidence: NDArray[np.float64], correct: Flags) -> tuple[ReliabilityBin, ...]:
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    found = []
    for place in range(BINS):
        inside = places == place
        if inside.any():
            found.append(
                ReliabilityBin(
                    place / BINS,
                    (place + 1) / BINS,
                    int(inside.sum()),
                    float(confidence[inside].mean()),
                    float(correct[inside].mean()),
                )
            )
    return tuple(found)
