"""``integrity.json``: what the engine compares with what it reads, so that a damaged package gives
no answers instead of wrong ones.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.asset.asset import DESCRIPTION, Asset
from builder.packaging.self_test import self_test_of
from builder.packaging.tree import Contents

NAME = "integrity.json"
WASM = "runtime/ort-wasm-simd-threaded.wasm"
SETTINGS = "settings.json"
_THRESHOLDS = "shared/settings.js"
"""What reads them."""
USED_FUNCTIONS = "engine/wasm-trim/used-functions.js"
_TRAP = bytes((3, 0, 0, 11))
"""As in extension/engine/wasm-trim/trim.js: the body of a function that is left out."""
_LENGTH = re.compile(r"\bbytes: (\d+)")
_CODE_SIZE = re.compile(r"codeSize: \{at: (\d+), places: (\d+), value: (\d+)\}")
_RUNS = re.compile(r"runs: \[([\d,\s]+)\]")


def integrity_json(contents: Contents, asset: Asset, *, trim: bool, code: bool = False) -> bytes:
    """The file's content: SHA-256 of the model's and the runtime's files by their place in the
    bundle, of the runtime without the functions that are left out, and the self-test.

    :param trim: whether the engine leaves functions out of the runtime.
    :param code: whether also of what computes an answer: the worker's modules, and the author's
        settings.
    :raises BuilderError: if the list of used functions cannot be read, or the model cannot be run.
    """
    model = [f"model/{name}" for name in (DESCRIPTION, *(file.path for file in asset.files))]
    runtime = [name for name in contents if name.startswith("runtime/")]
    computing = [name for name in contents if code and _computes(name)]
    return (
        json.dumps(
            {
                "files": {
                    name: _sha256(contents[name])
                    for name in (*model, *sorted(runtime), *sorted(computing))
                },
                "trimmedRuntime": _sha256_of_trimmed(contents) if trim else None,
                "selfTest": self_test_of(asset),
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    ).encode()


def _computes(name: str) -> bool:
    return name in (SETTINGS, _THRESHOLDS) or (name.endswith(".js") and name.startswith("engine/"))


def trimmed(wasm: bytes, used_functions: str) -> bytes | None:
    """What the engine makes of ONNX Runtime's wasm (extension/engine/wasm-trim/trim.js); None if
    the list is of a file of another length, which the engine then leaves whole.

    :param used_functions: the text of used-functions.js.
    :raises ValueError: if that is not such a list.
    """
    length, code_size, runs = (
        pattern.search(used_functions) for pattern in (_LENGTH, _CODE_SIZE, _RUNS)
    )
    if length is None or code_size is None or runs is None:
        raise ValueError("no list of used functions")
    if int(length[1]) != len(wasm):
        return None
    numbers = [int(number) for number in runs[1].split(",") if number.strip()]
    parts, place = [], 0
    for kept, left_out, functions in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        parts += [wasm[place : place + kept], _TRAP * functions]
        place += kept + left_out
    result = bytearray(b"".join(parts))
    at, places, value = (int(number) for number in code_size.groups())
    for number in range(places):  # LEB128, as long as it was
        more = 128 if number < places - 1 else 0
        result[at + number] = (value >> (7 * number)) & 127 | more
    return bytes(result)


def _sha256(content: Path | bytes) -> str:
    return sha256_of(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()


def _sha256_of_trimmed(contents: Contents) -> str | None:
    wasm, used = contents[WASM], contents[USED_FUNCTIONS]
    text = used.read_text("utf-8") if isinstance(used, Path) else used.decode()
    try:
        return _hash_of_trimmed(Path(str(wasm)), text)
    except ValueError as error:
        raise BuilderError(
            f"{USED_FUNCTIONS}: {error}",
            hint="leave this file as the builder has it; [runtime] trim = false switches it off",
            place=USED_FUNCTIONS,
        ) from None


@lru_cache(maxsize=4)
def _hash_of_trimmed(wasm: Path, used_functions: str) -> str | None:
    module = trimmed(wasm.read_bytes(), used_functions)
    return None if module is None else hashlib.sha256(module).hexdigest()
