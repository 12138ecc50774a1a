"""The zip of sources that Mozilla's reviewers rebuild a package from, and the check that they can.

https://extensionworkshop.com/documentation/publish/source-code-submission/
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder._version import __version__
from builder.config.extension import ExtensionConfig
from builder.errors import BuilderError, CheckFailed
from builder.files import sha256_of
from builder.packaging.contents import GENERATED
from builder.packaging.previous_build import PackageRecord, hash_of_contents
from builder.packaging.runtime import FILES, TOKENIZERS, TOKENIZERS_VERSION, VERSION
from builder.packaging.secret_scanning import ALLOWED, find_secrets
from builder.packaging.tree import Contents, ContentsTree, ZipTree, text_of
from builder.paths import (
    RUNTIME_IN_CHECKOUT,
    TOKENIZERS_IN_CHECKOUT,
    is_part_of_toolkit,
    runtime_folder,
    tokenizers_folder,
)

if TYPE_CHECKING:
    from builder.packaging.pack import Packed

README = "README-FOR-REVIEWERS.md"
_TEXT_LIMIT = 5_000_000
_TOOLKIT = "builder/__main__.py"
"""Where the toolkit itself is among the sources, it is what rebuilds."""

_SECONDS = 1800
log = logging.getLogger(__name__)
_PACK = """
from builder.packaging.pack import pack_extension
from builder.config.extension import load_config
pack_extension(load_config(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3:], sources=False)
"""


class OutsideProject(BuilderError):
    """The package is made of something that the project does not hold."""


@dataclass(frozen=True)
class Sources:
    """``contents`` by path in the zip; ``config`` is where extension.toml lies in it.
    ``untracked``: taken along though git does not know them, because the package is made of them.
    """

    contents: dict[str, Path]
    config: str
    tracked: bool
    untracked: tuple[str, ...]


def gather_sources(config: ExtensionConfig, contents: Iterable[Contents]) -> Sources:
    """What git tracks, and what of the project the packages are made of; without git, the latter
    alone.

    :param contents: what each package holds.
    :raises OutsideProject: if something that the package is made of lies outside of the project.
    :raises BuilderError: if a file seems to hold a secret.
    """
    folder = config.file.resolve().parent
    used = {path for package in contents for path in package.values() if isinstance(path, Path)}
    if config.overrides is not None:  # from which manifest and words are made
        patterns = [f"{name}**/*" if name.endswith("/") else name for name in GENERATED]
        used |= {
            path
            for pattern in patterns
            for path in config.overrides.glob(pattern)
            if path.is_file()
        }
    own = [
        config.file.resolve(),
        *sorted(path.resolve() for path in used if not is_part_of_toolkit(path)),
    ]
    top = _top_of_repository(folder)
    outside = [path for path in own if not path.is_relative_to(folder)]
    root = folder
    if outside:
        if top is None or any(not path.is_relative_to(top) for path in outside):
            raise OutsideProject(
                f"{outside[0]}: lies outside of {folder}, so that reviewers could not rebuild the"
                " package",
                place=str(outside[0]),
                hint="copy it into the project's folder and name it there",
            )
        root = top
    tracked = _tracked(root) if top is not None else []
    files = {path.relative_to(root).as_posix(): path for path in [*tracked, *own] if path.is_file()}
    known = {path.relative_to(root).as_posix() for path in tracked}
    gathered = {name: _inside(path, root) for name, path in sorted(files.items())}
    _refuse_secrets(gathered)
    untracked = tuple(sorted(set(files) - known)) if tracked else ()
    return Sources(
        gathered, config.file.resolve().relative_to(root).as_posix(), bool(tracked), untracked
    )


def readme(
    sources: Sources, config: ExtensionConfig, packages: Mapping[str, PackageRecord]
) -> bytes:
    """How to rebuild, for the reviewers' image: Ubuntu 24.04 on ARM64 with Node 24."""
    toolkit = _TOOLKIT in sources.contents
    if toolkit and sources.config == "extension.toml":
        steps = ["sudo apt-get install -y make python3-venv", "make pack"]
    else:
        pin = "-e . --no-build-isolation" if toolkit else f"lensmith=={__version__}"
        steps = [
            "sudo apt-get install -y python3-venv",
            "python3 -m venv .venv",
            f".venv/bin/pip install {pin}",
            f".venv/bin/builder pack {sources.config}",
        ]
    name = config.name[config.default_locale]
    lines = [
        f"# {name} {config.version}: how to rebuild the package",
        "",
        (
            "Nothing here is minified, bundled or transpiled: the package holds the source files as"
            " they are. The build writes manifest.json"
        ),
        (
            "from a template, _locales from extension.toml, settings.json, copies the files that"
            " the manifest leads to, and packs them in a"
        ),
        (
            "zip whose bytes follow from the contents. The model's weights are data, made"
            " beforehand, and are copied with their SHA-256"
        ),
        "checked.",
        "",
        "## Commands",
        "",
        (
            "Ubuntu 24.04 (ARM64 or x86-64), Python 3.11 or later, Node 24 as in the reviewers'"
            " image; less than 1 GB of disk."
        ),
        "",
        *(f"    {step}" for step in steps),
        "",
        "The packages are then in `dist/`.",
        "",
        "## What comes from elsewhere, unmodified",
        "",
        f"- ONNX Runtime Web {VERSION}: https://www.npmjs.com/package/onnxruntime-web/v/{VERSION}",
        *(f"  - `runtime/{file.name}` SHA-256 `{file.sha256}`" for file in FILES),
        (
            "  - when it is started, `engine/wasm-trim/trim.js` leaves functions that no classifier calls out"
            " of what the browser compiles"
        ),
    ]
    if any(f"runtime/{TOKENIZERS.name}" in package.hashes for package in packages.values()):
        lines += [
            (
                f"- @huggingface/tokenizers {TOKENIZERS_VERSION}:"
                f" https://www.npmjs.com/package/@huggingface/tokenizers/v/{TOKENIZERS_VERSION}"
            ),
            f"  - `runtime/{TOKENIZERS.name}` SHA-256 `{TOKENIZERS.sha256}`",
        ]
    if not toolkit:
        lines += [
            (
                f"- Lensmith {__version__}, the open-source toolkit that builds:"
                f" https://pypi.org/project/lensmith/{__version__}/"
            ),
            "  (the scripts and pages of the package are its files)",
        ]
    lines += [
        "",
        "## What must come out",
        "",
        (
            "Names and SHA-256 of the contents are the same everywhere; the zip as a whole is byte"
            " for byte the same wherever the same"
        ),
        "zlib compresses it. `builder pack --check-reproducible` does this comparison by itself.",
        "",
    ]
    for browser, package in packages.items():
        lines += [
            f"### {config.slug}-{package.version}-{browser}.zip",
            "",
            f"Zip: `{package.sha256}`  ",
            f"Contents: `{package.contents_sha256}`",
            "",
            *(f"    {digest}  {file}" for file, digest in sorted(package.hashes.items())),
            "",
        ]
    return "\n".join(lines).encode()


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
        with zipfile.ZipFile(sources) as archive:
            archive.extractall(folder)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("PYTHON")
        }
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        if (folder / _TOOLKIT).is_file():
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


def _refuse_secrets(contents: dict[str, Path]) -> None:
    tree = ContentsTree({**contents})
    for name, path in contents.items():
        text = ""
        if tree.size(name) <= _TEXT_LIMIT:
            content = tree.read(name)
            text = content.decode("utf-8", errors="replace") if b"\0" not in content[:8192] else ""
        for line, what in find_secrets(name, text):
            place = f"{path}:{line}" if line else str(path)
            raise BuilderError(
                f"{place}: {what}, and it would be in the zip of sources",
                place=place,
                hint=(
                    f"remove it and make it invalid; if it is an example, write '{ALLOWED}' into"
                    " that line"
                ),
            )


def _top_of_repository(folder: Path) -> Path | None:
    found = _git(folder, "rev-parse", "--show-toplevel")
    return Path(found.decode().strip()).resolve() if found is not None else None


def _tracked(root: Path) -> list[Path]:
    listed = _git(root, "ls-files", "-z") or b""
    return [root / name for name in listed.decode().split("\0") if name]


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git says; none where there is no git or no repository."""
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def _inside(path: Path, root: Path) -> Path:
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        raise BuilderError(
            f"{path}: a link to what lies outside of {root}",
            hint="copy the file into the project",
            place=str(path),
        )
    return path
