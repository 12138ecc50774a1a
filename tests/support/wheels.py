"""Wheels of what is installed here, made again of its files: a local folder to install from needs
no network then.
"""

from __future__ import annotations

import zipfile
from importlib.metadata import Distribution, PackagePath
from pathlib import Path

from packaging.requirements import Requirement

BY_INSTALLER = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json"}


def pinned_here(requirements: Path) -> list[str]:
    """The packages of a list with hashes that belong to this system and Python."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line.removesuffix("\\")) for line in lines if "==" in line]
    return [pin.name for pin in wanted if pin.marker is None or pin.marker.evaluate()]


def write_wheel(name: str, folder: Path) -> Path:
    """Pack an installed distribution's files as its wheel holds them (packaging.python.org, binary
    distribution format).

    Programs are left out: what pip puts beside Python comes from the entry points.
    """
    distribution = Distribution.from_name(name)
    files = [file for file in distribution.files or [] if _belongs(file)]
    (metadata,) = {file.parts[0] for file in files if file.parts[0].endswith(".dist-info")}
    wheel = folder / f"{metadata.removesuffix('.dist-info')}-{_tag(distribution)}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:  # not compressed: it is unpacked at once
        for file in files:
            archive.write(str(file.locate()), file.as_posix())
        names = [*(file.as_posix() for file in files), f"{metadata}/RECORD"]
        archive.writestr(names[-1], "".join(f"{name},,\n" for name in names))
    return wheel


def _belongs(file: PackagePath) -> bool:
    outside = file.parts[0] in ("..", "/")
    by_installer = file.parent.name.endswith(".dist-info") and file.name in BY_INSTALLER
    return not (outside or by_installer or "__pycache__" in file.parts)


def _tag(distribution: Distribution) -> str:
    """Python, ABI and platform of a wheel's name; several of a kind are joined by dots."""
    lines = (distribution.read_text("WHEEL") or "").splitlines()
    tags = [line.removeprefix("Tag: ").split("-") for line in lines if line.startswith("Tag: ")]
    return "-".join(".".join(dict.fromkeys(kinds)) for kinds in zip(*tags, strict=True))
