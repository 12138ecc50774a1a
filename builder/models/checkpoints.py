"""Checkpoints that are small enough for the repository: float16 weights, compressed with zstd."""

from __future__ import annotations

import shutil
from pathlib import Path

import zstandard

from builder.errors import BuilderError
from builder.files import replacing

WEIGHTS = "model.safetensors"
PACKED = "model.safetensors.zst"
LEVEL = 19


def pack_checkpoint(checkpoint: Path, out: Path) -> Path:
    """Write a copy of a checkpoint folder with float16 weights, compressed.

    :returns: the file of the weights.
    """
    from safetensors.torch import load_file, save

    weights = load_file(checkpoint / WEIGHTS)
    half = save({name: value.half().contiguous() for name, value in weights.items()})
    out.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(checkpoint / name, out / name)
    with replacing(out / PACKED) as target:
        target.write_bytes(zstandard.ZstdCompressor(level=LEVEL).compress(half))
    return out / PACKED


def unpack_weights(folder: Path) -> None:
    """Decompress the weights of a packed checkpoint beside themselves, once. Any other folder stays
    as it is.

    :raises BuilderError: if the compressed file is damaged.
    """
    packed, weights = folder / PACKED, folder / WEIGHTS
    if weights.exists() or not packed.is_file():
        return
    try:
        unpacked = zstandard.ZstdDecompressor().decompress(packed.read_bytes())
    except zstandard.ZstdError as error:
        raise BuilderError(
            f"{packed}: damaged: {error}",
            place=str(packed),
            hint="restore it with: git checkout -- FILE",
        ) from None
    with replacing(weights) as target:
        target.write_bytes(unpacked)
