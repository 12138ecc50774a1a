"""Leave out the weakest neurons of a layer's feed-forward part.

A neuron that is left out has only zeros as weights. It then stays silent through all training,
because its gradients are zero too, and the export drops it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

INTO, BIAS, OUT = "intermediate.dense.weight", "intermediate.dense.bias", "output.dense.weight"


def strengths(teacher: Any, rows: Sequence[list[int]]) -> list[Tensor]:
    """How much each neuron adds to the output of its layer: the root mean square of its activation
    over some texts, times the norm of its output weights.

    :param teacher: a BERT encoder.
    :param rows: the token ids of the texts.
    :returns: for each layer ``(neurons)``.
    """
    import torch

    layers = teacher.encoder.layer
    sums = [torch.zeros(layer.intermediate.dense.out_features) for layer in layers]

    def adder(total: Tensor) -> Any:
        def add(_module: Any, _inputs: Any, output: Tensor) -> None:
            total.add_(output.float().square().sum(dim=(0, 1)))

        return add

    hooks = [
        layer.intermediate.register_forward_hook(adder(total))
        for layer, total in zip(layers, sums, strict=True)
    ]
    teacher.eval()
    with torch.inference_mode():
        for row in rows:
            teacher(input_ids=torch.tensor([row]))
    for hook in hooks:
        hook.remove()
    tokens = max(1, sum(len(row) for row in rows))
    return [
        (total / tokens).sqrt() * layer.output.dense.weight.detach().norm(dim=0)
        for layer, total in zip(layers, sums, strict=True)
    ]


def keep_strongest(
    layer: dict[str, Tensor], strength: Tensor, kept: int, width: int
) -> dict[str, Tensor]:
    """A layer's weights with the ``width`` strongest neurons, of which all but the ``kept``
    strongest are silent.
    """
    order = strength.argsort(descending=True, stable=True)
    chosen = order[:width].sort().values
    into, bias, out = layer[INTO][chosen], layer[BIAS][chosen], layer[OUT][:, chosen]
    silent = ~(chosen[:, None] == order[None, :kept]).any(dim=1)
    return layer | {
        INTO: into.masked_fill(silent[:, None], 0),
        BIAS: bias.masked_fill(silent, 0),
        OUT: out.masked_fill(silent[None, :], 0),
    }
