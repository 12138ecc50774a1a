"""Downloads from a server that fails: each ends with the right bytes or with a reason."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from builder.site.shards import SHARD_BYTES, index_of, write_shards
from tests.support.faulty_server import FAULTS, FaultyServer

SCRIPT = Path(__file__).parent.parent / "js" / "delivery" / "download.js"
CODES = {
    "download_offline",
    "download_refused",
    "download_changed",
    "download_stalled",
}
TRIES = 4
"""How often a reader presses the button."""


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index with one file in six shards."""
    folder = tmp_path_factory.mktemp("delivered")
    chance = random.Random(5)  # noqa: S311 - repeatable
    content = b"".join(
        chance.randbytes(4096) + bytes(SHARD_BYTES - 4096) for _ in range(5)
    ) + bytes(9)
    files = write_shards({"model/weights.bin": content}, folder, level=3)
    (folder / "index.json").write_text(json.dumps(index_of("tiny", "1.0.0", files)))
    return folder


STALLED_MS = 1500
PATIENT_MS = 60_000
"""Where the server is good, only a busy machine stalls."""


def downloads(
    folder: Path, server: FaultyServer, count: int, stalled_ms: int = STALLED_MS
) -> list[dict[str, Any]]:
    """How each ended; none fetched a shard again that had come whole."""
    node = os.environ.get("LENSMITH_NODE", "node")
    run = subprocess.run(
        [
            node,
            SCRIPT,
            server.address,
            folder / "index.json",
            str(count),
            str(TRIES),
            str(stalled_ms),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    told = json.loads(run.stdout)
    assert told["again"] == []
    ends: list[dict[str, Any]] = told["ends"]
    return ends


def check(folder: Path, count: int, share: float, seed: int) -> FaultyServer:
    index = json.loads((folder / "index.json").read_text())
    files = {path.name: path.read_bytes() for path in folder.glob("*.bin")}
    with FaultyServer(files, share=share, seed=seed) as server:
        ends = downloads(folder, server, count)
    assert len(ends) == count
    right = index["files"][0]["sha256"]
    assert {end["sha256"] for end in ends} <= {right, None}
    assert {code for end in ends for code in end["failures"]} <= CODES
    assert all(len(end["failures"]) == TRIES for end in ends if end["sha256"] is None)
    assert not any(end.get("overdone") for end in ends)
    return server


def test_what_a_good_server_sends_arrives_with_its_progress(delivered: Path) -> None:
    files = {path.name: path.read_bytes() for path in delivered.glob("*.bin")}
    total = sum(map(len, files.values()))
    with FaultyServer(files, share=0, seed=1) as server:
        (end,) = downloads(delivered, server, 1, PATIENT_MS)
    assert end["failures"] == []
    assert end["told"] == [total, total]
    assert server.served == {("0", name): 1 for name in files}


def test_downloads_from_a_faulty_server_end_right_or_with_a_reason(delivered: Path) -> None:
    check(delivered, count=20, share=0.4, seed=2)


@pytest.mark.slow
def test_200_downloads_from_a_faulty_server_end_right_or_with_a_reason(delivered: Path) -> None:
    server = check(delivered, count=200, share=0.5, seed=3)
    assert set(server.faults) == set(FAULTS)
