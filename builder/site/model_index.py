"""The indexes from which an extension fetches its model (extension/delivery/model-index.js): for
each model one under the SHA-256 of its model.json, which lists the SHA-256 of all else.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from builder.config.extension import ExtensionConfig
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.asset.asset import DESCRIPTION, Asset
from builder.packaging.contents import as_json
from builder.packaging.self_test import self_test_of
from builder.site.shards import ENDING, DeliveredFile, index_of
from builder.site.signing import check_version, envelope, opened, public_key_of, read_key

FOLDER = "model"
LATEST = "latest.json"
_PINNED = re.compile(r"[0-9a-f]{64}\.json")


def write_model_index(
    asset: Asset, delivered: Sequence[DeliveredFile], site: Path
) -> Mapping[str, Any]:
    """Write the index of a model to where a package that fixes its SHA-256 looks for it.

    :param delivered: all that the site delivers; the runtime is none of an extension's business, as
        code comes with its package.
    :return: the index.
    """
    model = sha256_of(asset.folder / DESCRIPTION)
    files = [file for file in delivered if file.path.startswith("model/")]
    index = {**index_of(asset.name, asset.description["version"], files), "model": model}
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / f"{model}.json").write_bytes(as_json(index))
    return index


def write_signed(
    config: ExtensionConfig,
    asset: Asset,
    index: Mapping[str, Any],
    key_file: Path | None,
    site: Path,
    earlier: Path,
) -> None:
    """Write the index once more, with the self-test and the author's signature, to where packages
    that fix the author's key look for the latest model; nothing for other packages.

    :param earlier: the site of an earlier build.
    :raises BuilderError: if there is no key, it is not the one that the package fixes, or
        extensions would refuse the version.
    """
    wanted = config.remote.public_key if config.remote else None
    place = str(config.file)
    if wanted is None and key_file is not None:
        raise BuilderError(
            f"{config.file}: model.public_key: missing, so nothing would check a signature",
            hint="add the line that 'builder key' printed, or leave --key out",
            place=place,
        )
    if wanted is None or key_file is None:
        if wanted is not None:
            raise BuilderError(
                f"{config.file}: model.public_key: its extension takes signed models only",
                hint="sign with --key FILE",
                place=place,
            )
        return
    key = read_key(key_file)
    if public_key_of(key) != wanted:
        raise BuilderError(
            f"{key_file}: is not the other half of model.public_key in {config.file}",
            hint="name the file whose public half stands there",
            place=str(key_file),
        )
    before = earlier / FOLDER / LATEST
    check_version(
        index,
        opened(before.read_bytes()) if before.is_file() else None,
        asset.folder / DESCRIPTION,
    )
    signed = envelope({**index, "selfTest": self_test_of(asset)}, key)
    (site / FOLDER / LATEST).write_bytes(signed)


def keep_earlier(earlier: Path, site: Path, data: str) -> None:
    """Copy the models of an earlier build, with their shards: packages in use are pinned to them.

    :param data: the folder of the shards.
    """
    for file in sorted((earlier / FOLDER).glob("*.json")):
        if not _PINNED.fullmatch(file.name) or (site / FOLDER / file.name).exists():
            continue
        shards = [earlier / data / name for name in _shard_names(file)]
        if all(shard.is_file() for shard in shards):
            shutil.copyfile(file, site / FOLDER / file.name)
            for shard in shards:
                if not (site / data / shard.name).exists():
                    shutil.copyfile(shard, site / data / shard.name)


def _shard_names(index: Path) -> Iterable[str]:
    for entry in json.loads(index.read_text(encoding="utf-8"))["files"]:
        yield from (f"{shard['sha256']}{ENDING}" for shard in entry["shards"])
