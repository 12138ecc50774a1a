"""Publishing, against a local server that speaks the stores' documented APIs, faults included."""

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
from builder.errors import BuilderError, CheckFailed
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


class Store:
    """Both stores. ``faults`` maps ``METHOD path`` to answers given first; ``after`` does the work,
    then fails.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.faults: dict[str, list[tuple[int, Any]]] = {}
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
                    self.send_header("Retry-After", "7")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
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


UPLOAD = "POST /upload/v2/publishers/pub/items/item:upload"
SUBMIT = "POST /v2/publishers/pub/items/item:publish"
STATUS = "GET /v2/publishers/pub/items/item:fetchStatus"
CREATE = f"POST /api/v5/addons/addon/{GECKO_ID}/versions/"


def test_chromes_store_gets_the_package_and_submits_its_version(
    store: Store, to_chrome: Publish
) -> None:
    assert to_chrome() == "1.2.3 is submitted: PENDING_REVIEW"
    assert store.requests == ["POST /token", STATUS, UPLOAD, SUBMIT, STATUS]


def test_a_version_that_chromes_store_has_already_is_not_sent_again(
    store: Store, to_chrome: Publish
) -> None:
    to_chrome()
    assert to_chrome() == "1.2.3 is there already: PENDING_REVIEW"
    assert store.requests.count(UPLOAD) == 1


def test_an_upload_that_takes_its_time_is_waited_for(
    store: Store, to_chrome: Publish, pauses: list[float]
) -> None:
    store.chrome_uploads = ["IN_PROGRESS", "UPLOAD_IN_PROGRESS", "SUCCEEDED"]
    assert "submitted" in to_chrome()
    assert pauses == [chrome_web_store.POLL_S] * 2


def test_a_package_that_chromes_store_cannot_take_is_said(store: Store, to_chrome: Publish) -> None:
    store.chrome_uploads = ["FAILED"]
    with pytest.raises(CheckFailed, match=r"could not take tiny-lens-1\.2\.3-chrome\.zip"):
        to_chrome()
    assert SUBMIT not in store.requests


def test_a_fault_after_the_submission_does_not_submit_twice(
    store: Store, to_chrome: Publish
) -> None:
    store.after[SUBMIT] = 1
    assert "submitted" in to_chrome()
    assert store.requests.count(SUBMIT) == 1


def test_a_fault_before_the_submission_submits_again(store: Store, to_chrome: Publish) -> None:
    store.faults[SUBMIT] = [(503, "busy")]
    assert "submitted" in to_chrome()
    assert store.requests.count(SUBMIT) == 2


def test_faults_are_waited_out_as_long_as_the_store_asks(
    store: Store, to_chrome: Publish, pauses: list[float]
) -> None:
    store.faults[UPLOAD] = [(503, "busy"), (429, "slow down")]
    assert "submitted" in to_chrome()
    assert pauses == [2.0, 7.0]


def test_a_store_that_stays_away_is_named(store: Store, to_chrome: Publish) -> None:
    store.faults[UPLOAD] = [(502, "<h1>Bad gateway</h1>")] * 4
    with pytest.raises(
        BuilderError, match="the Chrome Web Store cannot be reached: answered 502"
    ) as caught:
        to_chrome()
    assert caught.value.code == "store-unreachable"


def test_another_version_than_the_one_that_was_sent_is_noticed(
    store: Store, to_chrome: Publish, to_firefox: Publish
) -> None:
    store.wrong_version = "1.0.0"
    with pytest.raises(CheckFailed, match=r"version 1\.0\.0 in .* instead of 1\.2\.3"):
        to_chrome()
    with pytest.raises(CheckFailed, match=r"version 1\.0\.0 in .* instead of 1\.2\.3"):
        to_firefox()


def test_mozillas_store_gets_package_version_note_and_sources(
    store: Store, to_firefox: Publish
) -> None:
    assert to_firefox() == "1.2.3 is submitted: unreviewed"
    assert store.versions == [
        {"id": 7, "version": VERSION, "source": "there", "file": {"status": "unreviewed"}}
    ]


def test_a_version_without_its_sources_gets_them_when_asked_again(
    store: Store, to_firefox: Publish
) -> None:
    patch = f"PATCH /api/v5/addons/addon/{GECKO_ID}/versions/7/"
    store.faults[patch] = [(500, "oops")] * 4
    with pytest.raises(BuilderError, match="cannot be reached"):
        to_firefox()
    assert to_firefox() == "1.2.3 is there already: unreviewed"
    assert store.requests.count(CREATE) == 1
    assert store.versions[0]["source"] == "there"


def test_a_fault_after_the_version_was_made_makes_no_second_one(
    store: Store, to_firefox: Publish
) -> None:
    store.after[CREATE] = 1
    to_firefox()
    assert [version["version"] for version in store.versions] == [VERSION]


def test_what_mozillas_validation_finds_is_told(store: Store, to_firefox: Publish) -> None:
    store.validation = [
        {"type": "warning", "message": "unsafe"},
        {"type": "error", "message": "no icon", "file": "manifest.json"},
    ]
    with pytest.raises(
        CheckFailed,
        match=r"finds errors in tiny-lens-1\.2\.3-firefox\.zip: no icon \(manifest\.json\)",
    ):
        to_firefox()


def test_an_unknown_item_says_that_the_first_version_is_made_by_hand(
    store: Store, to_chrome: Publish
) -> None:
    store.faults[STATUS] = [(404, {"error": "NOT_FOUND"})]
    with pytest.raises(BuilderError, match="knows no such item") as caught:
        to_chrome()
    assert "by hand" in caught.value.hint


def test_no_message_holds_a_secret(store: Store, dist: Path) -> None:
    wrong = FIREFOX | {"AMO_JWT_ISSUER": "someone-else"}
    client = MozillaAddons.from_environment(wrong, GECKO_ID, sleep=lambda _: None)
    with pytest.raises(BuilderError, match=r"refuses the credentials \(401\)") as caught:
        client.publish(
            dist / f"tiny-lens-{VERSION}-firefox.zip",
            VERSION,
            channel="listed",
            sources=None,
            note="",
        )
    assert SECRET not in str(caught.value) and "***" in str(caught.value)


def run(*args: object, environment: dict[str, str] | None = None) -> Result:
    cleared = dict.fromkeys((*CHROME, *FIREFOX, "CHROME_ACCESS_TOKEN"))
    return CliRunner().invoke(main, ["publish", *map(str, args)], env=cleared | (environment or {}))


def test_without_send_the_command_only_says_what_it_would_do(
    project: Path, dist: Path, store: Store
) -> None:
    result = run(project, "--out", dist, "--json", environment=CHROME)
    assert result.exit_code == 0, result.output
    submissions = json.loads(result.stdout)["data"]["submissions"]
    assert [(entry["store"], entry["missing"], entry["answer"]) for entry in submissions] == [
        ("chrome", [], None),
        ("firefox", ["AMO_JWT_ISSUER", "AMO_JWT_SECRET"], None),
    ]
    assert SECRET not in result.output
    assert store.requests == []
    shown = run(project, "--out", dist, environment=CHROME)
    assert "nothing was sent" in shown.output and "--send" in shown.output


def test_credentials_are_asked_for_before_anything_is_sent(
    project: Path, packed_dist: Path
) -> None:
    result = run(project, "--out", packed_dist, "--send", environment=CHROME)
    assert result.exit_code == 2
    assert "firefox: credentials are missing" in result.stderr
    assert "AMO_JWT_ISSUER, AMO_JWT_SECRET" in result.stderr


def test_a_package_that_the_project_has_outrun_is_said_and_not_sent(
    project: Path, packed_dist: Path, store: Store
) -> None:
    assert "has changed since" not in run(project, "--out", packed_dist).stdout
    project.write_text(project.read_text().replace("Says how", "Tells how"))
    assert "has changed since" in run(project, "--out", packed_dist).stdout
    result = run(project, "--out", packed_dist, "--send", environment=CHROME | FIREFOX)
    assert result.exit_code == 2
    assert "has changed since it was packed" in result.stderr and "builder pack" in result.stderr
    assert store.requests == []


def test_the_command_sends_to_both_stores(
    project: Path, packed_dist: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mozilla_addons, "POLL_S", 0)
    monkeypatch.setattr("builder.stores.listing.reviewers_note", lambda _: "a note")
    result = run(project, "--out", packed_dist, "--send", environment=CHROME | FIREFOX)
    assert result.exit_code == 0, result.output
    assert "chrome: 1.2.3 is submitted: PENDING_REVIEW" in result.output
    assert "firefox: 1.2.3 is submitted: unreviewed" in result.output


def test_a_package_that_is_missing_or_of_another_version_is_named(
    project: Path, dist: Path
) -> None:
    package = dist / f"tiny-lens-{VERSION}-chrome.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("manifest.json", '{"version": "1.0.0"}')
    result = run(project, "--out", dist)
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        2,
        f"error: {package}: holds version 1.0.0 instead of 1.2.3",
    )
    package.unlink()
    assert f"{package}: missing" in run(project, "--out", dist).stderr
