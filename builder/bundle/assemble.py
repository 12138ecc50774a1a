"""The bundle of one browser: which files it holds, and writing them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from builder.bundle.manifest import ICON_SIZES, locale_messages, render_manifest
from builder.bundle.runtime import runtime_files
from builder.config import ExtensionConfig
from builder.errors import BuilderError
from builder.files import replacing
from builder.models.asset import Asset
from builder.places import extension_folder

# The folders whose modules and pages ship.
_SOURCE_FOLDERS = ("background", "engine", "host", "icons", "notices", "page", "shared", "surfaces")
_SOURCE_SUFFIXES = {".js", ".html", ".css", ".png", ".txt"}
# What only the other browser can use.
_LEFT_OUT = {"chrome": ("background/firefox.js",), "firefox": ("background/chrome.js", "host/offscreen.html", "host/offscreen.js")}


@dataclass(frozen=True)
class Bundle:
    """An unpacked extension and its files, sorted, relative to the folder."""

    browser: str
    folder: Path
    files: tuple[str, ...]

    @property
    def bytes(self) -> int:
        return sum((self.folder / file).stat().st_size for file in self.files)


Contents = dict[str, Path | bytes]
"""Bundle path to its source file, or to its bytes where it is generated."""


def write_bundle(contents: Contents, browser: str, target: Path) -> Bundle:
    """Write the extension for one browser to ``target``, which is replaced as a whole or left as it was.

    Where ``target`` already holds just these files with these contents, nothing is touched.
    """
    if not _is_current(target, contents):
        with replacing(target) as folder:
            for name, content in contents.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, Path):
                    shutil.copyfile(content, path)
                else:
                    path.write_bytes(content)
    return Bundle(browser, target, tuple(sorted(contents)))


def bundle_contents(config: ExtensionConfig, asset: Asset, browser: str) -> Contents:
    """All that the bundle for one browser holds.

    :raises BuilderError: if something that the configuration asks for is missing; nothing has been written then.
    """
    source = extension_folder()
    contents: Contents = {"manifest.json": _json(render_manifest(config, browser, source))}
    for locale, messages in locale_messages(config, source).items():
        contents[f"_locales/{locale}/messages.json"] = _json(messages)
    for folder in _SOURCE_FOLDERS:
        for path in sorted((source / folder).rglob("*")):
            name = path.relative_to(source).as_posix()
            if path.is_file() and path.suffix in _SOURCE_SUFFIXES and name not in _LEFT_OUT[browser]:
                contents[name] = path
    if config.icons is not None:
        for size in ICON_SIZES:
            icon = config.icons / f"icon-{size}.png"
            if not icon.is_file():
                sizes = ", ".join(map(str, ICON_SIZES))
                raise BuilderError(f"{icon}: missing", hint=f"extension.icons needs icon-SIZE.png in the sizes {sizes}", place=str(icon))
            contents[f"icons/icon-{size}.png"] = icon
    for name in asset.shipped:
        contents[f"model/{name}"] = asset.folder / name
    return contents | runtime_files()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _is_current(folder: Path, contents: Contents) -> bool:
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return present == set(contents) and all(
        (folder / name).read_bytes() == (content.read_bytes() if isinstance(content, Path) else content)
        for name, content in contents.items()
    )
