"""Files cut into shards that are packed with zstd: what a browser fetches, checks and puts together
(extension/delivery/delivery.js).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builder.files import sha256_of
from builder.progress import work

SHARD_BYTES = 2 * 1024 * 1024
"""Before packing. A broken download loses at most so much; smaller shards pack worse."""
ENDING = ".bin"
"""One to which servers add no Content-Encoding of their own."""
LEVEL = 19
"""Of zstd, 1 to 22: docs/reports/delivery-2026-11.md tells what each level brings."""
FORMAT = 1


@dataclass(frozen=True)
class Shard:
    """``bytes`` over the wire, ``plain`` once unpacked; its file is named after its SHA-256."""

    sha256: str
    bytes: int
    plain: int


@dataclass(frozen=True)
class DeliveredFile:
    """A file that a browser puts together from its shards. ``path`` is where the engine asks for
    it.
    """

    path: str
    bytes: int
    sha256: str
    shards: tuple[Shard, ...]

    @property
    def packed(self) -> int:
        """Bytes over the wire; equal parts are one shard."""
        return sum(shard.bytes for shard in set(self.shards))


@dataclass(frozen=True)
class Earlier:
    """The shards of an earlier build, by the SHA-256 of the file that they are parts of."""

    folder: Path
    files: Mapping[str, DeliveredFile]

    def take(self, sha256: str, into: Path) -> DeliveredFile | None:
        """A file's shards, copied; None if they are not all there, and whole."""
        file = self.files.get(sha256)
        if file is None:
            return None
        for shard in file.shards:
            path = self.folder / f"{shard.sha256}{ENDING}"
            if not path.is_file() or sha256_of(path) != shard.sha256:
                return None
            shutil.copyfile(path, into / path.name)
        return file


NOTHING_EARLIER = Earlier(Path(), {})


def write_shards(
    files: Mapping[str, Path | bytes],
    folder: Path,
    *,
    level: int = LEVEL,
    earlier: Earlier = NOTHING_EARLIER,
) -> list[DeliveredFile]:
    """Write the shards of files into ``folder``; equal content shares its shards.

    :param files: where the engine asks for a file, and what it holds.
    :param earlier: of the same level; what it holds is not packed again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        path: content if isinstance(content, bytes) else content.read_bytes()
        for path, content in files.items()
    }
    total = sum(map(len, contents.values()))
    with (
        work("packing the model", total) as advance,
        ThreadPoolExecutor(os.cpu_count()) as threads,
    ):

        def pack(piece: bytes) -> Shard:
            shard = _pack(piece, folder, level)
            advance(len(piece))
            return shard

        def deliver(path: str, content: bytes) -> DeliveredFile:
            sha256 = hashlib.sha256(content).hexdigest()
            taken = earlier.take(sha256, folder)
            shards = taken.shards if taken else tuple(threads.map(pack, _pieces(content)))
            return DeliveredFile(path, len(content), sha256, shards)

        return [deliver(path, content) for path, content in contents.items()]


def files_of(index: Mapping[str, Any]) -> dict[str, DeliveredFile]:
    """What an index lists, by SHA-256."""
    return {
        entry["sha256"]: DeliveredFile(
            entry["path"],
            entry["bytes"],
            entry["sha256"],
            tuple(Shard(**shard) for shard in entry["shards"]),
        )
        for entry in index["files"]
    }


def index_of(name: str, version: str, files: Sequence[DeliveredFile]) -> dict[str, Any]:
    """What a browser has to know to fetch these files."""
    return {
        "format": FORMAT,
        "name": name,
        "version": version,
        "files": [asdict(file) for file in files],
    }


def _pieces(content: bytes) -> list[bytes]:
    return [content[start : start + SHARD_BYTES] for start in range(0, len(content), SHARD_BYTES)]


def _pack(piece: bytes, folder: Path, level: int) -> Shard:
    import zstandard

    packed = zstandard.ZstdCompressor(level=level).compress(piece)
    name = hashlib.sha256(packed).hexdigest()
    (folder / f"{name}{ENDING}").write_bytes(packed)
    return Shard(name, len(packed), len(piece))
