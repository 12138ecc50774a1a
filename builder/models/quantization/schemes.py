"""Quantization schemes: each has a name that describes it, and writes the quantized graph."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from builder.errors import BuilderError
from builder.models.conversion.export import save_with_weights
from builder.models.quantization.embeddings import quantize_embeddings

if TYPE_CHECKING:
    import onnx

DEFAULTS = (
    "s8-channel+e4x128",
    "s8-channel+e4x64",
    "s8-channel+e4x32",
    "s8-channel-reduced+e4x64",
    "s8-tensor+e4x64",
    "u8-channel+e4x64",
    "s8-channel+e8x128",
    "u8-tensor+e8x128",
    "s8-channel+e8x128+float-head",
    "s8-channel+e8x128+float-last",
)
"""Roughly from the smallest on. Activations are uint8 in all of them: signed activations fall back
to scalar code in the wasm kernels.
"""

_NAME = re.compile(
    r"(s8|u8)-(channel|tensor)(-reduced)?\+e(4|8|32)(?:x(16|32|64|128|256))?(?:\+float-(head|last))?"
)
GRAMMAR = (
    "s8 or u8, -channel or -tensor, optionally -reduced; +e4xBLOCK, +e8xBLOCK or +e32; optionally"
    " +float-head or +float-last"
)
ATTENTION = ("Attention", "MultiHeadAttention")
_LAYER = re.compile(r"layer[./](\d+)")


@dataclass(frozen=True)
class QuantizationScheme:
    """How to quantize weights and word embeddings, and which layers stay in float."""

    name: str
    signed: bool
    per_channel: bool
    reduced: bool
    """7 bits instead of 8: kernels cannot saturate, and the weights compress better."""
    embedding_bits: int
    block_size: int
    float_layers: str
    """``head``: the classifier's head; ``last``: also the encoder's last layer; empty: none."""

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read a name.

        :raises BuilderError: if it is not a scheme.
        """
        match = _NAME.fullmatch(name)
        if match is None or (match[4] == "32") != (match[5] is None):
            raise BuilderError(f"'{name}' is no quantization scheme", hint=GRAMMAR)
        return cls(
            name,
            match[1] == "s8",
            match[2] == "channel",
            bool(match[3]),
            int(match[4]),
            int(match[5] or 0),
            match[6] or "",
        )

    @property
    def description(self) -> str:
        """The scheme in words."""
        kind = (
            f"{'int8' if self.signed else 'uint8'} per"
            f" {(self.per_channel and 'channel') or 'tensor'}"
        )
        reduced = " in 7 bits" if self.reduced else ""
        table = (
            f"{self.embedding_bits} bits in blocks of {self.block_size}"
            if self.embedding_bits < 32
            else "float"
        )
        left = {
            "head": "; float: the classifier's head",
            "last": "; float: the encoder's last layer and the classifier's head",
            "": "",
        }
        return (
            f"dynamic: weights {kind}{reduced}, activations uint8, word embeddings"
            f" {table}{left[self.float_layers]}"
        )

    def write(self, fp32: Path, folder: Path) -> None:
        """Write the quantized graph and its weights into ``folder``.

        onnxruntime optimizes the graph ahead of time, so that the extension need not. One file
        holds all weights, which halves the session's start-up time and heap.
        """
        import onnx
        import onnxruntime
        from onnxruntime.quantization import QuantType, quantize_dynamic

        # quantize_dynamic recommends a preprocessing that fusion has already done.
        logging.getLogger().setLevel(logging.ERROR)
        folder.mkdir(exist_ok=True)
        scratch, optimized = folder / "quantized.onnx", folder / "optimized.onnx"
        model = onnx.load(str(fp32))
        if self.embedding_bits < 32:
            quantize_embeddings(model, bits=self.embedding_bits, block_size=self.block_size)
        operators = ["MatMul", "Attention"] if self.embedding_bits == 32 else None
        quantize_dynamic(
            model,
            str(scratch),
            per_channel=self.per_channel,
            reduce_range=self.reduced,
            weight_type=QuantType.QInt8 if self.signed else QuantType.QUInt8,
            op_types_to_quantize=operators,
            nodes_to_exclude=_float_nodes(model, self.float_layers),
            # ONNX cannot infer types through fused operators.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        options = onnxruntime.SessionOptions()
        # 'all' would optimize for this processor only.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(optimized)
        options.log_severity_level = 3  # it warns of files for one machine, which 'all' makes
        onnxruntime.InferenceSession(str(scratch), options, providers=["CPUExecutionProvider"])
        save_with_weights(optimized, folder)
        scratch.unlink()
        optimized.unlink()


def _float_nodes(model: onnx.ModelProto, layers: str) -> list[str]:
    """The names of the nodes to keep in float. quantize_dynamic turns each Gemm into a MatMul and
    renames it.
    """
    if not layers:
        return []
    nodes = list(model.graph.node)
    # Only the head has Gemm nodes; the encoder has MatMul.
    names = [f"{node.name}_MatMul" for node in nodes if node.op_type == "Gemm"]
    if layers == "last":
        numbers = [int(match[1]) if (match := _LAYER.search(node.name)) else -1 for node in nodes]
        last = max(numbers)
        start = next((index for index, number in enumerate(numbers) if number == last), len(nodes))
        attention = max(
            (index for index, node in enumerate(nodes) if node.op_type in ATTENTION), default=start
        )
        names += [
            node.name
            for node in nodes[min(start, attention) :]
            if node.op_type in ("MatMul", "Attention")
        ]
    return names
