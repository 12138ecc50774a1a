"""The ONNX Runtime Web files that ship: the plain wasm-simd build, unmodified, pinned by hash."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuilderError
from builder.files import sha256_of
from builder.places import runtime_folder

VERSION = "1.30.0"


@dataclass(frozen=True)
class RuntimeFile:
    """A file of the npm release onnxruntime-web ``VERSION``, folder dist."""

    name: str
    sha256: str


FILES = (
    RuntimeFile("ort.wasm.min.mjs", "219e6a1fc8a9938268d18efca3c91d310bd2f4a59bbd13744df5b2b7fc6cee3b"),
    RuntimeFile("ort-wasm-simd-threaded.mjs", "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b"),
    RuntimeFile("ort-wasm-simd-threaded.wasm", "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2"),
)


def runtime_files() -> dict[str, Path]:
    """Bundle path to source file, after each was compared with the release.

    :raises BuilderError: if a file is missing or is not the released one (stores refuse modified libraries).
    """
    folder = runtime_folder()
    found = {}
    for file in FILES:
        path = folder / file.name
        if not path.is_file():
            raise BuilderError(f"{path}: missing", hint="run 'npm ci' in tools/ (make pack does)", place=str(path))
        if sha256_of(path) != file.sha256:
            raise BuilderError(
                f"{path}: not the file of onnxruntime-web {VERSION} (SHA-256 differs)", hint="run 'npm ci' in tools/", place=str(path),
            )
        found[f"runtime/{file.name}"] = path
    return found
