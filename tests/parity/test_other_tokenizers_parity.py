"""Byte-level BPE, and Unigram with the table that XLM-RoBERTa's normalizer has, against the Rust
library: the same ids for every random text.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TEXTS = int(os.environ.get("LENSMITH_OTHER_TEXTS", "6000"))
HERE = Path(__file__).parent
CHARSMAP = HERE / "nmt_nfkc.charsmap.gz"
"""SentencePiece's rule nmt_nfkc, as a model that it trains holds it (Apache-2.0)."""


def description(kind: str, repository: Path) -> dict[str, Any]:
    """The small tokenizer.json of a kind; Unigram with the normalizer of a real checkpoint."""
    path = repository / "tests/js/engine/tokenizers" / f"{kind}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if kind == "unigram":
        table = base64.b64encode(gzip.decompress(CHARSMAP.read_bytes())).decode()
        spaces = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
        precompiled = {"type": "Precompiled", "precompiled_charsmap": table}
        found["normalizer"] = {"type": "Sequence", "normalizers": [precompiled, spaces]}
    return found


@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_node_gives_the_references_ids(
    kind: str, repository: Path, data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps(description(kind, repository)), encoding="utf-8")
    oracle = tmp_path / "oracle"
    tool = repository / "tools/write_tokenizer_oracle.py"
    options = ["--description", str(file), "--data", str(data), "--random", str(TEXTS)]
    subprocess.run([sys.executable, tool, oracle, *options], check=True)  # it prints the seeds
    node = os.environ.get("LENSMITH_NODE", "node")
    result = subprocess.run(
        [node, HERE / "library_in_node.js", kind, file, oracle],
        check=True,
        capture_output=True,
        text=True,
    )
    outcome = json.loads(result.stdout)
    assert outcome["compared"] == TEXTS
    assert outcome["differing"] == 0, outcome["examples"]
