"""Scores of an asset from Python's onnxruntime, and figures over labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.models.dataset import Example
from builder.models.scores import Scores, Scoring, probabilities
from builder.models.tokenizer import reference_tokenizer


class Scorer:
    """A model with its tokenizer, run by onnxruntime one text at a time at its true length.

    Padding and batch mates would change the scores: dynamic int8 takes one scale for a whole activation tensor.
    """

    def __init__(self, folder: Path, description: dict[str, Any], *, graph: Path | None = None) -> None:
        """:param graph: another ONNX file with the same inputs, instead of the one that the description names."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Without it, int8 kernels of processors without VNNI saturate, and the browser's do not.
        options.add_session_config_entry("session.x64quantprecision", "1")
        self.description = description
        self._session = onnxruntime.InferenceSession(
            str(graph or folder / description["graph"]), options, providers=["CPUExecutionProvider"],
        )
        self._tokenizer = reference_tokenizer(description["tokenizer"], folder, max_length=description["max_length"])

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Raw outputs of shape ``(texts, labels)``."""
        rows = []
        for text in texts:
            encoded = self._tokenizer.encode(text)
            values = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask, "token_type_ids": encoded.type_ids}
            feeds = {entry["name"]: np.array([values[entry["role"]]], dtype=entry["type"]) for entry in self.description["inputs"]}
            rows.append(self._session.run([self.description["output"]["name"]], feeds)[0][0])
        return np.stack(rows)

    def scores(self, texts: Sequence[str]) -> Scores:
        """Probabilities of shape ``(texts, labels)``, as the asset's activation and temperature make them."""
        return probabilities(self.logits(texts), Scoring.of(self.description))


@dataclass(frozen=True)
class ClassFigures:
    """Precision, recall and F1 of one label, in 0..1, and how many texts carry it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """Figures over labelled texts; rates in 0..1."""

    accuracy: float
    macro_f1: float
    n: int
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows are true labels, columns predicted ones."""


def evaluate(scorer: Scorer, examples: Sequence[Example]) -> Evaluation:
    """Compare the top label of each text with its true one."""
    labels = [label["id"] for label in scorer.description["labels"]]
    predicted = scorer.logits([example.text for example in examples]).argmax(axis=1)
    true = np.array([example.label for example in examples])
    confusion = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(confusion, (true, predicted), 1)
    hits, support, answers = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    precision, recall = hits / np.maximum(answers, 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(support + answers, 1)
    return Evaluation(
        accuracy=float((predicted == true).mean()), macro_f1=float(f1.mean()), n=len(examples),
        classes=tuple(
            ClassFigures(label, float(precision[i]), float(recall[i]), float(f1[i]), int(support[i])) for i, label in enumerate(labels)
        ),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
    )
