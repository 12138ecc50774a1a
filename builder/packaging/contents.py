"""The bundle of one browser: which files it holds, and writing them."""

from __future__ import annotations

import filecmp
import json
import logging
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from builder.config.extension import ExtensionConfig
from builder.config.reader import parse_json
from builder.config.remote import is_address
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.asset.asset import DESCRIPTION, Asset
from builder.packaging import integrity
from builder.packaging.isolation import wants_isolation
from builder.packaging.manifest import ICON_SIZES, locale_messages, render_manifest
from builder.packaging.model_card import CARD, render_card
from builder.packaging.references.graph import trace_references
from builder.packaging.runtime import TOKENIZERS, runtime_files
from builder.packaging.tree import TEXT_LIMIT, Contents, ContentsTree, Tree, text_of
from builder.paths import extension_folder
from builder.report import megabytes

# What the builder turns into something else on the way into the bundle.
GENERATED = ("manifest.json.jinja", "_locales/")
_ELSEWHERE, _DELIVERY = ("site/", "edge/"), "delivery/"
"""The web app and the edge worker, which no bundle holds; what fetches a model from a server."""
_SETTINGS = "settings.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_IN_PLACE = {
    "site": {"host/model-source.js": "delivery/site-source.js"},
    "remote": {
        "host/model-source.js": "delivery/remote-source.js",
        "background/model-updates.js": "delivery/background-updates.js",
    },
}
"""Modules that stand in for those of a package that holds its model."""
_TOKENIZERS_NOTICE = "notices/huggingface-tokenizers.txt"
_ZSTDDEC_NOTICE = "notices/zstddec.txt"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bundle:
    """An unpacked extension and its files, sorted, relative to the folder.

    ``changed``: what this build wrote or took away; None where it was the first. ``isolated``:
    whether its pages are isolated from all others, so that they may use several threads.
    """

    browser: str
    folder: Path
    files: tuple[str, ...]
    isolated: bool
    changed: tuple[str, ...] | None = None

    @property
    def bytes(self) -> int:
        return sum((self.folder / file).stat().st_size for file in self.files)


def write_bundle(contents: Contents, folder: Path, previous: Path, changed: Sequence[str]) -> None:
    """Write the extension for one browser to ``folder``, which does not exist yet.

    A file that ``previous`` holds already is linked, not copied: it takes no time and no space, and
    keeps its date.

    :param changed: what ``previous`` does not hold as it is to be, from ``changed_files``.
    """
    different = set(changed)
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name not in different:
            try:
                path.hardlink_to(previous / name)
                continue
            except OSError:  # a file system without links
                pass
        else:
            log.debug("%s: %s", previous, name)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content)


def changed_files(folder: Path, contents: Contents) -> list[str]:
    """The files that ``folder`` lacks, holds with other contents, or should not hold; none if it is
    current.
    """
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return sorted(
        (present - set(contents))
        | {name for name, content in contents.items() if not _is_same(folder / name, content)}
    )


def bundle_contents(config: ExtensionConfig, asset: Asset, browser: str) -> Contents:
    """All that the bundle for one browser holds: what its manifest leads to, and nothing else.

    :raises BuilderError: if something that the configuration asks for, or that a page or module
        names, is missing; nothing has been written then.
    """
    candidates = bundle_candidates(config, asset, browser)
    found = trace_references(ContentsTree(candidates), omitted=omitted_from(config, asset))
    if found.unread:
        large = candidates[found.unread[0]]
        place = str(large) if isinstance(large, Path) else found.unread[0]
        raise BuilderError(
            f"{place}: too large to follow what it names",
            hint=f"split it into files of at most {megabytes(TEXT_LIMIT)}, as Mozilla asks, too",
            place=place,
        )
    if found.missing:
        first = found.missing[0]
        source = candidates[first.source]
        place = f"{source if isinstance(source, Path) else first.source}:{first.line}"
        others = f" (and {len(found.missing) - 1} more)" if len(found.missing) > 1 else ""
        raise BuilderError(
            f"{place}: refers to {first.target}, which does not exist{others}",
            place=place,
            hint="correct the path or add the file; the browser could not load it",
        )
    log.debug(
        "%s: the manifest leads to %d of %d files", browser, len(found.files), len(candidates)
    )
    contents = {name: candidates[name] for name in sorted(found.files)}
    if integrity.NAME in contents:  # of what ships, and of the model, which a server may deliver
        model: Contents = {f"model/{file.path}": asset.folder / file.path for file in asset.files}
        contents[integrity.NAME] = integrity.integrity_json(
            model | contents, asset, trim=config.trim, code=True
        )
    return contents


def omitted_from(config: ExtensionConfig, asset: Asset) -> tuple[str, ...]:
    """Files that something names and that the bundles of a project do without on purpose."""
    return omitted_files(
        needs_tokenizers=asset.needs_tokenizers,
        delivered=[f"model/{file.path}" for file in asset.files] if config.remote else (),
    )


def omitted_files(*, needs_tokenizers: bool, delivered: Iterable[str] = ()) -> tuple[str, ...]:
    """Files that something names and that a bundle does without on purpose.

    :param delivered: files of the model that a server delivers.
    """
    return (*(() if needs_tokenizers else (f"runtime/{TOKENIZERS.name}",)), *delivered)


def bundle_candidates(config: ExtensionConfig, asset: Asset, browser: str) -> Contents:
    """All that a bundle could hold: the manifest, the words, the extension's files, the author's
    icons, the model and the runtime.
    """
    source = extension_folder()
    contents = {
        name: content
        for name, content in sources_of(
            config, asset, delivery="remote" if config.remote else None
        ).items()
        if not name.startswith(_ELSEWHERE)
    }
    contents["manifest.json"] = as_json(
        render_manifest(config, browser, source, isolated=wants_isolation(config, asset, browser))
    )
    for locale, messages in locale_messages(config, source, browser).items():
        contents[f"_locales/{locale}/messages.json"] = as_json(messages)
    for name in asset.shipped:
        contents[f"model/{name}"] = asset.folder / name
    contents |= runtime_files(tokenizers=asset.needs_tokenizers, zstd=config.remote is not None)
    contents[integrity.NAME] = integrity.integrity_json(contents, asset, trim=config.trim)
    if config.remote is not None:
        for file in asset.files:  # whose SHA-256 the package holds now
            del contents[f"model/{file.path}"]
    return contents


def sources_of(
    config: ExtensionConfig, asset: Asset, *, delivery: Literal["site", "remote"] | None
) -> Contents:
    """The extension's files as they are, the author's, and what the settings begin with.

    :param delivery: how a server delivers the model, if one does.
    """
    source = extension_folder()
    delivered = delivery is not None
    notices = {_TOKENIZERS_NOTICE: asset.needs_tokenizers, _ZSTDDEC_NOTICE: delivered}
    contents: Contents = {}
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.is_file() and not name.startswith(GENERATED) and notices.get(name, True):
            contents[name] = path
    if not delivered:
        contents = {name: path for name, path in contents.items() if not name.startswith(_DELIVERY)}
    if config.overrides is not None:
        contents |= _overrides(config.overrides)
    for name, replacement in _IN_PLACE.get(delivery or "", {}).items():
        contents[name] = contents[replacement]
    # What extension/platform/settings-store.js takes where the user decided nothing.
    contents[_SETTINGS] = as_json(
        {
            "threads": config.threads,
            "releaseAfterMinutes": config.release_after_minutes,
            "trim": config.trim,
        }
        | ({"delivery": _delivery(config, asset)} if delivery == "remote" else {})
    )
    if config.icons is not None:
        for size in ICON_SIZES:
            icon = config.icons / f"icon-{size}.png"
            if not icon.is_file():
                sizes = ", ".join(map(str, ICON_SIZES))
                raise BuilderError(
                    f"{icon}: missing",
                    hint=f"extension.icons needs icon-SIZE.png in the sizes {sizes}",
                    place=str(icon),
                )
            contents[f"icons/icon-{size}.png"] = icon
    card = asset.folder / "README.md"
    contents[CARD] = as_json(
        render_card(card.read_text(encoding="utf-8", errors="replace")) if card.is_file() else []
    )
    return contents


def _delivery(config: ExtensionConfig, asset: Asset) -> dict[str, Any]:
    """What the extension has to know of its server: extension/platform/delivery-store.js."""
    remote = config.remote
    assert remote is not None
    return {
        "address": remote.address,
        "model": sha256_of(asset.folder / DESCRIPTION),
        "publicKey": remote.public_key,
        "origins": remote.host_permissions,
    }


def read_delivery(tree: Tree) -> dict[str, Any] | None:
    """What a package says of the server of its model; None where it says nothing, or something that
    no builder wrote.
    """
    if _SETTINGS not in tree.names:
        return None
    try:
        settings = parse_json(text_of(tree, _SETTINGS), Path(_SETTINGS))
    except BuilderError:
        return None
    delivery = settings.get("delivery") if isinstance(settings, dict) else None
    if not isinstance(delivery, dict) or not is_address(delivery.get("address")):
        return None
    model, origins = delivery.get("model"), delivery.get("origins")
    known = isinstance(model, str) and _SHA256.fullmatch(model) and isinstance(origins, list)
    return delivery if known else None


def _overrides(folder: Path) -> Contents:
    """The author's own files, by the paths that they have in the bundle."""
    if not folder.is_dir():
        raise BuilderError(
            f"{folder}: no such folder",
            hint="make it, or leave extension.overrides out",
            place=str(folder),
        )
    names = {
        path: path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {name: path for path, name in names.items() if not name.startswith(GENERATED)}


def as_json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _is_same(file: Path, content: Path | bytes) -> bool:
    if not file.is_file():
        return False
    if isinstance(content, Path):
        return filecmp.cmp(file, content, shallow=False)
    return file.read_bytes() == content
