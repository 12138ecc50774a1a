"""Neurons that a student leaves out stay silent while it learns, and the export drops them."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.models.conversion.export import load_checkpoint
from builder.models.conversion.passes.silent_neurons import drop_silent_neurons
from builder.models.training.neurons import BIAS, INTO, OUT, keep_strongest, strengths
from tests.support.checkpoints import write_checkpoint

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.train
ROWS = [[2, 7, 9, 3], [2, 11, 3]]


def batch() -> dict[str, object]:
    ids = torch.tensor([[2, 7, 9, 11, 3]])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def test_the_strongest_neurons_are_those_that_add_most_to_their_layer(tmp_path: Path) -> None:
    encoder = load_checkpoint(write_checkpoint(tmp_path, "bert")).base_model
    layer = encoder.encoder.layer[0]
    with torch.no_grad():
        layer.output.dense.weight[:, 5] *= 100  # adds much
        layer.intermediate.dense.weight[3] = 0  # never active: gelu(0) is 0
        layer.intermediate.dense.bias[3] = 0
    found = strengths(encoder, ROWS)
    assert len(found) == len(encoder.encoder.layer)
    assert found[0].argmax() == 5
    assert found[0].argmin() == 3
    assert found[0][3] == 0


def test_neurons_that_are_left_out_stay_silent_and_the_export_drops_them(tmp_path: Path) -> None:
    model = load_checkpoint(write_checkpoint(tmp_path, "electra"))
    encoder = model.base_model.encoder
    strength = strengths(model.base_model, ROWS)
    for layer, order in zip(encoder.layer, strength, strict=True):
        layer.load_state_dict(keep_strongest(layer.state_dict(), order, 9, len(order)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        model(**batch(), labels=torch.tensor([1])).loss.backward()
        optimizer.step()
    before = model.eval()(**batch()).logits
    width = len(strength[0])
    assert drop_silent_neurons(model) == len(encoder.layer) * (width - 9)
    assert all(layer.intermediate.dense.out_features == 9 for layer in encoder.layer)
    torch.testing.assert_close(model(**batch()).logits, before)
    assert drop_silent_neurons(model) == 0


def test_a_narrower_layer_keeps_the_order_of_its_neurons() -> None:
    layer = {INTO: torch.arange(8.0).view(4, 2), BIAS: torch.arange(4.0), OUT: torch.ones(2, 4)}
    kept = keep_strongest(layer, torch.tensor([0.1, 4.0, 3.0, 5.0]), kept=2, width=3)
    assert kept[BIAS].tolist() == [1, 0, 3]
    assert kept[INTO].tolist() == [[2, 3], [0, 0], [6, 7]]
    assert kept[OUT].tolist() == [[1, 0, 1], [1, 0, 1]]
