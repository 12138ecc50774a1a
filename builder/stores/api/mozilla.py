"""addons.mozilla.org's API, version 5:
https://mozilla.github.io/addons-server/topics/api/addons.html.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuilderError, CheckFailed
from builder.stores.api.client import Body, OutcomeUnknown, Server

NAME = "addons.mozilla.org"
API = "https://addons.mozilla.org/api/v5"
CREDENTIALS = ("AMO_JWT_ISSUER", "AMO_JWT_SECRET")
POLL_S = 5.0
POLLS = 120
MOST_COMPLAINTS = 3
_TOKEN_S = 240  # the server takes at most five minutes; an upload may be slow


def missing_credentials(environment: Mapping[str, str]) -> list[str]:
    """The environment variables that still have to be set."""
    return [name for name in CREDENTIALS if not environment.get(name)]


@dataclass(frozen=True)
class MozillaAddons:
    """One add-on, by the id of its manifest."""

    server: Server
    addon: str

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str],
        gecko_id: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> MozillaAddons:
        issuer, secret = (environment[name] for name in CREDENTIALS)
        return cls(
            Server(NAME, lambda: f"JWT {_token(issuer, secret)}", [secret], sleep=sleep),
            urllib.parse.quote(gecko_id, safe="@"),
        )

    def publish(
        self, package: Path, version: str, *, channel: str, sources: Path | None, note: str
    ) -> str:
        """Upload a package, make a version of it, and add its sources; returns what the store says
        of it.

        A version that is there already is left alone, but for sources that it lacks.

        :param note: for the reviewers.
        :raises CheckFailed: if the store's validation finds an error, or it has another version
            than the one that was sent.
        """
        known = self._version(version)
        found = known or self._create(self._upload(package, version, channel), version, note)
        if sources is not None and not found.get("source"):
            form = Body.form({}, {"source": (sources.name, sources.read_bytes())})
            self.server.ask("PATCH", f"{self._address}/versions/{found['id']}/", form)
        state = found.get("file", {}).get("status", "unknown")
        return (
            f"{version} is there already: {state}" if known else f"{version} is submitted: {state}"
        )

    @property
    def _address(self) -> str:
        return f"{API}/addons/addon/{self.addon}"

    def _upload(self, package: Path, version: str, channel: str) -> str:
        form = Body.form({"channel": channel}, {"upload": (package.name, package.read_bytes())})
        upload = self.server.ask(
            "POST", f"{API}/addons/upload/", form
        )  # asked again it is another upload, which nothing uses
        for _ in range(POLLS):
            if upload.get("processed"):
                break
            self.server.sleep(POLL_S)
            upload = self.server.ask("GET", f"{API}/addons/upload/{upload['uuid']}/")
        else:
            raise BuilderError(
                f"{NAME} is still checking {package.name}",
                code="store-unreachable",
                hint="try again in some minutes",
            )
        if not upload.get("valid"):
            raise CheckFailed(
                f"{NAME} finds errors in {package.name}: {_complaints(upload)}",
                hint="mend them, raise the version, pack again",
            )
        if upload.get("version") != version:
            raise CheckFailed(
                f"{NAME} read version {upload.get('version')} in {package.name} instead of"
                f" {version}",
                hint="pack again",
            )
        return str(upload["uuid"])

    def _create(self, upload: str, version: str, note: str) -> Any:
        body = Body.json({"upload": upload, "approval_notes": note})
        try:
            return self.server.ask("POST", f"{self._address}/versions/", body, repeatable=False)
        except OutcomeUnknown:
            return self._version(version) or self.server.ask(
                "POST", f"{self._address}/versions/", body, repeatable=False
            )

    def _version(self, version: str) -> Any:
        address = f"{self._address}/versions/?filter=all_with_unlisted&page_size=50"
        versions = self.server.ask("GET", address)["results"]
        return next((entry for entry in versions if entry.get("version") == version), None)


def _complaints(upload: Any) -> str:
    messages = [
        message
        for message in (upload.get("validation") or {}).get("messages", [])
        if message.get("type") == "error"
    ]
    texts = [
        " ".join(
            filter(None, (message.get("message"), message.get("file") and f"({message['file']})"))
        )
        for message in messages
    ]
    more = f", and {len(texts) - MOST_COMPLAINTS} more" if len(texts) > MOST_COMPLAINTS else ""
    return "; ".join(texts[:MOST_COMPLAINTS]) + more if texts else "it gives no reason"


def _token(issuer: str, secret: str) -> str:
    """A JSON Web Token for one request:
    https://mozilla.github.io/addons-server/topics/api/auth.html, RFC 7519.
    """
    now = int(time.time())
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"iss": issuer, "jti": uuid.uuid4().hex, "iat": now, "exp": now + _TOKEN_S},
    )
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return (
        f"{signed}.{_base64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"
    )


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
