"""The model of a finished package: in the zip, or on the server that the zip names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuilderError
from builder.models.asset.asset import DESCRIPTION, Asset, load_asset
from builder.packaging.contents import read_delivery
from builder.packaging.tree import ZipTree

_TIMEOUT_S = 60.0
_HINT = "upload what 'builder site' wrote from the same model, all of it"


def unpack_with_model(package: Path, folder: Path) -> Asset:
    """Unpack a store zip, and fetch its model where a server delivers it.

    :return: the model that a browser uses which has just installed the package.
    :raises BuilderError: if the zip cannot be read or holds no model, or the server does not
        deliver it.
    """
    tree = ZipTree(package)
    tree.unpack(folder)
    if delivery := read_delivery(tree):
        _fetch(delivery, folder)
    return load_asset(folder / "model")


def _fetch(delivery: dict[str, Any], folder: Path) -> None:
    import httpx2

    address = str(delivery["address"])
    with httpx2.Client(timeout=_TIMEOUT_S) as client:

        def get(path: str) -> bytes:
            url = f"{address}{path}"
            try:
                answer = client.get(url)
            except httpx2.HTTPError as error:
                raise BuilderError(
                    f"{url}: cannot be fetched: {error}", hint=_HINT, place=url
                ) from None
            if answer.status_code != httpx2.codes.OK:
                raise BuilderError(
                    f"{url}: the server answers {answer.status_code}", hint=_HINT, place=url
                )
            return bytes(answer.content)

        for file in _files(delivery, get):
            target = folder / file.path
            if not target.resolve().is_relative_to(folder.resolve() / "model"):
                raise _unfit(address, f"its index names {file.path}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_put_together(file, get, address))


def _put_together(file: _File, get: Callable[[str], bytes], address: str) -> bytes:
    import zstandard

    try:
        plain = b"".join(
            zstandard.ZstdDecompressor().decompress(get(f"data/{name}.bin"), max_output_size=size)
            for name, size in file.shards
        )
    except zstandard.ZstdError as error:
        raise _unfit(address, f"{file.path} cannot be unpacked: {error}") from None
    if hashlib.sha256(plain).hexdigest() != file.sha256:
        raise _unfit(address, f"delivers another {file.path} than its index says")
    return plain


@dataclass(frozen=True)
class _File:
    """``shards``: their names, and their bytes once unpacked."""

    path: str
    sha256: str
    shards: tuple[tuple[str, int], ...]


def _unfit(place: str, problem: str) -> BuilderError:
    return BuilderError(f"{place}: {problem}", hint=_HINT, place=place)


def _files(delivery: dict[str, Any], get: Callable[[str], bytes]) -> list[_File]:
    """What the index lists, without what the package holds; of a signed model all."""
    signed = delivery.get("publicKey")
    path = "model/latest.json" if signed else f"model/{delivery['model']}.json"
    try:
        index = json.loads(get(path))
        listed = [
            _File(
                str(entry["path"]),
                str(entry["sha256"]),
                tuple((str(shard["sha256"]), int(shard["plain"])) for shard in entry["shards"]),
            )
            for entry in (json.loads(index["index"]) if signed else index)["files"]
        ]
    except (ValueError, KeyError, TypeError):
        raise _unfit(f"{delivery['address']}{path}", "is no index") from None
    return [file for file in listed if signed or file.path != f"model/{DESCRIPTION}"]
