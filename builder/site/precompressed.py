"""Copies of files for servers that negotiate ``Content-Encoding``: brotli, zstd and gzip."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

ENCODINGS = {".br": "br", ".zst": "zstd", ".gz": "gzip"}
"""The ending of a copy, and what a server calls it; the smallest first."""
_TEXTS = {".css", ".html", ".js", ".json", ".md", ".mjs", ".svg", ".txt", ".webmanifest"}
_LEAST_SAVING = 200
"""Bytes. A smaller file is one packet all the same."""


def write_copies(file: Path) -> dict[str, int]:
    """Write the copies of a file that pay, beside it: ``script.js.br`` and so on.

    :return: the bytes of each copy, by its ending.
    """
    if file.suffix not in _TEXTS:
        return {}
    plain = file.read_bytes()
    sizes = {}
    for ending, compress in _COMPRESSORS.items():
        packed = compress(plain)
        if len(packed) + _LEAST_SAVING <= len(plain):
            file.with_name(file.name + ending).write_bytes(packed)
            sizes[ending] = len(packed)
    return sizes


def _brotli(plain: bytes) -> bytes:
    import brotli

    packed: bytes = brotli.compress(plain, quality=11)
    return packed


def _zstd(plain: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=19).compress(plain)


_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    ".br": _brotli,
    ".zst": _zstd,
    ".gz": lambda plain: gzip.compress(plain, 9, mtime=0),
}
