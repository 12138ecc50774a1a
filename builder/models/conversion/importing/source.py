"""Find the files of a model: a checkpoint folder, an ONNX file, or an id on the hub."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.config.reader import ConfigReader, read_json
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.conversion.export import PICKLE, SAFETENSORS
from builder.models.conversion.importing.hub import download

ONNX_FOLDER = "onnx"
ONNX_PLACES = ("model.onnx", "onnx/model.onnx")
POINTER, POINTER_BYTES = b"version https://git-lfs.github.com/spec/", 1024
OTHER_WEIGHTS = {
    "adapter_config.json": (
        "is an adapter (LoRA), which holds only changes to another model",
        "merge it first: model.merge_and_unload().save_pretrained(FOLDER)",
    ),
    "tf_model.h5": (
        "holds weights for TensorFlow",
        "convert it with an older transformers: from_pretrained(FOLDER, from_tf=True), then"
        " save_pretrained",
    ),
    "flax_model.msgpack": (
        "holds weights for Flax",
        "convert it with an older transformers: from_pretrained(FOLDER, from_flax=True), then"
        " save_pretrained",
    ),
}
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


@dataclass(frozen=True)
class Provenance:
    """The source of an imported model, and the hash of its weights, empty without such a file."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Source:
    """A model's files: ``path`` is a folder or an ONNX file."""

    path: Path
    provenance: Provenance

    @property
    def folder(self) -> Path:
        """The folder with config.json and the tokenizer.

        The hub keeps ONNX files in a folder ``onnx`` beside these.
        """
        if self.path.is_dir():
            return self.path
        home = self.path.parent
        above = home.name == ONNX_FOLDER and not (home / "config.json").is_file()
        return home.parent if above else home

    @property
    def is_checkpoint(self) -> bool:
        """Whether there are weights for transformers."""
        return self.path.is_dir() and _first(self.path, (*SAFETENSORS, PICKLE)) is not None

    def config(self) -> ConfigReader | None:
        """The content of config.json, if there is one."""
        file = self.folder / "config.json"
        return read_json(file) if file.is_file() else None


def locate(source: str, scratch: Path, *, revision: str | None, allow_pickle: bool) -> Source:
    """Find a model by path, or download it.

    :param scratch: an existing folder for downloads.
    :raises BuilderError: if there is no such model.
    """
    path = Path(source)
    for file in (path, *(path.iterdir() if path.is_dir() else ())):
        _refuse_pointer(file)
    if path.is_file():
        if path.suffix != ".onnx":
            raise BuilderError(
                f"{path}: neither a checkpoint folder nor an ONNX file",
                hint="name the folder around it",
                place=str(path),
            )
        return Source(path, Provenance("an ONNX file", path.resolve().name, sha256_of(path)))
    if path.is_dir():
        _refuse_other_weights(path)
        weights = _first(path, (SAFETENSORS[0], PICKLE, *ONNX_PLACES, SAFETENSORS[1]))
        kind = "an ONNX file" if weights and weights.suffix == ".onnx" else "a checkpoint folder"
        return Source(path, Provenance(kind, path.resolve().name, _hash(weights)))
    if path.is_absolute() or source.startswith(".") or not _HUB_ID.fullmatch(source):
        raise BuilderError(
            f"{source}: no such file or folder",
            place=source,
            hint=(
                "name a checkpoint folder, an ONNX file, or the id of a model on the Hugging Face"
                " hub, like 'organisation/model'"
            ),
        )
    folder, commit = download(source, revision, scratch / "hub", allow_pickle=allow_pickle)
    weights = _first(folder, (SAFETENSORS[0], PICKLE, *ONNX_PLACES))
    name = f"{source}, revision {commit}"
    return Source(folder, Provenance("the Hugging Face hub", name, _hash(weights)))


def _refuse_other_weights(folder: Path) -> None:
    """:raises BuilderError: if a folder has weights of a kind that needs a conversion first."""
    if _first(folder, (*SAFETENSORS, PICKLE, *ONNX_PLACES)) is not None:
        return
    for name, (problem, hint) in OTHER_WEIGHTS.items():
        if (folder / name).is_file():
            raise BuilderError(f"{folder / name}: {problem}", hint=hint, place=str(folder / name))


def _refuse_pointer(file: Path) -> None:
    """:raises BuilderError: if a file is a Git LFS pointer instead of the content."""
    if not file.is_file() or file.stat().st_size > POINTER_BYTES:
        return
    if file.read_bytes().startswith(POINTER):
        raise BuilderError(
            f"{file}: is a Git LFS pointer, not the file itself",
            hint="fetch the file: git lfs pull",
            place=str(file),
        )


def _first(folder: Path, names: Sequence[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _hash(file: Path | None) -> str:
    return sha256_of(file) if file else ""
