"""``builder model push``: the hub's own client against a stand-in for the hub in this process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.tiny import write_tiny_asset

REPOSITORY = "workshop/tiny"


class Hub:
    """Keeps what one commit brings; every file travels in the commit itself."""

    def __init__(self) -> None:
        self.refuse: dict[str, tuple[int, str]] = {}
        """By the end of a path: the status and what the hub says."""
        self.files: dict[str, bytes] = {"onnx/model_fp16.onnx": b"old", "notes.md": b"kept"}
        self.commits: list[str] = []
        self.created: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                hub.tokens.add(self.headers.get("Authorization"))
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for end, (status, said) in hub.refuse.items():
                    if self.path.endswith(end):
                        return self.answer({"error": said}, status)
                if self.path == "/api/repos/create":
                    hub.created.append(json.loads(body))
                    return self.answer({"url": f"{hub.url}/{REPOSITORY}"})
                if self.path == "/api/validate-yaml":
                    return self.answer({"errors": [], "warnings": []})
                if self.path == f"/api/models/{REPOSITORY}/preupload/main":
                    asked = json.loads(body)["files"]
                    modes = [
                        {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                        for file in asked
                    ]
                    return self.answer({"files": modes})
                if self.path == f"/api/models/{REPOSITORY}/commit/main":
                    hub.take(body)
                    commit = {"commitUrl": f"{hub.url}/{REPOSITORY}/commit/c0ffee"}
                    return self.answer(commit | {"commitOid": "c0ffee", "success": True})
                return self.answer({"error": "no such address"}, 404)

            def do_GET(self) -> None:
                if "/create" in hub.refuse:  # then there is none yet, either
                    return self.answer({"error": "Repository not found"}, 404)
                if self.path.startswith(f"/api/models/{REPOSITORY}/tree/"):
                    tree = [
                        {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                        for name, content in hub.files.items()
                    ]
                    return self.answer(tree)
                siblings = [{"rfilename": name} for name in hub.files]
                return self.answer({"id": REPOSITORY, "sha": "c0", "siblings": siblings})

            def answer(self, value: Any, status: int = 200) -> None:
                content = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body: bytes) -> None:
        for line in body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "header":
                self.commits.append(value["summary"])
            elif entry["key"] == "deletedFile":
                del self.files[value["path"]]
            else:
                self.files[value["path"]] = base64.b64decode(value["content"])


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()


def push(
    folder: Path, address: str, *more: str, authorized: bool = True
) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as the client reads the hub's address when it is imported."""
    asset = folder / "asset" if (folder / "asset").exists() else write_tiny_asset(folder / "asset")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {
        "HF_ENDPOINT": address,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
    }
    if authorized:
        environment["HF_TOKEN"] = "hf_for_tests"  # noqa: S105 - of the stand-in
    return subprocess.run(
        [sys.executable, "-m", "builder", "model", "push", str(asset), *more],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_one_commit_brings_all_files_and_clears_those_of_an_earlier_push(
    hub: Hub, tmp_path: Path
) -> None:
    out = tmp_path / "repository"
    result = push(tmp_path, hub.url, REPOSITORY, "--private", "--out", str(out))
    assert result.returncode == 0, result.stderr
    assert f"{hub.url}/{REPOSITORY}/commit/c0ffee" in result.stdout
    assert hub.created[0]["organization"] == "workshop"
    assert hub.created[0]["name"] == "tiny"
    assert "private" in (str(hub.created[0].get("visibility")), *hub.created[0])
    assert hub.commits == ["tiny 1.0.0"]
    assert hub.tokens == {"Bearer hf_for_tests"}
    assert hub.files.pop("notes.md") == b"kept"
    written = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }
    assert hub.files == written
    assert not [name for name, content in written.items() if str(tmp_path).encode() in content]


def test_without_a_token_nothing_is_sent_and_the_way_out_is_named(hub: Hub, tmp_path: Path) -> None:
    result = push(tmp_path, hub.url, REPOSITORY, authorized=False)
    assert result.returncode == 2, result.stderr
    assert f"error: {REPOSITORY}: no token of the Hugging Face hub was found" in result.stderr
    assert "HF_TOKEN" in result.stderr and "--out FOLDER" in result.stderr
    assert not hub.created and not hub.commits


@pytest.mark.parametrize(
    ("end", "status", "hint"),
    [
        ("/create", 401, "has to be valid"),
        ("/create", 403, "has to be valid"),
        ("/commit/main", 403, "has to be valid"),
        ("/commit/main", 413, "--out FOLDER"),
    ],
)
def test_a_refusal_is_quoted_with_its_status(
    end: str, status: int, hint: str, hub: Hub, tmp_path: Path
) -> None:
    hub.refuse[end] = (status, "You may not do this")
    result = push(tmp_path, hub.url, REPOSITORY)
    assert result.returncode == 2, result.stderr
    assert f"error: {REPOSITORY}: the hub refuses it ({status})" in result.stderr
    assert "You may not do this" in result.stderr and hint in result.stderr
    assert "Traceback" not in result.stderr and not hub.commits


def test_a_hub_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    result = push(tmp_path, "http://127.0.0.1:9", REPOSITORY)
    assert result.returncode == 2, result.stderr
    assert f"error: {REPOSITORY}: the hub cannot be reached" in result.stderr


def test_a_name_that_cannot_be_one_is_refused(hub: Hub, tmp_path: Path) -> None:
    result = push(tmp_path, hub.url, "workshop/a b")
    assert result.returncode == 2, result.stderr
    assert "error: workshop/a b: no name of a repository" in result.stderr


def test_transformers_reads_tokenizer_and_labels(hub: Hub, tmp_path: Path) -> None:
    from transformers import AutoConfig, AutoTokenizer

    out = tmp_path / "repository"
    assert push(tmp_path, hub.url, "--out", str(out)).returncode == 0
    assert AutoConfig.from_pretrained(out).id2label == {0: "good", 1: "bad", 2: "odd"}
    tokenizer = AutoTokenizer.from_pretrained(out)
    assert tokenizer("Fine poorly")["input_ids"] == [2, 5, 6, 8, 3]
    assert tokenizer.model_max_length == 32 and tokenizer.pad_token_id == 0
