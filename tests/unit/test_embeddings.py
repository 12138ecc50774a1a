from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from builder.models.quantization.embeddings import block_codes, quantize_embeddings

ROWS, WIDTH, BLOCK = 1200, 64, 32


@pytest.fixture
def table() -> np.ndarray:
    return np.random.default_rng(7).normal(size=(ROWS, WIDTH)).astype(np.float32)


def lookup(table: np.ndarray) -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["rows"])],
        "lookup",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [None])],
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(table, "table")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize(("bits", "smaller"), [(4, 6), (8, 3)])
def test_a_lookup_gives_the_codes_times_their_scales(
    bits: int, smaller: int, table: np.ndarray
) -> None:
    model = lookup(table)
    assert quantize_embeddings(model, bits=bits, block_size=BLOCK) == ["table"]
    ids = np.array([0, 7, ROWS - 1])
    (rows,) = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    ).run(None, {"ids": ids})
    codes, scales, zeros = block_codes(table, bits=bits, block_size=BLOCK)
    blocks = (codes.reshape(ROWS, -1, BLOCK) - zeros[..., None].astype(np.float32)) * scales[
        ..., None
    ]
    np.testing.assert_allclose(rows, blocks.reshape(ROWS, WIDTH)[ids], rtol=1e-6)
    assert (
        np.abs(rows - table[ids]).max() <= scales[ids].max() * 1.01
    )  # at most a step, where the zero point was rounded too
    assert model.ByteSize() < table.nbytes / smaller


def test_the_last_block_of_a_row_may_be_shorter(table: np.ndarray) -> None:
    model = lookup(table[:, :48])
    quantize_embeddings(model, bits=8, block_size=BLOCK)
    (rows,) = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    ).run(None, {"ids": np.array([3])})
    np.testing.assert_allclose(rows[0], table[3, :48], atol=0.05)


def test_small_tables_stay_as_they_are(table: np.ndarray) -> None:
    model = lookup(table[:500])
    assert quantize_embeddings(model, bits=4, block_size=BLOCK) == []
    assert model == lookup(table[:500])


def test_a_block_of_equal_values_comes_back() -> None:
    codes, scales, zeros = block_codes(
        np.full((1, 32), 0.5, dtype=np.float32), bits=4, block_size=32
    )
    assert (codes.astype(np.float32) - zeros[0, 0]) * scales[0, 0] == pytest.approx(0.5)
    codes, scales, zeros = block_codes(np.zeros((1, 32), dtype=np.float32), bits=4, block_size=32)
    assert np.all((codes.astype(np.float32) - zeros[0, 0]) * scales[0, 0] == 0)
