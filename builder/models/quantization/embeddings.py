"""Word embeddings at 4 or 8 bits: a smaller table costs no time, as it is only looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

SMALLEST = 1000  # rows; smaller tables, such as positions, are not worth it


def quantize_embeddings(model: onnx.ModelProto, *, bits: int, block_size: int) -> list[str]:
    """Replace each lookup in a large float table by GatherBlockQuantized, in place.

    Each block of ``block_size`` neighbours in a row has its own scale and zero point; the last
    block of a row may be shorter.

    :param bits: 4 or 8.
    :returns: the names of the tables.
    """
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer}
    stored = TensorProto.UINT4 if bits == 4 else TensorProto.UINT8
    done = []
    for node in graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if (
            table is None
            or table.data_type != TensorProto.FLOAT
            or len(table.dims) != 2
            or table.dims[0] < SMALLEST
        ):
            continue
        codes, scales, zeros = block_codes(
            numpy_helper.to_array(table), bits=bits, block_size=block_size
        )
        name = table.name
        node.op_type, node.domain = "GatherBlockQuantized", "com.microsoft"
        node.input[:] = [f"{name}_codes", node.input[1], f"{name}_scales", f"{name}_zeros"]
        del node.attribute[:]
        node.attribute.extend(
            helper.make_attribute(key, value)
            for key, value in (
                ("bits", bits),
                ("block_size", block_size),
                ("gather_axis", 0),
                ("quantize_axis", 1),
            )
        )
        graph.initializer.remove(table)
        graph.initializer.append(numpy_helper.from_array(scales, f"{name}_scales"))
        for part, values in (("codes", codes), ("zeros", zeros)):
            packed = _packed(values) if bits == 4 else values.tobytes()
            graph.initializer.append(
                helper.make_tensor(f"{name}_{part}", stored, values.shape, packed, raw=True)
            )
        done.append(name)
    if done and all(entry.domain != "com.microsoft" for entry in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    if done:  # 4-bit tensors came with opset 21 of ONNX; onnxruntime reads them under any
        model.ir_version = max(model.ir_version, 10)
    return done


def block_codes(
    table: NDArray[np.float32],
    *,
    bits: int,
    block_size: int,
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.uint8]]:
    """Quantize a table: codes of ``bits`` bits in its shape, and a scale and a zero point for each
    block, so that ``value = (code - zero) * scale``.
    """
    rows, width = table.shape
    steps = 2**bits - 1
    padding = -width % block_size
    # A block's range includes 0 in any case, so that padding with 0 does not widen it.
    blocks = np.pad(table, ((0, 0), (0, padding))).reshape(rows, -1, block_size)
    low, high = np.minimum(blocks.min(axis=2), 0), np.maximum(blocks.max(axis=2), 0)
    scales = np.maximum((high - low) / steps, np.finfo(np.float32).tiny).astype(np.float32)
    zeros = np.clip(np.round(-low / scales), 0, steps).astype(np.uint8)
    codes = np.clip(np.round(blocks / scales[..., None]) + zeros[..., None], 0, steps).astype(
        np.uint8
    )
    return np.ascontiguousarray(codes.reshape(rows, -1)[:, :width]), scales, zeros


def _packed(codes: NDArray[np.uint8]) -> bytes:
    """Two codes in a byte, the first in the lower half."""
    flat = codes.reshape(-1)
    if len(flat) % 2:
        flat = np.append(flat, 0).astype(np.uint8)
    return bytes((flat[0::2] | (flat[1::2] << 4)).astype(np.uint8).tobytes())
