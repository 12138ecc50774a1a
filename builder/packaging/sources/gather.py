"""The files that Mozilla's reviewers rebuild a package from.

https://extensionworkshop.com/documentation/publish/source-code-submission/
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.config.extension import ExtensionConfig
from builder.errors import BuilderError
from builder.packaging.contents import GENERATED
from builder.packaging.secret_scanning import ALLOWED, find_secrets
from builder.packaging.tree import Contents, ContentsTree
from builder.paths import (
    is_part_of_toolkit,
)

if TYPE_CHECKING:
    pass

_TEXT_LIMIT = 5_000_000
TOOLKIT = "builder/__main__.py"
"""Where the toolkit itself is among the sources, it is what rebuilds."""
log = logging.getLogger(__name__)


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
    """Files of the repository, without those that .gitattributes marks as ``export-ignore``."""
    exported = (".", ":(exclude,attr:export-ignore)")
    listed = _git(root, "ls-files", "-z", "--", *exported) or b""
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
