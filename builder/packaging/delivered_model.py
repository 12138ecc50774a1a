"""The model of a finished package: in the zip, or on the server that the zip names."""

from __future__ import annotations

import hashlib
import json
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
    import zstandard

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
            plain = b"".join(
                zstandard.ZstdDecompressor().decompress(
                    get(f"data/{shard['sha256']}.bin"), max_output_size=shard["plain"]
                )
                for shard in file["shards"]
            )
            if hashlib.sha256(plain).hexdigest() != file["sha256"]:
                raise BuilderError(
                    f"{address}: delivers another {file['path']} than its index says",
                    hint=_HINT,
                    place=address,
                )
            target = folder / file["path"]
            if not target.resolve().is_relative_to(folder.resolve() / "model"):
                raise BuilderError(
                    f"{address}: its index names {file['path']}", hint=_HINT, place=address
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(plain)


def _files(delivery: dict[str, Any], get: Any) -> list[dict[str, Any]]:
    """What the index lists, without what the package holds; of a signed model all."""
    signed = delivery.get("publicKey")
    path = "model/latest.json" if signed else f"model/{delivery['model']}.json"
    try:
        index = json.loads(get(path))
        files = json.loads(index["index"])["files"] if signed else index["files"]
    except (ValueError, KeyError, TypeError):
        place = f"{delivery['address']}{path}"
        raise BuilderError(f"{place}: is no index", hint=_HINT, place=place) from None
    return [file for file in files if signed or file["path"] != f"model/{DESCRIPTION}"]
