"""Drop the neurons of a feed-forward part whose weights are all zero: they add nothing."""

from __future__ import annotations

from typing import Any


def drop_silent_neurons(model: Any) -> int:
    """Narrow the feed-forward parts of a BERT-like model where neurons are silent.

    A silent neuron has zeros as input weights, bias and output weights, so that the model's outputs
    stay the same.

    :returns: the number of neurons that were dropped.
    """
    import torch

    dropped = 0
    encoder = getattr(model.base_model, "encoder", None)
    for layer in getattr(encoder, "layer", ()):
        try:
            into, out = layer.intermediate.dense, layer.output.dense
        except AttributeError:  # a family with other names
            continue
        used = (into.weight != 0).any(dim=1) | (into.bias != 0) | (out.weight != 0).any(dim=0)
        if used.all():
            continue
        dropped += int((~used).sum())
        with torch.no_grad():
            layer.intermediate.dense = _linear(into.weight[used], into.bias[used])
            layer.output.dense = _linear(out.weight[:, used], out.bias)
    return dropped


def _linear(weight: Any, bias: Any) -> Any:
    import torch

    linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
    linear.weight.copy_(weight)
    linear.bias.copy_(bias)
    return linear
