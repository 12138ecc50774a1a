"""addons.mozilla.org's API, version 5:
https://mozilla.github.io/addons-server/topics/api/addons.html.
"""

from __future__ import annotations

import time
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuilderError, CheckFailed
from builder.stores.api.client import OutcomeUnknown, StoreClient, entries, table

NAME = "addons.mozilla.org"
API = "https://addons.mozilla.org/api/v5"
CREDENTIALS = ("AMO_JWT_ISSUER", "AMO_JWT_SECRET")
LISTED = "listed"
POLL_S = 5.0
POLLS = 120
MOST_COMPLAINTS = 3
_TOKEN_S = 240  # the server takes at most five minutes; an upload may be slow

WAITING_OR_PUBLIC = {"unreviewed", "public"}
"""Statuses of a version's file for which ``builder publish`` has nothing left to do."""
TAKEN_DOWN = {"disabled": "is disabled by Mozilla", "deleted": "is deleted"}
"""Statuses of the whole add-on in which no version can be published."""


def missing_credentials(environment: Mapping[str, str]) -> list[str]:
    """The environment variables that still have to be set."""
    return [name for name in CREDENTIALS if not environment.get(name)]


@dataclass(frozen=True)
class MozillaAddons:
    """One add-on, by the id of its manifest."""

    client: StoreClient
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
            StoreClient(NAME, lambda: f"JWT {_token(issuer, secret)}", [secret], sleep=sleep),
            urllib.parse.quote(gecko_id, safe="@"),
        )

    def publish(
        self, package: Path, version: str, *, channel: str, sources: Path | None, note: str
    ) -> str:
        """Upload a package, make a version of it, and add its sources; returns what the store says
        of it.

        A version that is there already is left alone, but for sources that it lacks.

        :param note: for the reviewers.
        :raises CheckFailed: if the store's validation finds an error, it has rejected the version
            or taken the add-on down, or it has another version than the one that was sent.
        """
        known = self._version(version)
        if known:
            _refuse_unless_alive(known, version, channel)
        self._refuse_if_taken_down(channel)
        found = known or self._create(self._upload(package, version, channel), version, note)
        if sources is not None and not found.get("source"):
            self._add_sources(found, sources, version)
        state = _refuse_unless_alive(found, version, channel)
        return (
            f"{version} is there already: {state}" if known else f"{version} is submitted: {state}"
        )

    def _refuse_if_taken_down(self, channel: str) -> None:
        try:
            addon = self.client.ask("GET", f"{self._address}/")
        except BuilderError:  # the requests that follow name what is wrong
            return
        if (status := str(addon.get("status"))) in TAKEN_DOWN:
            raise CheckFailed(
                f"{NAME}: the add-on {TAKEN_DOWN[status]}",
                hint="Mozilla's mail names the reason; resolve it in the Developer Hub first",
            )
        if addon.get("is_disabled") and channel == LISTED:
            raise CheckFailed(
                f"{NAME}: the add-on is invisible there, set so by its developer",
                hint="make it visible in the Developer Hub first",
            )

    def _add_sources(self, found: Any, sources: Path, version: str) -> None:
        try:
            self.client.ask(
                "PATCH",
                f"{self._address}/versions/{found.get('id')}/",
                files={"source": (sources.name, sources.read_bytes(), "application/zip")},
            )
        except BuilderError as error:
            problem = type(error)(
                f"version {version} is submitted without its sources: {error}",
                hint="publish again: that adds only the sources",
            )
            problem.code = error.code
            raise problem from None

    @property
    def _address(self) -> str:
        return f"{API}/addons/addon/{self.addon}"

    def _upload(self, package: Path, version: str, channel: str) -> str:
        upload = self.client.ask(  # asked again it is another upload, which nothing uses
            "POST",
            f"{API}/addons/upload/",
            data={"channel": channel},
            files={"upload": (package.name, package.read_bytes(), "application/zip")},
        )
        for _ in range(POLLS):
            if upload.get("processed"):
                break
            self.client.sleep(POLL_S)
            upload = self.client.ask("GET", f"{API}/addons/upload/{upload.get('uuid')}/")
        else:
            raise BuilderError(
                f"{NAME} is still checking {package.name}",
                code="store-unreachable",
                hint="try again in some minutes: no version is made yet",
            )
        if not upload.get("valid"):
            raise CheckFailed(
                f"{NAME} finds errors in {package.name}: {_complaints(upload)}",
                hint="correct them, raise the version, pack again",
            )
        if upload.get("version") != version:
            raise CheckFailed(
                f"{NAME} read version {upload.get('version')} in {package.name} instead of"
                f" {version}",
                hint="pack again",
            )
        return str(upload.get("uuid"))

    def _create(self, upload: str, version: str, note: str) -> Any:
        def create() -> Any:
            return self.client.ask(
                "POST",
                f"{self._address}/versions/",
                json={"upload": upload, "approval_notes": note},
                repeatable=False,
            )

        try:
            return create()
        except OutcomeUnknown:
            return self._version(version) or create()

    def _version(self, version: str) -> Any:
        address = f"{self._address}/versions/?filter=all_with_unlisted&page_size=50"
        versions = entries(self.client.ask("GET", address), "results")
        return next((entry for entry in versions if entry.get("version") == version), None)


def _refuse_unless_alive(found: Any, version: str, channel: str) -> str:
    """The version's state. :raises CheckFailed: for a state that is no success."""
    state = str(table(found, "file").get("status") or "unknown")
    if (other := found.get("channel", channel)) != channel:
        raise CheckFailed(
            f"{NAME}: version {version} is there already, but {other} instead of {channel}",
            hint="raise extension.version and pack again: a version keeps its channel",
        )
    if found.get("is_disabled"):
        raise CheckFailed(
            f"{NAME}: version {version} is disabled by its developer",
            hint="enable it in the Developer Hub, or raise extension.version and pack again",
        )
    if state == "disabled":
        raise CheckFailed(
            f"{NAME}: version {version} was rejected or disabled in review",
            hint=(
                "the Developer Hub and Mozilla's mail name the reason; correct it, raise"
                " extension.version, pack and publish again"
            ),
        )
    if state not in WAITING_OR_PUBLIC:
        raise CheckFailed(
            f"{NAME}: version {version} is in a state that says nothing: {state}",
            hint="look into the Developer Hub",
        )
    return state


def _complaints(upload: Any) -> str:
    messages = [
        message
        for message in entries(table(upload, "validation"), "messages")
        if message.get("type") == "error"
    ]
    texts = [
        " ".join(
            filter(
                None,
                (str(message.get("message") or ""), message.get("file") and f"({message['file']})"),
            )
        )
        for message in messages
    ]
    more = f", and {len(texts) - MOST_COMPLAINTS} more" if len(texts) > MOST_COMPLAINTS else ""
    return "; ".join(texts[:MOST_COMPLAINTS]) + more if texts else "it gives no reason"


def _token(issuer: str, secret: str) -> str:
    """A JSON Web Token for one request:
    https://mozilla.github.io/addons-server/topics/api/auth.html.
    """
    import jwt

    now = int(time.time())
    claims = {"iss": issuer, "jti": uuid.uuid4().hex, "iat": now, "exp": now + _TOKEN_S}
    return jwt.encode(claims, secret, algorithm="HS256")
