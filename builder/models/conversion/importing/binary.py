"""A binary classifier with one logit gets a second one, so that both answers have a score."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.models.conversion.importing.opened import OpenedModel
from builder.models.conversion.passes.logits import add_negative_logit


def with_both_logits(model: OpenedModel, scratch: Path) -> OpenedModel:
    """The model with a zero as the logit of the negative answer. Its graph is written into
    ``scratch``.
    """
    import onnx

    whole = onnx.load(str(model.graph))
    add_negative_logit(whole, model.output)
    target = scratch / "binary.onnx"
    onnx.save_model(whole, str(target), save_as_external_data=True, location="binary.bin")

    def logits(ids: list[int]) -> NDArray[np.float32]:
        positive = model.logits(ids)[0]
        return np.array([0, positive], dtype=np.float32)

    return replace(model, graph=target, logits=logits, activation="softmax")
