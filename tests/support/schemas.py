"""The published schemas of what commands write with ``--json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parent.parent.parent / "docs/reference"


def schema_of(command: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(
        (REFERENCE / "data.schema.json").read_text(encoding="utf-8")
    )
    return schema | {"$ref": f"#/$defs/{command}"}
