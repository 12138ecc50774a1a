"""Write a worker for the edge of a network: ``builder edge``."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.config.extension import ExtensionConfig
from builder.errors import BuilderError
from builder.files import replacing, sha256_of
from builder.models.asset.asset import DESCRIPTION, Asset, load_asset
from builder.packaging.contents import omitted_files, sources_of
from builder.packaging.references.graph import trace_references
from builder.packaging.runtime import FILES, runtime_files
from builder.packaging.self_test import self_test_of
from builder.packaging.tree import Contents, ContentsTree
from builder.paths import extension_folder
from builder.report import megabytes
from builder.site.trimmed import trim

FOLDER = "edge"
COMPATIBILITY_DATE = "2025-10-01"
"""Of the platform's behaviour. From 2024-10-14 on, one request may wait for another's work."""
ASSET_LIMIT = 25 * 1024 * 1024
MEMORY_LIMIT = 128_000_000
"""Bytes that Cloudflare allows a file and a worker (docs/how-to/edge.md has the sources)."""
_ENTRY, _START, _BUILD = "index.js", "edge/worker.js", "build.js"
_RUNTIME = "runtime/runtime.wasm"
_WASM = next(f"runtime/{file.name}" for file in FILES if file.name.endswith(".wasm"))
_WORKER, _ASSETS = "worker", "assets"


@dataclass(frozen=True)
class Edge:
    """A worker on the disk. ``worker_bytes``: of its modules; ``compressed_bytes``: of the same
    with gzip, as platforms count them; ``asset_bytes``: of the model, which comes beside it.
    """

    folder: Path
    modules: int
    worker_bytes: int
    compressed_bytes: int
    asset_bytes: int


def build_edge(config: ExtensionConfig, out: Path) -> Edge:
    """Write the worker of an extension's model to ``out/edge``, with settings for wrangler and for
    workerd.

    :raises BuilderError: if something is missing, or a file of the model is larger than the
        platform takes.
    """
    asset = load_asset(config.asset)
    _check_sizes(asset)
    modules, notices = edge_modules(config, asset)
    target = out / FOLDER
    with replacing(target) as folder:
        _write(modules, folder / _WORKER)
        _write(notices, folder)
        model = {name: asset.folder / name for name in asset.shipped}
        _write(dict(model), folder / _ASSETS / "model")
        name = f"{config.slug}-edge"
        (folder / "wrangler.toml").write_text(_wrangler(name), encoding="utf-8")
        (folder / "workerd.capnp").write_text(_workerd(sorted(modules)), encoding="utf-8")
    contents = [_bytes(content) for content in modules.values()]
    return Edge(
        target,
        len(modules),
        sum(len(content) for content in contents),
        sum(len(gzip.compress(content, 9)) for content in contents),
        sum(path.stat().st_size for path in model.values()),
    )


def _check_sizes(asset: Asset) -> None:
    for file in asset.files:
        place = str(asset.folder / file.path)
        if file.bytes > ASSET_LIMIT:
            raise BuilderError(
                f"{place}: {megabytes(file.bytes)}, and a file at the edge may have"
                f" {megabytes(ASSET_LIMIT)}",
                hint="make the model smaller: builder model quantize",
                place=place,
            )


def edge_modules(config: ExtensionConfig, asset: Asset) -> tuple[Contents, Contents]:
    """The worker's modules, and the licences of what is others'."""
    candidates = sources_of(config, asset, delivered=False)
    runtime = runtime_files(tokenizers=asset.needs_tokenizers)
    wasm = runtime[_WASM].read_bytes()
    used = extension_folder() / "engine/wasm-trim/used-functions.js"
    candidates |= {name: path for name, path in runtime.items() if name != _WASM}
    candidates[_RUNTIME] = trim(wasm, used) if config.trim else wasm
    candidates[_BUILD] = _build(asset)
    candidates[_ENTRY] = f"export {{default}} from './{_START}'\n".encode()
    found = trace_references(
        ContentsTree(candidates),
        start=_ENTRY,
        omitted=(*omitted_files(needs_tokenizers=asset.needs_tokenizers), "integrity.json", _WASM),
    )
    if found.missing:
        first = found.missing[0]
        place = f"{first.source}:{first.line}"
        raise BuilderError(
            f"{place}: refers to {first.target}, which does not exist",
            hint="correct the path or add the file; the worker could not load it",
            place=place,
        )
    code = re.compile(r"\.(m?js|wasm)$")
    kept = {name: candidates[name] for name in sorted(found.files)}
    return (
        {name: content for name, content in kept.items() if code.search(name)},
        {name: content for name, content in kept.items() if name.startswith("notices/")},
    )


def _build(asset: Asset) -> bytes:
    """What the worker has to know of this build."""
    files = {f"model/{file.path}": file.sha256 for file in asset.files}
    files[f"model/{DESCRIPTION}"] = sha256_of(asset.folder / DESCRIPTION)
    build: dict[str, Any] = {
        "about": {
            "name": asset.name,
            "version": asset.description["version"],
            "labels": asset.label_ids,
        },
        "integrity": {"files": files, "trimmedRuntime": None, "selfTest": self_test_of(asset)},
    }
    return f"export default {json.dumps(build, indent=2, ensure_ascii=False)}\n".encode()


def _wrangler(name: str) -> str:
    return f"""# Deploy with: npx wrangler deploy
name = "{name}"
main = "{_WORKER}/{_ENTRY}"
compatibility_date = "{COMPATIBILITY_DATE}"
no_bundle = true
find_additional_modules = true
rules = [
  {{ type = "ESModule", globs = ["**/*.js", "**/*.mjs"], fallthrough = true }},
  {{ type = "CompiledWasm", globs = ["**/*.wasm"], fallthrough = true }},
]

[assets]
directory = "{_ASSETS}"
binding = "ASSETS"
"""


def _workerd(modules: list[str]) -> str:
    modules.remove(_ENTRY)
    entries = ",\n".join(
        f'        (name = "{name}", {"wasm" if name.endswith(".wasm") else "esModule"}'
        f' = embed "{_WORKER}/{name}")'
        for name in (_ENTRY, *modules)
    )
    return f"""# Serve with, from this folder: npx workerd serve workerd.capnp
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = "{COMPATIBILITY_DATE}",
      bindings = [
        (name = "ASSETS", service = "{_ASSETS}"),
        (name = "TOKEN", fromEnvironment = "TOKEN"),
      ],
      modules = [
{entries},
      ],
    )),
    (name = "{_ASSETS}", disk = "{_ASSETS}"),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")],
);
"""


def _write(contents: Contents, folder: Path) -> None:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes(content))


def _bytes(content: Path | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()
