"""Whether a package's pages are isolated from all others (``crossOriginIsolated``): if not, Chrome
gives them one thread only.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.config.extension import ExtensionConfig
from builder.errors import BuilderError
from builder.models.asset.asset import Asset

LEAST_WEIGHTS = 8_000_000
"""Weights that each token is multiplied with, from which on several threads are worth it. An
isolated page has a process of its own: in Chromium on two cores that is 20 MB, and 0.24 s at the
first click after the browser started. Of a text of 24 tokens a second thread takes off 1.6 of 4.2
ms with 3.8 million weights, 6.5 of 14.2 ms with 10.8 million, 24 of 46 ms with 42 million
(docs/explanation/performance.md).
"""

KEYS = ("cross_origin_embedder_policy", "cross_origin_opener_policy")
"""Of the manifest, both of which it takes."""

_LOOK_UPS = (
    "Gather",
    "GatherBlockQuantized",
    "EmbedLayerNormalization",
    "QEmbedLayerNormalization",
)
_UNPACKING = ("Cast", "DequantizeLinear", "Identity")


def wants_isolation(config: ExtensionConfig, asset: Asset, browser: str) -> bool:
    """Whether the pages of the package for a browser are to be isolated: not in Firefox, whose
    extensions have one thread all the same.

    :raises BuilderError: if the model's graph cannot be read.
    """
    if browser != "chrome":
        return False
    if config.threads == "auto":
        return multiplied_weights(asset.folder / asset.description["graph"]) >= LEAST_WEIGHTS
    return config.threads > 1


def is_isolated(manifest: Mapping[str, Any]) -> bool:
    return all(key in manifest for key in KEYS)


def multiplied_weights(graph: Path) -> int:
    """How many numbers of a model are not just looked up, as embeddings are.

    :raises BuilderError: if the file cannot be read.
    """
    import onnx  # takes a tenth of a second

    try:
        model = onnx.load(str(graph), load_external_data=False).graph
    except Exception as error:  # protobuf raises its own classes, by backend
        raise BuilderError(
            f"{graph}: cannot be read as an ONNX model", hint=str(error), place=str(graph)
        ) from None
    users = defaultdict(list)
    for node in model.node:
        for name in node.input:
            users[name].append(node)

    def is_looked_up(name: str) -> bool:
        return all(
            node.op_type in _LOOK_UPS
            or (node.op_type in _UNPACKING and is_looked_up(node.output[0]))
            for node in users[name]
        )

    return sum(math.prod(entry.dims) for entry in model.initializer if not is_looked_up(entry.name))
