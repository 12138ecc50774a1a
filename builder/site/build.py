"""Write a web app: ``builder site``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.config.extension import ExtensionConfig
from builder.errors import BuilderError
from builder.files import replacing, sha256_of
from builder.models.asset.asset import DESCRIPTION, load_asset
from builder.packaging.contents import as_json
from builder.packaging.tree import Contents
from builder.paths import extension_folder
from builder.report import megabytes
from builder.site.contents import DELIVERY, hash_of, service_worker, site_contents
from builder.site.headers import ISOLATION, REDIRECTS, headers_file
from builder.site.model_index import FOLDER as MODELS
from builder.site.model_index import keep_earlier, write_model_index, write_signed
from builder.site.page import (
    INSTALLABLE_SIZES,
    MANIFEST,
    SERVICE_WORKER,
    Place,
    icons_of,
    render_page,
    web_manifest,
)
from builder.site.precompressed import write_copies
from builder.site.shards import (
    LEVEL,
    NOTHING_EARLIER,
    DeliveredFile,
    Earlier,
    files_of,
    index_of,
    write_shards,
)

FOLDER = "site"
FILE_LIMIT = 25 * 1024 * 1024
"""Bytes of a file that Cloudflare Pages takes."""
_FALLBACK = "runtime/ort-wasm-simd-threaded.wasm"
_DATA, _HEADERS, _REDIRECTS = "data", "_headers", "_redirects"


@dataclass(frozen=True)
class Site:
    """A web app on the disk. ``app_bytes``: of the page and its files, as a server sends them that
    negotiates brotli; ``model_bytes``: of the shards that a first visit fetches.
    """

    folder: Path
    files: int
    bytes: int
    largest: int
    app_bytes: int
    model_bytes: int
    installable: bool
    delivered: tuple[DeliveredFile, ...]


def build_site(
    config: ExtensionConfig, out: Path, *, level: int = LEVEL, key: Path | None = None
) -> Site:
    """Write the web app of an extension to ``out/site``.

    :param level: of zstd, for the files of the model.
    :param key: the private key of an extension that takes signed models.
    :raises BuilderError: if something is missing, a file is larger than hosts take, or the key does
        not fit.
    """
    asset = load_asset(config.asset)
    contents = site_contents(config, asset)
    large_icons, listed = icons_of(config)
    target = out / FOLDER
    with replacing(target) as folder:
        described = f"model/{DESCRIPTION}"
        written = write_shards(
            contents.delivered | {described: asset.folder / DESCRIPTION},
            folder / _DATA,
            level=level,
            earlier=_earlier(target, level, sha256_of(asset.folder / DESCRIPTION)),
        )
        model_index = write_model_index(asset, written, folder)
        write_signed(config, asset, model_index, key, folder, target)
        keep_earlier(target, folder, _DATA)
        app = contents.app | large_icons
        # The web app has its own copy of model.json, for its page asks for that, too.
        delivered = [file for file in written if file.path != described]
        index = index_of(asset.name, asset.description["version"], delivered)
        app[DELIVERY] = as_json({"base": f"../../{_DATA}/", "level": level, "index": index})
        place = Place(home="", app=f"app/{hash_of(app)}/")
        _write({f"{place.app}{name}": content for name, content in app.items()}, folder)
        _write(_root(config, contents.words, place, list(app), listed), folder)
        site = _measure(folder, target, delivered, len(large_icons) == len(INSTALLABLE_SIZES))
    return site


def _root(
    config: ExtensionConfig,
    words: dict[str, dict[str, str]],
    place: Place,
    app: list[str],
    icons: list[dict[str, str]],
) -> Contents:
    """The few files whose names stay: nobody may cache them unasked."""
    build = {
        "cache": place.app.replace("/", "-").rstrip("-"),
        # What only a reader of licences asks for can wait until there is a network.
        "files": [MANIFEST, *(f"{place.app}{name}" for name in app if _is_needed(name))],
        "headers": ISOLATION,
    }
    return {
        "index.html": render_page(config, words, place).encode(),
        MANIFEST: as_json(web_manifest(config, place, icons)),
        "sw.js": service_worker(extension_folder() / SERVICE_WORKER, as_json(build)),
        _HEADERS: headers_file().encode(),
        _REDIRECTS: REDIRECTS.encode(),
    }


def _is_needed(name: str) -> bool:
    return not name.startswith("notices/")


def _write(contents: Contents, folder: Path) -> None:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())


def _measure(folder: Path, target: Path, delivered: list[DeliveredFile], installable: bool) -> Site:
    app_bytes = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.parent.name == _DATA or path.name in (_HEADERS, _REDIRECTS):
            continue
        copies = write_copies(path)
        app_bytes += copies.get(".br", path.stat().st_size)
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    largest = max(sizes, key=lambda path: sizes[path])
    if sizes[largest] > FILE_LIMIT:
        name = largest.relative_to(folder)
        raise BuilderError(
            f"{target / name}: {megabytes(sizes[largest])}, more than hosts take",
            hint=f"a file may have {megabytes(FILE_LIMIT)}; only the model is cut into parts",
            place=str(target / name),
        )
    return Site(
        target,
        len(sizes),
        sum(sizes.values()),
        sizes[largest],
        app_bytes,
        _first_visit(delivered),
        installable,
        tuple(delivered),
    )


def _first_visit(delivered: list[DeliveredFile]) -> int:
    """The whole runtime is fetched only where a model calls what others do not."""
    trimmed = any(file.path == "runtime/trimmed.wasm" for file in delivered)
    return sum(file.packed for file in delivered if not (trimmed and file.path == _FALLBACK))


def _earlier(target: Path, level: int, model: str) -> Earlier:
    """The shards of the last build, if they were packed alike.

    :param model: the SHA-256 of model.json, which only extensions fetch in shards.
    """
    for file in target.glob(f"app/*/{DELIVERY}"):
        described: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if described.get("level") == level:
            files = files_of(described["index"])
            index = target / MODELS / f"{model}.json"
            if index.is_file():
                files |= files_of(json.loads(index.read_text(encoding="utf-8")))
            return Earlier(target / _DATA, files)
    return NOTHING_EARLIER
