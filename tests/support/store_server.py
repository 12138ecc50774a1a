"""A local server that speaks both stores' documented APIs, faults included."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from builder.cli import main
from builder.config.extension import BROWSERS, load_config
from builder.packaging.pack import pack_extension
from builder.stores.api import chrome as chrome_web_store
from builder.stores.api import mozilla as mozilla_addons
from builder.stores.api.chrome import ChromeWebStore
from builder.stores.api.mozilla import MozillaAddons

VERSION = "1.2.3"
SECRET = "very-secret-value"  # noqa: S105 - of a store that this file makes up
CHROME = {
    "CHROME_PUBLISHER_ID": "pub",
    "CHROME_ITEM_ID": "item",
    "CHROME_CLIENT_ID": "client",
    "CHROME_CLIENT_SECRET": SECRET,
    "CHROME_REFRESH_TOKEN": f"{SECRET}-refresh",
}
FIREFOX = {"AMO_JWT_ISSUER": "user:1:2", "AMO_JWT_SECRET": SECRET}
GECKO_ID = "tiny@lens.example"

UPLOAD = "POST /upload/v2/publishers/pub/items/item:upload"
SUBMIT = "POST /v2/publishers/pub/items/item:publish"
STATUS = "GET /v2/publishers/pub/items/item:fetchStatus"
CREATE = f"POST /api/v5/addons/addon/{GECKO_ID}/versions/"
ADDON = f"GET /api/v5/addons/addon/{GECKO_ID}/"
VERSIONS = f"GET /api/v5/addons/addon/{GECKO_ID}/versions/"
AMO_UPLOAD = "POST /api/v5/addons/upload/"
AMO_CHECKED = "GET /api/v5/addons/upload/u1/"
SOURCES = f"PATCH /api/v5/addons/addon/{GECKO_ID}/versions/7/"


class Store:
    """Both stores. ``faults`` maps ``METHOD path`` to answers given first, ``always`` to one given
    every time; ``after`` does the work, then fails.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.faults: dict[str, list[tuple[int, Any]]] = {}
        self.always: dict[str, tuple[int, Any]] = {}
        self.retry_after = "7"
        self.after: dict[str, int] = {}
        self.submitted: str | None = None
        self.draft: str | None = None
        self.chrome_uploads: list[str] = []
        self.versions: list[dict[str, Any]] = []
        self.validation: list[dict[str, str]] = []
        self.wrong_version: str | None = None
        store = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                path = self.path.split("?")[0]
                call = f"{self.command} {path}"
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                store.requests.append(call)
                if store.faults.get(call):
                    return self.reply(*store.faults[call].pop(0))
                if call in store.always:
                    return self.reply(*store.always[call])
                status, value = store.handle(
                    call,
                    body,
                    self.headers.get("Authorization") or "",
                    self.headers.get("Content-Type") or "",
                )
                if store.after.get(call):
                    store.after[call] -= 1
                    status, value = 503, {"error": "after the work was done"}
                self.reply(status, value)

            def reply(self, status: int, value: Any) -> None:
                data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", store.retry_after)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(
        self, call: str, body: bytes, authorization: str, content_type: str
    ) -> tuple[int, Any]:
        item = "/publishers/pub/items/item"
        if call == "POST /token":
            granted = {"access_token": "token-of-an-hour"}  # not-a-secret
            return (200, granted) if SECRET in body.decode() else (401, {"error": "invalid_client"})
        if (
            call.startswith(("POST /upload/v2", "POST /v2", "GET /v2"))
            and authorization != "Bearer token-of-an-hour"
        ):
            return 401, {"error": f"bad credentials {authorization}"}
        if "/api/v5/" in call and not _signed(authorization):
            return 401, {"detail": f"bad token {SECRET}"}
        if call == f"POST /upload/v2{item}:upload":
            self.draft = self.wrong_version or _version_in(body)
            state = self.chrome_uploads.pop(0) if self.chrome_uploads else "SUCCEEDED"
            return 200, {
                "uploadState": state,
                **({"crxVersion": self.draft} if state == "SUCCEEDED" else {}),
            }
        if call == f"POST /v2{item}:publish":
            self.submitted = self.draft
            return 200, {"state": "PENDING_REVIEW"}
        if call == f"GET /v2{item}:fetchStatus":
            revision = {
                "state": "PENDING_REVIEW",
                "distributionChannels": [{"crxVersion": self.submitted, "deployPercentage": 100}],
            }
            upload = (
                {"lastAsyncUploadState": self.chrome_uploads.pop(0)}
                if self.draft and self.chrome_uploads
                else {}
            )
            return 200, upload | (
                {"submittedItemRevisionStatus": revision} if self.submitted else {}
            )
        if call == "POST /api/v5/addons/upload/":
            assert "multipart/form-data" in content_type and b'name="channel"\r\n\r\nlisted' in body
            self.draft = self.wrong_version or _version_in(body)
            return 201, {"uuid": "u1", "processed": False, "valid": False}
        if call == "GET /api/v5/addons/upload/u1/":
            return 200, {
                "uuid": "u1",
                "processed": True,
                "valid": not self.validation,
                "version": self.draft,
                "validation": {"messages": self.validation},
            }
        if call == f"GET /api/v5/addons/addon/{GECKO_ID}/versions/":
            return 200, {"results": self.versions}
        if call == f"POST /api/v5/addons/addon/{GECKO_ID}/versions/":
            assert json.loads(body) == {"upload": "u1", "approval_notes": "a note"}
            self.versions.append(
                {"id": 7, "version": self.draft, "source": None, "file": {"status": "unreviewed"}}
            )
            return 201, self.versions[-1]
        if call == f"PATCH /api/v5/addons/addon/{GECKO_ID}/versions/7/":
            assert b'name="source"; filename="tiny-lens-1.2.3-sources.zip"' in body
            self.versions[-1]["source"] = "there"
            return 200, self.versions[-1]
        return 404, {"detail": "Not found."}


def _version_in(body: bytes) -> str:
    start = body.index(b"PK")
    with zipfile.ZipFile(io.BytesIO(body[start:])) as archive:
        version: str = json.loads(archive.read("manifest.json"))["version"]
    return version


def _signed(authorization: str) -> bool:
    match = re.fullmatch(r"JWT ((\S+)\.(\S+))\.(\S+)", authorization)
    if not match:
        return False
    expected = (
        base64.urlsafe_b64encode(
            hmac.new(SECRET.encode(), match[1].encode(), hashlib.sha256).digest()
        )
        .rstrip(b"=")
        .decode()
    )
    claims = json.loads(base64.urlsafe_b64decode(match[3] + "=="))
    return (
        match[4] == expected
        and claims["iss"] == "user:1:2"
        and 0 < claims["exp"] - claims["iat"] <= 300
    )


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    running = Store()
    monkeypatch.setattr(chrome_web_store, "API", running.url)
    monkeypatch.setattr(chrome_web_store, "TOKENS", f"{running.url}/token")
    monkeypatch.setattr(mozilla_addons, "API", f"{running.url}/api/v5")
    yield running
    running.close()


@pytest.fixture
def dist(project: Path, tmp_path: Path) -> Path:
    out = tmp_path / "dist"
    out.mkdir()
    for name in ("chrome", "firefox", "sources"):
        with zipfile.ZipFile(out / f"tiny-lens-{VERSION}-{name}.zip", "w") as archive:
            archive.writestr("manifest.json", json.dumps({"version": VERSION}))
    return out


@pytest.fixture
def packed_dist(project: Path, tmp_path: Path) -> Path:
    """What the project packs to, where the fixture before has just enough for a server."""
    return (
        pack_extension(load_config(project), tmp_path / "packed", BROWSERS).packages[0].file.parent
    )


Publish = Callable[[], str]


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def to_chrome(dist: Path, pauses: list[float]) -> Publish:
    def publish() -> str:
        client = ChromeWebStore.from_environment(CHROME, sleep=pauses.append)
        return client.publish(dist / f"tiny-lens-{VERSION}-chrome.zip", VERSION)

    return publish


@pytest.fixture
def to_firefox(dist: Path, pauses: list[float]) -> Publish:
    def publish() -> str:
        client = MozillaAddons.from_environment(FIREFOX, GECKO_ID, sleep=pauses.append)
        return client.publish(
            dist / f"tiny-lens-{VERSION}-firefox.zip",
            VERSION,
            channel="listed",
            sources=dist / f"tiny-lens-{VERSION}-sources.zip",
            note="a note",
        )

    return publish


def run(*args: object, environment: dict[str, str] | None = None) -> Result:
    cleared = dict.fromkeys((*CHROME, *FIREFOX, "CHROME_ACCESS_TOKEN"))
    return CliRunner().invoke(main, ["publish", *map(str, args)], env=cleared | (environment or {}))
