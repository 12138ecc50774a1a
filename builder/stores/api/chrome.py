"""The Chrome Web Store's API, version 2:
https://developer.chrome.com/docs/webstore/api/reference/rest.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuilderError, CheckFailed
from builder.stores.api.client import Body, OutcomeUnknown, Server

NAME = "the Chrome Web Store"
API = "https://chromewebstore.googleapis.com"
TOKENS = "https://oauth2.googleapis.com/token"
ITEM = ("CHROME_PUBLISHER_ID", "CHROME_ITEM_ID")
REFRESH = ("CHROME_CLIENT_ID", "CHROME_CLIENT_SECRET", "CHROME_REFRESH_TOKEN")
ACCESS = "CHROME_ACCESS_TOKEN"

POLL_S = 5.0
POLLS = 120
_GONE_WRONG = {"FAILED", "NOT_FOUND"}
_TOKEN_TIMEOUT_S = 60


def missing_credentials(environment: Mapping[str, str]) -> list[str]:
    """The environment variables that still have to be set; an access token stands in for what would
    get one.
    """
    wanted = ITEM if environment.get(ACCESS) else (*ITEM, *REFRESH)
    return [name for name in wanted if not environment.get(name)]


@dataclass(frozen=True)
class ChromeWebStore:
    """One item of one publisher."""

    server: Server
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
            Server(NAME, lambda: f"Bearer {token}", [*secrets, token], sleep=sleep),
            f"publishers/{publisher}/items/{item}",
        )

    def publish(self, package: Path, version: str) -> str:
        """Upload a package and submit it for review; returns what the store says of it.

        A version that is submitted or published already is left alone, so that a call that broke
        off can be made again.

        :raises CheckFailed: if the store refuses, or has another version than the one that was
            sent.
        """
        if state := self._state_of(version):
            return f"{version} is there already: {state}"
        self._upload(package, version)
        try:
            self._submit()
        except OutcomeUnknown:
            if not self._state_of(version):
                self._submit()
        if not (state := self._state_of(version)):
            raise CheckFailed(
                f"{NAME} took the package, but has not submitted version {version}",
                hint="look into its dashboard",
            )
        return f"{version} is submitted: {state}"

    def _upload(self, package: Path, version: str) -> None:
        # Asked again it is another upload of the same draft, which does no harm.
        answer = self.server.ask(
            "POST",
            f"{API}/upload/v2/{self.item}:upload",
            Body(package.read_bytes(), "application/zip"),
        )
        state = answer.get("uploadState", "")
        for _ in range(POLLS):
            if state in _GONE_WRONG:
                raise CheckFailed(
                    f"{NAME} could not take {package.name}: {json.dumps(answer)}",
                    hint="its dashboard names the reason",
                )
            if "IN_PROGRESS" not in state:
                break
            self.server.sleep(POLL_S)
            state = self._status().get("lastAsyncUploadState", "")
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

    def _submit(self) -> None:
        self.server.ask(
            "POST",
            f"{API}/v2/{self.item}:publish",
            Body.json({"publishType": "DEFAULT_PUBLISH"}),
            repeatable=False,
        )

    def _status(self) -> Any:
        return self.server.ask("GET", f"{API}/v2/{self.item}:fetchStatus")

    def _state_of(self, version: str) -> str | None:
        status = self._status()
        for revision in (
            status.get("submittedItemRevisionStatus"),
            status.get("publishedItemRevisionStatus"),
        ):
            if revision and version in [
                channel.get("crxVersion") for channel in revision.get("distributionChannels", [])
            ]:
                return str(revision.get("state", "unknown"))
        return None


def _access_token(environment: Mapping[str, str]) -> str:
    """A token for an hour, by OAuth's refresh token: RFC 6749, section 6."""
    names = dict(zip(("client_id", "client_secret", "refresh_token"), REFRESH, strict=True))
    form = urllib.parse.urlencode(
        {key: environment[name] for key, name in names.items()} | {"grant_type": "refresh_token"}
    ).encode()
    try:
        with urllib.request.urlopen(TOKENS, data=form, timeout=_TOKEN_TIMEOUT_S) as answer:
            return str(json.load(answer)["access_token"])
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError) as error:
        # Its words are left out: they may repeat what was sent.
        reason = (
            f"it answered {error.code}"
            if isinstance(error, urllib.error.HTTPError)
            else type(error).__name__
        )
        raise BuilderError(
            f"Google gives no access token: {reason}", hint=f"check {', '.join(REFRESH)}"
        ) from None
