from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from tests.support.tiny import description, write_description


def test_a_whole_asset_loads_with_its_labels_and_files(tiny_asset: Path) -> None:
    asset = load_asset(tiny_asset)
    assert asset.label_ids == ["good", "bad", "odd"]
    assert asset.shipped == ["model.json", "README.md", "model.onnx", "vocab.txt"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 9}, "format: 9 is not the format"),
        ({"activation": "tanh"}, "activation: 'tanh' is not known"),
        ({"tokenizer": {"kind": "char", "vocabulary": "a"}}, "tokenizer.kind: 'char' is not known"),
        ({"temperature": 0.0}, "temperature: has to be above 0"),
        ({"min_score": 1.5}, "min_score: 1.5 is not a score"),
        ({"thresholds": [0.5, 0.5, 0.5]}, "thresholds: mean nothing with 'softmax'"),
        ({"activation": "sigmoid", "thresholds": [0.5]}, "thresholds: 1 for 3 labels"),
        ({"activation": "sigmoid", "thresholds": [0.5, 2, 0.5]}, "thresholds[1]: 2 is not a score"),
        ({"labels": [{"id": "good"}] * 2}, "labels[0].name: missing"),
        ({"labels": [{"id": "", "name": {}}] * 2}, "labels[0].id: is empty"),
        ({"max_length": 0}, "max_length: 0 is too small"),
        ({"max_length": -1}, "max_length: -1 is too small"),
        ({"max_length": True}, "max_length: expected a whole number, found true"),
        ({"inputs": [{"name": "x", "role": "y", "type": "int64"}]}, "inputs[0].role: 'y' is not"),
        ({"treshold": 1}, "treshold: unknown key"),
        ({"max_length": 32.0}, "max_length: expected a whole number, found 32.0"),
        ({"max_length": 10**30}, "max_length: 1000000000000000000000000000000 is too large"),
        ({"temperature": float("nan")}, "not valid JSON: NaN"),
        ({"inputs": []}, "inputs: names nothing, and model.onnx takes input_ids"),
        ({"output": {"name": "scores"}}, "has no output 'scores'"),
        ({"weights": "weights.bin"}, "weights: 'weights.bin' is not listed under files"),
        (
            {"files": [{"path": "../out", "bytes": 1, "sha256": "0" * 64}]},
            "leads out of the asset's folder",
        ),
    ],
)
def test_a_description_that_does_not_hold_is_refused(
    change: dict[str, Any], complaint: str, tiny_asset: Path
) -> None:
    write_description(tiny_asset, description(tiny_asset) | change)
    with pytest.raises(BuilderError) as caught:
        load_asset(tiny_asset)
    assert complaint in str(caught.value)


def test_an_asset_without_its_card_is_refused(tiny_asset: Path) -> None:
    (tiny_asset / "README.md").unlink()
    with pytest.raises(BuilderError, match=r"README\.md: missing"):
        load_asset(tiny_asset)


def test_a_graph_that_is_no_onnx_file_is_refused(tiny_asset: Path) -> None:
    (tiny_asset / "model.onnx").write_bytes(b"not a model")
    write_description(tiny_asset, description(tiny_asset))
    with pytest.raises(BuilderError, match=r"model\.onnx: cannot be read as an ONNX model"):
        load_asset(tiny_asset)


WRONG_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    0.5,
    "",
    "../x\0",
    "a" * 1000,
    [],
    [[]],
    {"a": 1},
)


def places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The keys that lead to each value inside a parsed JSON value."""
    if place:
        yield place
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*place, index))


@pytest.mark.slow
def test_no_wrong_value_in_model_json_ends_in_a_traceback(tiny_asset: Path) -> None:
    whole = description(tiny_asset)
    for place in list(places(whole)):
        for wrong in WRONG_VALUES:
            changed = copy.deepcopy(whole)
            target: Any = changed
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = wrong
            write_description(tiny_asset, changed)
            try:
                asset = load_asset(tiny_asset)
            except BuilderError as error:
                assert "\n" not in str(error), place
                continue
            Scorer(asset.folder, asset.description).scores(["fine, poor"])
