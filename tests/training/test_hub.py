"""Models by their id: the hub's own client against a stand-in for the hub in this process."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.checkpoints import write_checkpoint

MODEL = "workshop/ticket-bert"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_checkpoint(tmp_path_factory.mktemp("hub") / "model", "bert")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Ticket BERT\n")
    return folder


@pytest.fixture
def hub(checkpoint: Path) -> Iterator[str]:
    """The address of a hub that has one model."""
    files = {path.name: path.read_bytes() for path in checkpoint.iterdir()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            about = f"/api/models/{MODEL}"
            name = path.rsplit("/", 1)[-1]
            if path == about or path.startswith(f"{about}/revision/"):
                siblings = [{"rfilename": file} for file in files]
                self.answer(
                    json.dumps(
                        {"id": MODEL, "modelId": MODEL, "sha": COMMIT, "siblings": siblings}
                    ).encode(),
                    "application/json",
                )
            elif path.startswith(f"{about}/tree/"):
                tree = [
                    {"type": "file", "path": file, "size": len(content), "oid": _digest(content)}
                    for file, content in files.items()
                ]
                self.answer(json.dumps(tree).encode(), "application/json")
            elif path == f"/{MODEL}/resolve/{COMMIT}/{name}" and name in files:
                self.answer(files[name], "application/octet-stream")
            else:
                self.send_response(404)
                self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()

        do_HEAD = do_GET

        def answer(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{_digest(content)}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def run_import(model: str, out: Path, hub: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as the client reads the hub's address when it is imported."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {
        "HF_ENDPOINT": hub,
        "HF_HOME": str(out.parent / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
    }
    return subprocess.run(
        [sys.executable, "-m", "builder", "model", "import", model, "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_a_model_of_the_hub_is_imported_with_its_licence_and_commit(
    hub: str, tmp_path: Path
) -> None:
    result = run_import(MODEL, tmp_path / "asset", hub)
    assert result.returncode == 0, result.stderr
    described = json.loads((tmp_path / "asset/model.json").read_text())
    assert described["name"] == "ticket-bert"
    assert described["licence"] == {
        "name": "apache-2.0",
        "restricts_use": False,
        "reason": "as its README says",
    }
    assert described["sources"][0]["name"] == f"{MODEL}, revision {COMMIT}"


def test_a_model_that_the_hub_lacks_is_refused_in_one_sentence(hub: str, tmp_path: Path) -> None:
    result = run_import("workshop/nothing", tmp_path / "asset", hub)
    assert result.returncode == 2, result.stderr
    assert (
        "error: workshop/nothing: neither a file or folder here nor a model on the hub"
        in result.stderr
    )
    assert "Traceback" not in result.stderr and not (tmp_path / "asset").exists()


def test_a_hub_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    result = run_import(MODEL, tmp_path / "asset", "http://127.0.0.1:9")
    assert result.returncode == 2, result.stderr
    assert f"error: {MODEL}: the hub cannot be reached" in result.stderr
