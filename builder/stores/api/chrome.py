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
from builder.stores.api.client import (
    WAIT_FOR_REVIEW,
    OutcomeUnknown,
    StoreClient,
    entries,
    table,
)

NAME = "the Chrome Web Store"
API = "https://chromewebstore.googleapis.com"
TOKENS = "https://oauth2.googleapis.com/token"
ITEM = ("CHROME_PUBLISHER_ID", "CHROME_ITEM_ID")
REFRESH = ("CHROME_CLIENT_ID", "CHROME_CLIENT_SECRET", "CHROME_REFRESH_TOKEN")
ACCESS = "CHROME_ACCESS_TOKEN"

POLL_S = 5.0
POLLS = 120
_TOKEN_TIMEOUT_S = 60

DONE = {
    "PENDING_REVIEW": "",
    "PUBLISHED": "",
    "PUBLISHED_TO_TESTERS": "",
    "STAGED": "; it has passed review, and waits until you publish it in the dashboard",
}
"""States of a revision for which ``builder publish`` has nothing left to do, and what to add."""
OPEN = {"PENDING_REVIEW", "STAGED"}
"""States in which a submitted revision keeps the store from taking another upload."""
WITHDRAWN = "CANCELLED"
"""The state of a submission that its author took back: the same version may be sent again."""
REJECTED = "REJECTED"
_UPLOADED, _UPLOADING = "SUCCEEDED", {"IN_PROGRESS", "UPLOAD_IN_PROGRESS"}
_LOOKS = 4
"""How often the status is asked for a version that was just submitted."""


def missing_credentials(environment: Mapping[str, str]) -> list[str]:
    """The environment variables that still have to be set.

    With an access token, those that would get one are not needed.
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
        off can be made again. One whose submission was cancelled is sent again.

        :raises CheckFailed: if the store refuses, has taken the item down, is still busy with
            another version, or has another version than the one that was sent.
        """
        status = self._status()
        if status.get("takenDown"):
            raise CheckFailed(
                f"{NAME} has taken the item down for a policy violation",
                hint="its dashboard names the policy; resolve that there before you publish again",
            )
        if (state := _state_of(status, version)) and state != WITHDRAWN:
            return _told(f"{version} is there already", version, state, status)
        if other := _open_version(status):
            raise CheckFailed(
                f"{NAME} takes no upload while version {other} is in review or staged",
                hint=WAIT_FOR_REVIEW,
            )
        self._upload(package, version)
        self._submit(version)
        status, state = self._submitted(version)
        return _told(f"{version} is submitted", version, state, status)

    def _upload(self, package: Path, version: str) -> None:
        # Asked again it is another upload of the same draft, which does no harm.
        answer = self.client.ask(
            "POST",
            f"{API}/upload/v2/{self.item}:upload",
            content=package.read_bytes(),
            headers={"Content-Type": "application/zip"},
        )
        state = str(answer.get("uploadState") or "")
        for _ in range(POLLS):
            if state not in _UPLOADING:
                break
            self.client.sleep(POLL_S)
            state = str(self._status().get("lastAsyncUploadState") or "")
        else:
            raise BuilderError(
                f"{NAME} is still busy with {package.name}; nothing is submitted",
                code="store-unreachable",
                hint="try again in some minutes",
            )
        if state != _UPLOADED:  # what would be submitted is an older draft
            raise CheckFailed(
                f"{NAME} could not take {package.name}: its upload ended as"
                f" {state or 'nothing that it names'}",
                hint="its dashboard names the reason; nothing is submitted",
            )
        if (found := answer.get("crxVersion")) and found != version:
            raise CheckFailed(
                f"{NAME} read version {found} in {package.name} instead of {version};"
                " nothing is submitted",
                hint="pack again",
            )

    def _submit(self, version: str) -> None:
        try:
            try:
                self._ask_to_publish()
            except OutcomeUnknown:
                if _state_of(self._status(), version) in (None, WITHDRAWN):
                    self._ask_to_publish()
        except BuilderError as problem:
            raise _only_uploaded(version, problem) from None

    def _ask_to_publish(self) -> None:
        self.client.ask(
            "POST",
            f"{API}/v2/{self.item}:publish",
            json={"publishType": "DEFAULT_PUBLISH"},
            repeatable=False,
        )

    def _submitted(self, version: str) -> tuple[Any, str]:
        """The status once it tells of this version: it may lag behind what was asked."""
        for look in range(_LOOKS):
            status = self._status()
            if state := _state_of(status, version):
                return status, state
            if look < _LOOKS - 1:
                self.client.sleep(POLL_S)
        raise CheckFailed(
            f"{NAME} took the package, but has not submitted version {version}",
            hint="look into its dashboard",
        )

    def _status(self) -> Any:
        return self.client.ask("GET", f"{API}/v2/{self.item}:fetchStatus")


def _only_uploaded(version: str, problem: BuilderError) -> BuilderError:
    if isinstance(problem, OutcomeUnknown):
        message = f"version {version} is uploaded; it is not known whether it is submitted"
        hint = "publish again: a version that is submitted is not sent twice"
    elif isinstance(problem, CheckFailed):
        message = f"version {version} is uploaded, but not submitted"
        hint = "complete what it names in the dashboard, then publish again"
    else:
        message, hint = f"version {version} is uploaded, but not submitted", problem.hint
    told = type(problem)(f"{message}: {problem}", hint=hint)
    told.code = problem.code
    return told


def _revisions(status: Any) -> list[dict[str, Any]]:
    """The published revision, then the submitted one, as far as there are any."""
    names = ("publishedItemRevisionStatus", "submittedItemRevisionStatus")
    return [revision for name in names if (revision := table(status, name))]


def _versions(revision: dict[str, Any]) -> list[str]:
    channels = entries(revision, "distributionChannels")
    return [str(channel["crxVersion"]) for channel in channels if channel.get("crxVersion")]


def _state_of(status: Any, version: str) -> str | None:
    for revision in _revisions(status):
        if version in _versions(revision):
            return str(revision.get("state") or "unknown")
    return None


def _open_version(status: Any) -> str | None:
    submitted = table(status, "submittedItemRevisionStatus")
    if str(submitted.get("state")) not in OPEN:
        return None
    return ", ".join(_versions(submitted)) or "of an earlier submission"


def _told(what: str, version: str, state: str, status: Any) -> str:
    """:raises CheckFailed: for a state that is no success."""
    if state == REJECTED:
        raise CheckFailed(
            f"{NAME}: version {version} was rejected in review",
            hint=(
                "the dashboard and the store's mail name the reason; correct it, raise"
                " extension.version, pack and publish again"
            ),
        )
    if state == WITHDRAWN:
        raise CheckFailed(
            f"{NAME}: the submission of version {version} is cancelled",
            hint="look into its dashboard, then publish again",
        )
    if state not in DONE:
        raise CheckFailed(
            f"{NAME}: version {version} is in a state that says nothing: {state}",
            hint="look into its dashboard",
        )
    warning = (
        "; the store warns of a policy violation: see its dashboard" if status.get("warned") else ""
    )
    return f"{what}: {state}{DONE[state]}{warning}"


def _access_token(environment: Mapping[str, str]) -> str:
    """A token for an hour, by OAuth's refresh token: RFC 6749, section 6."""
    import httpx2

    names = dict(zip(("client_id", "client_secret", "refresh_token"), REFRESH, strict=True))
    form = {key: environment[name] for key, name in names.items()}
    advice = "try again later"
    try:
        answer = httpx2.post(
            TOKENS, data={**form, "grant_type": "refresh_token"}, timeout=_TOKEN_TIMEOUT_S
        )
        if answer.is_client_error and answer.status_code != httpx2.codes.TOO_MANY_REQUESTS:
            advice = f"check {', '.join(REFRESH)}"
        return str(answer.raise_for_status().json()["access_token"])
    except (httpx2.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
        # Its words are left out: they may repeat what was sent.
        reason = (
            f"it answered {error.response.status_code}"
            if isinstance(error, httpx2.HTTPStatusError)
            else type(error).__name__
        )
        raise BuilderError(f"Google gives no access token: {reason}", hint=advice) from None
