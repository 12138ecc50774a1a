"""Run an asset with Python's onnxruntime."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
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
        options.log_severity_level = 4  # failures are reported as exceptions
        self._graph = graph or folder / description["graph"]
        try:
            self._session = onnxruntime.InferenceSession(
                _loadable(self._graph),
                options,
                providers=["CPUExecutionProvider"],
                enable_fallback=0,  # it prints
            )
        except Exception as error:  # onnxruntime's own classes, and some of Python's
            raise self._unusable(error) from None
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
            try:
                rows.append(self._session.run([self.description["output"]["name"]], feeds)[0][0])
            except Exception as error:
                raise self._unusable(error) from None
            self.run_ms.append(1000 * (time.perf_counter() - began))
            advance(1)
        return np.stack(rows)

    def scores(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Scores:
        """Probabilities of shape ``(texts, labels)``, by the asset's activation and
        temperature.

        :raises BuilderError: if a score is not a number.
        """
        logits = self.logits(texts, advance)
        if not np.isfinite(logits).all():
            raise BuilderError(
                f"{self._graph}: gives a score that is not a number",
                hint="import the model again: builder model import",
                place=str(self._graph),
            )
        return probabilities(logits, Scoring.of(self.description))

    def _unusable(self, error: Exception) -> BuilderError:
        first = str(error).strip().split("\n")[0]
        return BuilderError(
            f"{self._graph}: cannot be run as an ONNX model: {first}",
            hint="import the model again: builder model import",
            place=str(self._graph),
        )


def _loadable(graph: Path) -> str | bytes:
    """What onnxruntime can load of an ONNX file: its path, or a model in which layers that share
    their int8 weights (ALBERT) have copies. It converts shared ones twice under
    ``session.x64quantprecision``, and fails at the second.
    """
    import onnx

    model = onnx.load(str(graph), load_external_data=False)
    int8 = {
        tensor.name
        for tensor in model.graph.initializer
        if tensor.data_type == onnx.TensorProto.INT8
    }
    seen: set[str] = set()
    shared: list[tuple[Any, int]] = []
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            if name in int8 and name in seen:
                shared.append((node, index))
            seen.add(name)
    if not shared:
        return str(graph)
    onnx.load_external_data_for_model(model, str(graph.parent))
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for number, (node, index) in enumerate(shared):
        copy = model.graph.initializer.add()
        copy.CopyFrom(tensors[node.input[index]])
        copy.name = node.input[index] = f"{copy.name}_{number}"
    whole: bytes = model.SerializeToString()
    return whole
