"""ONNX Runtime's wasm without the functions that no classifier calls, as
extension/engine/wasm-trim/trim.js makes it in the browser: a site need not deliver the rest.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from builder.errors import BuilderError

_TRAP = bytes((3, 0, 0, 11))
"""A function body of three bytes: no locals, ``unreachable``, ``end``."""
_USED = re.compile(
    r"USED = \{bytes: (\d+), codeSize: \{at: (\d+), places: (\d+), value: (\d+)\},"
    r" runs: (\[[\d,\s]*\])\}"
)


def trim(wasm: bytes, list_of_used: Path) -> bytes:
    """The module with every function that is left out replaced by one that traps.

    :param list_of_used: ``used-functions.js``, which tells of one file of the runtime.
    :raises BuilderError: if it tells of another file.
    """
    found = _USED.search(list_of_used.read_text(encoding="utf-8"))
    if found is None or int(found[1]) != len(wasm):
        raise BuilderError(
            f"{list_of_used}: tells of another file of ONNX Runtime",
            hint="run tools/list_used_functions.py after an upgrade",
            place=str(list_of_used),
        )
    at, places, value = int(found[2]), int(found[3]), int(found[4])
    runs = json.loads(re.sub(r",\s*\]", "]", found[5]))
    parts, place = [], 0
    for kept, left_out, functions in zip(runs[::3], runs[1::3], runs[2::3], strict=True):
        parts.append(wasm[place : place + kept] + _TRAP * functions)
        place += kept + left_out
    trimmed = bytearray(b"".join(parts))
    for index in range(places):  # LEB128 in so many bytes, whatever the number
        trimmed[at + index] = (value >> (7 * index)) & 127 | (128 if index < places - 1 else 0)
    return bytes(trimmed)
