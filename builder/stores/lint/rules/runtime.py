"""LM6: ONNX Runtime Web's files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from builder.packaging.runtime import FILES, TOKENIZERS, TOKENIZERS_VERSION, VERSION
from builder.report import megabytes
from builder.stores.extension import RELEASED, Extension
from builder.stores.lint.findings import Hit, rule

_LIBRARIES = "https://extensionworkshop.com/documentation/publish/third-party-library-usage/"
_NAMES = {file.name for file in (*FILES, TOKENIZERS)}
_RUNTIME_NAME = re.compile(r"(^|/)ort[.-][\w.-]*\.(m?js|wasm)$")


@rule(
    "LM601",
    "A runtime file is not the released one",
    source=_LIBRARIES,
    fix="restore the unmodified file of the npm release",
    why=(
        "Reviewers compare the SHA-256 of libraries with their releases, and reject modified ones."
    ),
)
def modified(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if name.rsplit("/", 1)[-1] in _NAMES and extension.sha256(name) not in RELEASED:
            release = (
                f"@huggingface/tokenizers {TOKENIZERS_VERSION}"
                if name.endswith(TOKENIZERS.name)
                else f"onnxruntime-web {VERSION}"
            )
            yield Hit(
                name,
                0,
                (f"differs from the file of {release} (SHA-256 {extension.sha256(name)[:16]}...)"),
            )


@rule(
    "LM602",
    "The package ships the runtime twice",
    source="https://developer.chrome.com/docs/webstore/program-policies/best-practices",
    fix="keep the one build that the worker loads",
    why="A second WebAssembly build adds 14 to 28 MB that never run.",
)
def twice(extension: Extension) -> Iterator[Hit]:
    wasm = [name for name in sorted(extension.tree.names) if name.endswith(".wasm")]
    found = [name for name in wasm if _RUNTIME_NAME.search(name)]
    found += [name for name in wasm if name not in found and extension.sha256(name) in RELEASED]
    for name in found[1:]:
        yield Hit(name, 0, f"duplicates {found[0]} ({megabytes(extension.tree.size(name))})")


@rule(
    "LM603",
    "WebAssembly has an unknown origin",
    severity="warning",
    source=_LIBRARIES,
    heuristic=True,
    stores=("firefox",),
    fix="name its release and SHA-256 in the notes for reviewers",
    why="Reviewers cannot read WebAssembly, so they ask where it comes from.",
)
def unknown(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if (
            name.endswith(".wasm")
            and extension.sha256(name) not in RELEASED
            and name.rsplit("/", 1)[-1] not in _NAMES
        ):
            yield Hit(name, 0, f"is not a file of onnxruntime-web {VERSION}")
