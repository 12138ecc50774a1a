"""ONNX Runtime's wasm without the functions that no classifier calls: a site need not deliver the
rest.
"""

from __future__ import annotations

from pathlib import Path

from builder.errors import BuilderError
from builder.packaging.integrity import trimmed


def trim(wasm: bytes, list_of_used: Path) -> bytes:
    """The module with every function that is left out replaced by one that traps.

    :param list_of_used: ``used-functions.js``, which tells of one file of the runtime.
    :raises BuilderError: if it tells of another file.
    """
    try:
        module = trimmed(wasm, list_of_used.read_text(encoding="utf-8"))
    except ValueError:
        module = None
    if module is None:
        raise BuilderError(
            f"{list_of_used}: tells of another file of ONNX Runtime",
            hint="run tools/list_used_functions.py after an upgrade",
            place=str(list_of_used),
        )
    return module
