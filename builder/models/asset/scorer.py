"""Run an asset with Python's onnxruntime."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.models.asset.scoring import Scores, Scoring, probabilities
from builder.models.asset.tokenizer import reference_tokenizer
from builder.progress import Advance


class Scorer:
    """A model with its tokenizer, run by onnxruntime with one unpadded text at a time.

    Padding and other texts of a batch would change the scores: dynamic int8 quantization has one
    scale for a whole activation tensor.
    """

    def __init__(
        self,
        folder: Path,
        description: dict[str, Any],
        *,
        graph: Path | None = None,
        threads: int = 0,
    ) -> None:
        """:param description: the content of model.json.
        :param graph: an ONNX file with the same inputs, instead of the one that ``description``
            names.
        :param threads: for one run; 0 lets onnxruntime decide.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Without it, int8 kernels saturate on processors without VNNI; the browser's do not.
        options.add_session_config_entry("session.x64quantprecision", "1")
        options.intra_op_num_threads = threads
        self.description = description
        self._session = onnxruntime.InferenceSession(
            str(graph or folder / description["graph"]),
            options,
            providers=["CPUExecutionProvider"],
        )
        self.run_ms: list[float] = []
        """Milliseconds of each run so far."""
        self._tokenizer = reference_tokenizer(
            description["tokenizer"], folder, max_length=description["max_length"]
        )

    def logits(
        self, texts: Sequence[str], advance: Advance = lambda _: None
    ) -> NDArray[np.float32]:
        """Raw outputs of shape ``(texts, labels)``.

        :param advance: called with 1 after each text.
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
        """Probabilities of shape ``(texts, labels)``, by the asset's activation and
        temperature.
        """
        return probabilities(self.logits(texts, advance), Scoring.of(self.description))
