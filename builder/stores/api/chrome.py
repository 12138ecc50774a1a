"""The Chrome Web Store's API, version 2:
https://developer.chrome.com/docs/webstore/api/reference/rest.
"""

from __future__ import annotations

import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuilderError, CheckFailed
from builder.stores.api.client import OutcomeUnknown, StoreClient

NAME = "the Chrome Web Store"
API = "https://chromewebstore.googleapis.com"
TOKENS = "https://oauth2.googleapis.com/token"
ITEM = ("CHROME_PUBLISHER_ID", "CHROME_ITEM_ID")
REFRESH = ("CHROME_CLIENT_ID", "CHROME_CLIENT_SECRET", "CHROME_REFRESH_TOKEN")
ACCESS = "CHROME_ACCESS_TOKEN"

POLL_S = 5.0
POLLS = 120
_TOKEN_TIMEOUT_S = 60

DONE = {"PENDING_REVIEW", "PUBLISHED", "PUBLISHED_TO_TESTERS"}
"""States of a revision for which ``builder publish`` has nothing left to do."""
OPEN = {"PENDING_REVIEW", "STAGED"}
"""States in which a submitted revision keeps the store from taking another upload."""
REFUSED = {
    "REJECTED": (
        "was rejected in review",
        "the dashboard and the store's mail name the reason; correct it, raise extension.version,"
        " pack and publish again",
    ),
    "CANCELLED": (
        "was withdrawn: its submission is cancelled",
        "submit it again in the dashboard, or raise extension.version, pack and publish again",
    ),
    "STAGED": (
        "has passed review, but is not published: it is staged",
        "publish it in the dashboard",
    ),
}
"""States that are no success: what happened, and what to do."""
_UPLOAD_FAILED = {"FAILED", "NOT_FOUND"}


def missing_credentials(environment: Mapping[str, str]) -> list[str]:
    """The environment variables that still have to be set; an access token stands in for what would
    get one.
    """
    wanted = ITEM if environment.get(ACCESS) else (*ITEM, *REFRESH)
    return [name for name in wanted if not environment.get(name)]


@dataclass(frozen=True)
class ChromeWebStore:
    """One item of one publisher."""

    client: StoreClient
    item: str
    """Like ``publishers/ID/items/ID``."""

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], *, sleep: Callable[[float], None] = time.sleep
    ) -> ChromeWebStore:
        """:raises BuilderError: if the token cannot be had."""
        secrets = [environment.get(name, "") for name in (*REFRESH, ACCESS)]
        token = environment.get(ACCESS) or _access_token(environment)
        publisher, item = (urllib.parse.quote(environment[name], safe="") for name in ITEM)
        return cls(
            StoreClient(NAME, lambda: f"Bearer {token}", [*secrets, token], sleep=sleep),
            f"publishers/{publisher}/items/{item}",
        )

    def publish(self, package: Path, version: str) -> str:
        """Upload a package and submit it for review; returns what the store says of it.

        A version that is submitted or published already is left alone, so that a call that broke
        off can be made again.

        :raises CheckFailed: if the store refuses, has taken the item down, is still busy with
            another version, or has another version than the one that was sent.
        """
        status = self._status()
        if status.get("takenDown"):
            raise CheckFailed(
                f"{NAME} has taken the item down for a policy violation",
                hint="its dashboard names the policy; resolve that there before you publish again",
            )
        if state := _state_of(status, version):
            return _told(f"{version} is there already", version, state, status)
        if other := _open_version(status):
            raise CheckFailed(
                f"{NAME} takes no upload while version {other} is in review or staged",
                hint="wait for it, or cancel its submission in the dashboard; then publish again",
            )
        self._upload(package, version)
        try:
            self._submit(version)
        except OutcomeUnknown:
            if not _state_of(self._status(), version):
                self._submit(version)
        status = self._status()
        if not (state := _state_of(status, version)):
            raise CheckFailed(
                f"{NAME} took the package, but has not submitted version {version}",
                hint="look into its dashboard",
            )
        return _told(f"{version} is submitted", version, state, status)

    def _upload(self, package: Path, version: str) -> None:
        # Asked again it is another upload of the same draft, which does no harm.
        answer = self.client.ask(
            "POST",
            f"{API}/upload/v2/{self.item}:upload",
            content=package.read_bytes(),
            headers={"Content-Type": "application/zip"},
        )
        state = str(answer.get("uploadState", ""))
        for _ in range(POLLS):
            if state in _UPLOAD_FAILED:
                raise CheckFailed(
                    f"{NAME} could not take {package.name}: its upload ended as {state}",
                    hint="its dashboard names the reason; nothing is submitted",
                )
            if "IN_PROGRESS" not in state:
                break
            self.client.sleep(POLL_S)
            state = str(self._status().get("lastAsyncUploadState", ""))
        else:
            raise BuilderError(
                f"{NAME} is still busy with {package.name}",
                code="store-unreachable",
                hint="try again in some minutes",
            )
        if (found := answer.get("crxVersion")) and found != version:
            raise CheckFailed(
                f"{NAME} read version {found} in {package.name} instead of {version}",
                hint="pack again",
            )

    def _submit(self, version: str) -> None:
        try:
            self.client.ask(
                "POST",
                f"{API}/v2/{self.item}:publish",
                json={"publishType": "DEFAULT_PUBLISH"},
                repeatable=False,
            )
        except CheckFailed as refusal:
            raise CheckFailed(
                f"version {version} is uploaded, but not submitted: {refusal}",
                hint="complete what it names in the dashboard, then publish again",
            ) from None

    def _status(self) -> Any:
        return self.client.ask("GET", f"{API}/v2/{self.item}:fetchStatus")


def _revisions(status: Any) -> list[Any]:
    """The submitted revision, then the published one, as far as there are any."""
    names = ("submittedItemRevisionStatus", "publishedItemRevisionStatus")
    return [status[name] for name in names if status.get(name)]


def _versions(revision: Any) -> list[str]:
    return [str(channel.get("crxVersion")) for channel in revision.get("distributionChannels", [])]


def _state_of(status: Any, version: str) -> str | None:
    for revision in _revisions(status):
        if version in _versions(revision):
            return str(revision.get("state") or "unknown")
    return None


def _open_version(status: Any) -> str | None:
    submitted = status.get("submittedItemRevisionStatus") or {}
    if submitted.get("state") not in OPEN:
        return None
    return ", ".join(_versions(submitted)) or "of an earlier submission"


def _told(what: str, version: str, state: str, status: Any) -> str:
    """:raises CheckFailed: for a state that is no success."""
    if state not in DONE:
        happened, advice = REFUSED.get(
            state, (f"is in a state that says nothing: {state}", "look into its dashboard")
        )
        raise CheckFailed(f"{NAME}: version {version} {happened}", hint=advice)
    warning = (
        "; the store warns of a policy violation: see its dashboard" if status.get("warned") else ""
    )
    return f"{what}: {state}{warning}"


def _access_token(environment: Mapping[str, str]) -> str:
    """A token for an hour, by OAuth's refresh token: RFC 6749, section 6."""
    import httpx2

    names = dict(zip(("client_id", "client_secret", "refresh_token"), REFRESH, strict=True))
    form = {key: environment[name] for key, name in names.items()}
    try:
        answer = httpx2.post(
            TOKENS, data={**form, "grant_type": "refresh_token"}, timeout=_TOKEN_TIMEOUT_S
        )
        return str(answer.raise_for_status().json()["access_token"])
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        # Its words are left out: they may repeat what was sent.
        reason = (
            f"it answered {error.response.status_code}"
            if isinstance(error, httpx2.HTTPStatusError)
            else type(error).__name__
        )
        raise BuilderError(
            f"Google gives no access token: {reason}", hint=f"check {', '.join(REFRESH)}"
        ) from None
