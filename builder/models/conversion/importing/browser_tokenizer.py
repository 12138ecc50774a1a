"""Token ids as the extension computes them, by running its tokenizer in Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from builder.errors import BuilderError
from builder.paths import extension_folder, tokenizers_folder

SCRIPT, LIBRARY = "encode.js", "tokenizers.mjs"
TIMEOUT_S = 120
OLDEST_NODE = 20


def browser_ids(spec: dict[str, Any], folder: Path, texts: Sequence[str]) -> list[list[int]] | None:
    """The ids of each text; None if Node is missing or too old, or if the library is missing.

    :param spec: the ``tokenizer`` entry of model.json.
    :param folder: holds the vocabulary.
    :raises BuilderError: if the extension cannot load the tokenizer.
    """
    node = os.environ.get("LENSMITH_NODE") or shutil.which("node")
    library = tokenizers_folder() / LIBRARY
    if node is None or not _new_enough(node):
        return None
    if spec["kind"] != "wordpiece" and not library.is_file():
        return None
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        shutil.copytree(extension_folder() / "engine", scratch / "engine")
        shutil.copytree(extension_folder() / "shared", scratch / "shared")
        if library.is_file():
            shutil.copyfile(library, scratch / LIBRARY)
        (scratch / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        script = scratch / SCRIPT
        script.write_bytes((files(__package__) / SCRIPT).read_bytes())
        request = {"spec": spec, "vocabulary": str(folder / spec["vocabulary"]), "texts": texts}
        try:
            found = subprocess.run(
                [node, script],
                input=json.dumps(request),
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    if found.returncode:
        error = next((line for line in found.stderr.splitlines() if "Error" in line), "no answer")
        raise BuilderError(
            f"the extension cannot load this tokenizer: {error.strip()}",
            hint="supported: WordPiece as BERT uses it, BPE as RoBERTa uses it, Unigram",
        )
    ids: list[list[int]] = json.loads(found.stdout)
    return ids


def _new_enough(node: str) -> bool:
    try:
        version = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        ).stdout
        return int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
