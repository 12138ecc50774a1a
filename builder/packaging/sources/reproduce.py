"""The reproducibility check: rebuild a package from its zip of sources, and compare."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import BuilderError, CheckFailed
from builder.files import sha256_of
from builder.packaging.previous_build import hash_of_contents
from builder.packaging.runtime import FILES, TOKENIZERS, ZSTDDEC
from builder.packaging.sources.gather import TOOLKIT
from builder.packaging.tree import ZipTree, text_of
from builder.paths import (
    RUNTIME_IN_CHECKOUT,
    TOKENIZERS_IN_CHECKOUT,
    ZSTDDEC_IN_CHECKOUT,
    runtime_folder,
    tokenizers_folder,
    zstddec_folder,
)

if TYPE_CHECKING:
    from builder.packaging.pack import Packed

_SECONDS = 1800
log = logging.getLogger(__name__)
_PACK = """
import sys
from pathlib import Path
from builder.config.extension import load_config
from builder.packaging.pack import pack_extension
pack_extension(load_config(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3:], sources=False)
"""


@dataclass(frozen=True)
class ReproducibilityCheck:
    """A package that was rebuilt from the sources. ``difference`` is empty where nothing differs;
    ``same_bytes`` is about the zip.
    """

    browser: str
    same_bytes: bool
    contents_sha256: str
    difference: str


def check_reproducible(packed: Packed) -> list[ReproducibilityCheck]:
    """Rebuild what a pack made from its zip of sources.

    :raises BuilderError: if there is no such zip.
    :raises CheckFailed: if the sources do not build.
    """
    if packed.sources is None:
        raise BuilderError(
            f"there is no zip of sources{': ' if packed.no_sources else ''}{packed.no_sources}",
            hint="it comes with Firefox's package: pack with --browser all",
        )
    return rebuild(
        packed.sources.file,
        packed.sources.config,
        {package.browser: package.file for package in packed.packages},
    )


def rebuild(sources: Path, config: str, packages: Mapping[str, Path]) -> list[ReproducibilityCheck]:
    """Unpack the sources in a clean folder, pack there with what they hold, and compare.

    The npm packages' files are taken from this machine instead of being downloaded: they are pinned
    by their SHA-256.

    :param packages: the zips to compare with, by browser.
    :raises CheckFailed: if the sources do not build.
    """
    with tempfile.TemporaryDirectory(prefix="lensmith-sources-") as clean:
        folder, out = Path(clean) / "sources", Path(clean) / "dist"
        ZipTree(sources).unpack(folder)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("PYTHON")
        }
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        if (folder / TOOLKIT).is_file():
            environment["PYTHONPATH"] = str(folder)
            _provide_npm_files(folder)
        log.debug("packing again from %s in %s", sources, folder)
        command = [sys.executable, "-c", _PACK, config, str(out), *packages]
        run = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        if run.returncode:
            last = (run.stderr.strip() or "no message").splitlines()[-1]
            raise CheckFailed(
                f"{sources}: does not build: {last}",
                place=str(sources),
                hint="something that the build needs is not in the zip",
            )
        return [
            _compare(browser, package, out / package.name) for browser, package in packages.items()
        ]


def _provide_npm_files(folder: Path) -> None:
    for place, origin, files in (
        (RUNTIME_IN_CHECKOUT, runtime_folder(), FILES),
        (TOKENIZERS_IN_CHECKOUT, tokenizers_folder(), (TOKENIZERS,)),
        (ZSTDDEC_IN_CHECKOUT, zstddec_folder(), (ZSTDDEC,)),
    ):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for file in files:
            if (origin / file.name).is_file():
                shutil.copyfile(origin / file.name, folder / place / file.name)


def _compare(browser: str, package: Path, rebuilt: Path) -> ReproducibilityCheck:
    same = rebuilt.is_file() and sha256_of(package) == sha256_of(rebuilt)
    tree = ZipTree(package)
    hashes = {name: tree.sha256(name) for name in tree.names}
    difference = "" if same else first_difference(package, rebuilt)
    return ReproducibilityCheck(browser, same, hash_of_contents(hashes), difference)


def first_difference(package: Path, rebuilt: Path) -> str:
    """Where two zips part, in words; empty if only the compression does."""
    if not rebuilt.is_file():
        return f"{rebuilt.name} was not made"
    one, other = ZipTree(package), ZipTree(rebuilt)
    for name in sorted(one.names | other.names):
        if name not in other.names:
            return f"{name} is not in the rebuilt package"
        if name not in one.names:
            return f"{name} is only in the rebuilt package"
        if one.read(name) != other.read(name):
            return _difference(name, one, other)
    return ""


def _difference(name: str, one: ZipTree, other: ZipTree) -> str:
    before, after = one.read(name), other.read(name)
    if b"\0" in before[:8192] or b"\0" in after[:8192]:
        shorter = min(len(before), len(after))
        place = next((index for index in range(shorter) if before[index] != after[index]), shorter)
        return f"{name} differs at byte {place}"
    lines, rebuilt = text_of(one, name).splitlines(), text_of(other, name).splitlines()
    for number, (left, right) in enumerate(zip(lines, rebuilt, strict=False), start=1):
        if left != right:
            return f"{name}:{number}: '{left.strip()[:80]}' became '{right.strip()[:80]}'"
    return f"{name} has {len(lines)} lines, rebuilt {len(rebuilt)}"
