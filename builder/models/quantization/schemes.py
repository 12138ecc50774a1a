"""Ways to make a graph small: each has a name that says what it does, and writes the graph that it
stands for.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from builder.errors import BuilderError
from builder.models.quantization.embeddings import quantize_embeddings

if TYPE_CHECKING:
    import onnx

GRAPH, WEIGHTS = "model.onnx", "weights.bin"

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
"""From the smallest on, as far as that is the same for all models. Activations are uint8 in all of
them: signed ones fall back to scalar code in the wasm kernels.
"""

_NAME = re.compile(
    r"(s8|u8)-(channel|tensor)(-reduced)?\+e(4|8|32)(?:x(16|32|64|128|256))?(?:\+float-(head|last))?"
)
GRAMMAR = (
    "s8 or u8, -channel or -tensor, perhaps -reduced; +e4xBLOCK, +e8xBLOCK or +e32; perhaps"
    " +float-head or +float-last"
)
ATTENTION = ("Attention", "MultiHeadAttention")
_LAYER = re.compile(r"layer[./](\d+)")


@dataclass(frozen=True)
class Candidate:
    """A quantization of weights, of word embeddings, and what it leaves in float."""

    name: str
    signed: bool
    per_channel: bool
    reduced: bool
    """7 bits instead of 8: no kernel can saturate, and the weights compress better."""
    embedding_bits: int
    block_size: int
    float_layers: str
    """``head``: what follows the encoder; ``last``: that and the encoder's last layer; empty:
    nothing.
    """

    @classmethod
    def parse(cls, name: str) -> Self:
        """:raises BuilderError: if the name is none."""
        match = _NAME.fullmatch(name)
        if match is None or (match[4] == "32") != (match[5] is None):
            raise BuilderError(f"'{name}' is no way to quantize", hint=GRAMMAR)
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
    def scheme(self) -> str:
        """What it does, in words."""
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
        """Write the graph and its weights into ``folder``.

        onnxruntime optimizes the graph for good, so that the extension can skip that; one blob
        holds all weights, which halves the session's start-up and heap.
        """
        import onnx
        import onnxruntime
        from onnxruntime.quantization import QuantType, quantize_dynamic

        logging.getLogger().setLevel(
            logging.ERROR
        )  # quantize_dynamic recommends a preprocessing that fusion has done
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
            extra_options={
                "DefaultTensorType": onnx.TensorProto.FLOAT
            },  # ONNX cannot infer types through fused operators
        )
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        )  # 'all' would fit this processor only
        options.optimized_model_filepath = str(optimized)
        options.log_severity_level = (
            3  # it warns that the file is for this machine, which holds for 'all'
        )
        onnxruntime.InferenceSession(str(scratch), options, providers=["CPUExecutionProvider"])
        onnx.save_model(
            onnx.load(str(optimized)),
            str(folder / GRAPH),
            save_as_external_data=True,
            location=WEIGHTS,
            size_threshold=1024,
        )
        scratch.unlink()
        optimized.unlink()


def _float_nodes(model: onnx.ModelProto, layers: str) -> list[str]:
    """Names of the nodes that are not to be quantized. (quantize_dynamic makes a MatMul of each
    Gemm and renames it.)
    """
    if not layers:
        return []
    nodes = list(model.graph.node)
    names = [
        f"{node.name}_MatMul" for node in nodes if node.op_type == "Gemm"
    ]  # the encoder's own products are MatMul
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
