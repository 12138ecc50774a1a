"""Check that the runtime has an operator for each node of a graph, without running it.

The wasm build has the kernels of ONNX Runtime's CPU provider, which the Python package lists. It
contains the name of each operator. The highest opset was tried on the release. A graph that passes
may still fail for a type that a kernel lacks: ``builder verify`` runs it.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from builder.errors import BuilderError

MAX_OPSET = 26
"""Of the ai.onnx domain: onnxruntime-web 1.30.0 loads a graph of opset 26 and refuses one of 27."""


WITHOUT_KERNEL = {("", "Constant")}
"""Operators that the runtime replaces when it loads a graph: a Constant becomes an initializer."""


def graph_problems(graph: Path, wasm: Path) -> list[str]:
    """The operators of an ONNX file that the runtime cannot run, in words.

    :param wasm: the runtime's WebAssembly file.
    :raises BuilderError: if the graph cannot be read.
    """
    import onnx

    try:
        model = onnx.load(str(graph), load_external_data=False)
    except Exception as error:  # protobuf raises its own classes, by backend
        raise BuilderError(
            f"{graph}: cannot be read as an ONNX model", hint=str(error), place=str(graph)
        ) from None
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    problems = []
    if (opset := opsets.get("", 0)) > MAX_OPSET:
        problems.append(f"opset {opset} (up to {MAX_OPSET} can be run)")
    kernels = _kernels()
    names = wasm.read_bytes()
    for domain, operator in sorted(
        {(_domain(node.domain), node.op_type) for node in _nodes(model.graph)} - WITHOUT_KERNEL
    ):
        versions = kernels.get((domain, operator))
        title = f"{domain}.{operator}" if domain else operator
        if versions is None or operator.encode() not in names:
            problems.append(f"{title}: no kernel")
        elif domain == "" and not any(first <= opset for first, _ in versions):
            problems.append(f"{title}: no kernel for opset {opset}")
    return problems


def _nodes(graph: Any) -> list[Any]:
    """Nodes of a graph and of the graphs inside its nodes."""
    found = []
    for node in graph.node:
        found.append(node)
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                found += _nodes(inner)
    return found


def _domain(name: str) -> str:
    return "" if name == "ai.onnx" else name


def _kernels() -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Version ranges of the CPU provider's kernels by domain and operator."""
    from onnxruntime.capi.onnxruntime_pybind11_state import get_all_opkernel_def

    found = defaultdict(list)
    for kernel in get_all_opkernel_def():
        if kernel.provider == "CPUExecutionProvider":
            found[_domain(kernel.domain), kernel.op_name].append(kernel.version_range)
    return found
