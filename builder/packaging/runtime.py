"""Other people's JavaScript that ships, unmodified and pinned by hash: ONNX Runtime Web; for some
models a tokenizer library; where a server delivers the model, a zstd decoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuilderError
from builder.files import sha256_of
from builder.paths import runtime_folder, tokenizers_folder, zstddec_folder

VERSION = "1.30.0"
TOKENIZERS_VERSION = "0.2.0"
ZSTDDEC_VERSION = "0.3.4"


@dataclass(frozen=True)
class RuntimeFile:
    """A file of an npm release, folder dist."""

    name: str
    sha256: str


FILES = (
    RuntimeFile(
        "ort.wasm.min.mjs", "219e6a1fc8a9938268d18efca3c91d310bd2f4a59bbd13744df5b2b7fc6cee3b"
    ),
    RuntimeFile(
        "ort-wasm-simd-threaded.mjs",
        "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
    ),
    RuntimeFile(
        "ort-wasm-simd-threaded.wasm",
        "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    ),
)
"""Of onnxruntime-web ``VERSION``: the plain wasm-simd build."""

TOKENIZERS = RuntimeFile(
    "tokenizers.mjs", "1c4a848f86156201c033d6cd08c4cf81ae1088552acec3367f31ef086edf5af0"
)
"""Of @huggingface/tokenizers ``TOKENIZERS_VERSION``."""

ZSTDDEC = RuntimeFile(
    "zstddec.mjs", "0757a0bb9bfbc5ae968f7eae0d6cdd6083da1e2e45d23e3af34d1a27e062fb80"
)
"""Of zstddec ``ZSTDDEC_VERSION``."""


@dataclass(frozen=True)
class Release:
    """An npm release with files that ship; ``notice``: its licence's file in ``notices/``."""

    package: str
    version: str
    licence: str
    notice: str
    files: tuple[RuntimeFile, ...]


RELEASES = (
    Release("onnxruntime-web", VERSION, "MIT", "onnxruntime-web.txt", FILES),
    Release(
        "@huggingface/tokenizers",
        TOKENIZERS_VERSION,
        "Apache-2.0",
        "huggingface-tokenizers.txt",
        (TOKENIZERS,),
    ),
    Release("zstddec", ZSTDDEC_VERSION, "MIT AND BSD-3-Clause", "zstddec.txt", (ZSTDDEC,)),
)
"""All code of others that a package may contain, each file with its SHA-256."""


def runtime_files(*, tokenizers: bool = False, zstd: bool = False) -> dict[str, Path]:
    """Bundle path to source file, after each was compared with its release.

    :param tokenizers: whether the model needs Hugging Face's tokenizers.
    :param zstd: whether a server delivers the model, packed.
    :raises BuilderError: if a file is missing or is not the released one (stores refuse modified
        libraries).
    """
    wanted = [(runtime_folder(), file, f"onnxruntime-web {VERSION}") for file in FILES]
    if tokenizers:
        wanted.append(
            (tokenizers_folder(), TOKENIZERS, f"@huggingface/tokenizers {TOKENIZERS_VERSION}")
        )
    if zstd:
        wanted.append((zstddec_folder(), ZSTDDEC, f"zstddec {ZSTDDEC_VERSION}"))
    found = {}
    for folder, file, release in wanted:
        path = folder / file.name
        if not path.is_file():
            raise BuilderError(
                f"{path}: missing", hint="run 'npm ci' in tools/ (make pack does)", place=str(path)
            )
        if sha256_of(path) != file.sha256:
            raise BuilderError(
                f"{path}: not the file of {release} (SHA-256 differs)",
                hint="run 'npm ci' in tools/",
                place=str(path),
            )
        found[f"runtime/{file.name}"] = path
    return found
