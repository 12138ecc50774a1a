"""A bundle for tests and timings that may read every page: it saves the click by which a reader
grants one.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path


def with_host_permissions(bundle: Path, target: Path) -> Path:
    """Copy a bundle to ``target`` with the permission for all hosts, which the shipped one never
    asks for.
    """
    shutil.copytree(bundle, target)
    file = target / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**manifest, "host_permissions": ["<all_urls>"]}), encoding="utf-8")
    return target
