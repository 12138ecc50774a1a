"""The files of a web app: what its page leads to, and what is delivered in shards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from builder.config.extension import ExtensionConfig
from builder.errors import BuilderError
from builder.models.asset.asset import CARD, DESCRIPTION, Asset
from builder.packaging import integrity
from builder.packaging.contents import as_json, omitted_files, sources_of
from builder.packaging.manifest import locale_messages
from builder.packaging.references.graph import trace_references
from builder.packaging.runtime import FILES, runtime_files
from builder.packaging.tree import Contents, ContentsTree
from builder.paths import extension_folder
from builder.site.page import MANIFEST, PAGE, SERVICE_WORKER, Place, render_page
from builder.site.trimmed import trim

DELIVERY = "delivery.json"
_TRIMMED = "runtime/trimmed.wasm"
_WASM = next(f"runtime/{file.name}" for file in FILES if file.name.endswith(".wasm"))
_OWN = (PAGE, MANIFEST, SERVICE_WORKER)
"""The files in the site's root."""


@dataclass(frozen=True)
class SiteContents:
    """``app``: the page's files, by their paths in the extension. ``delivered``: the large ones,
    which come in shards. ``words``: those of the interface, by locale and key.
    """

    app: Contents
    delivered: Contents
    words: dict[str, dict[str, str]]


def site_contents(config: ExtensionConfig, asset: Asset) -> SiteContents:
    """All that a web app is made of.

    :raises BuilderError: if something that its page leads to is missing.
    """
    messages = locale_messages(config, extension_folder())
    words = {
        locale: {key: entry["message"] for key, entry in table.items()}
        for locale, table in messages.items()
    }
    candidates = sources_of(config, asset, delivery="site")
    runtime = runtime_files(tokenizers=asset.needs_tokenizers, zstd=True)
    for locale, table in messages.items():
        candidates[f"_locales/{locale}/messages.json"] = as_json(table)
    delivered: Contents = {f"model/{file.path}": asset.folder / file.path for file in asset.files}
    if config.trim:
        used = extension_folder() / "engine/wasm-trim/used-functions.js"
        delivered[_TRIMMED] = trim(runtime[_WASM].read_bytes(), used)
    delivered[_WASM] = runtime[_WASM]
    # Placeholders where the build's own files will be: the page and its modules name them.
    candidates |= {name: b"" for name in (MANIFEST, DELIVERY, integrity.NAME)}
    candidates |= {f"model/{name}": asset.folder / name for name in (DESCRIPTION, CARD)}
    candidates |= delivered | runtime
    candidates[PAGE] = render_page(config, words, Place(home="../", app="../")).encode()
    found = trace_references(
        ContentsTree(candidates),
        start=PAGE,
        omitted=omitted_files(needs_tokenizers=asset.needs_tokenizers),
    )
    if found.missing:
        first = found.missing[0]
        place = f"{first.source}:{first.line}"
        raise BuilderError(
            f"{place}: refers to {first.target}, which does not exist",
            place=place,
            hint="correct the path or add the file; the browser could not load it",
        )
    app = {
        name: candidates[name]
        for name in sorted(found.files)
        if name not in delivered and name not in (*_OWN, DELIVERY)
    }
    engine = {name: content for name, content in delivered.items() if name != _TRIMMED} | app
    app[integrity.NAME] = integrity.integrity_json(engine, asset, trim=config.trim)
    return SiteContents(app, delivered, words)


def hash_of(contents: Contents) -> str:
    """One short hash of all names and contents."""
    tree = ContentsTree(contents)
    lines = "".join(f"{tree.sha256(name)}  {name}\n" for name in sorted(contents))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def service_worker(source: Path, build: bytes) -> bytes:
    """The service worker with what it has to know of this build above it."""
    return b"self.BUILD = " + build.strip() + b"\n" + source.read_bytes()
