"""Talking to a store's server: JSON over HTTP, patience with faults, and no secret in any message."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from builder.errors import BuilderError, CheckFailed

ATTEMPTS = 4
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
TIMEOUT_S = 300.0
HIDDEN = "***"
MOST_CHARS = 600
"""Of a server's own words in an error."""

_TOO_MANY, _SERVER_ERROR = 429, 500


class OutcomeUnknown(BuilderError):
    """The server may or may not have done what was asked: look before asking again."""

    code = "store-unreachable"


@dataclass(frozen=True)
class Body:
    """What a request carries."""

    data: bytes
    content_type: str

    @classmethod
    def json(cls, value: object) -> Body:
        return cls(json.dumps(value).encode(), "application/json")

    @classmethod
    def form(
        cls, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> Body:
        """multipart/form-data (RFC 7578); a file is its name and its contents."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, (file, contents) in (files or {}).items():
            head = (
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name}";'
                f' filename="{file}"\r\n'
            )
            parts.append(
                f"{head}Content-Type: application/zip\r\n\r\n".encode() + contents + b"\r\n"
            )
        return cls(
            b"".join([*parts, f"--{boundary}--\r\n".encode()]),
            f"multipart/form-data; boundary={boundary}",
        )


class Server:
    """A store's API.

    :param name: of the store, for messages.
    :param authorization: gives the Authorization header, anew for each request.
    :param secrets: what no message may hold.
    """

    def __init__(
        self,
        name: str,
        authorization: Callable[[], str],
        secrets: Sequence[str],
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._authorization = authorization
        self._secrets = [secret for secret in secrets if secret]
        self.sleep = sleep

    def ask(
        self,
        method: str,
        url: str,
        body: Body | None = None,
        *,
        repeatable: bool = True,
        absent: tuple[int, ...] = (),
    ) -> Any:
        """The answer's JSON, or ``None`` for a status in ``absent``.

        :param repeatable: whether asking twice does no harm; then faults of the server are tried
            again for about half a minute.
        :raises OutcomeUnknown: if a request that is not repeatable may have been carried out.
        :raises CheckFailed: if the store refuses.
        :raises BuilderError: if it cannot be reached.
        """
        pause = FIRST_PAUSE_S
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(url, data=body.data if body else None, method=method)  # noqa: S310 - our own addresses
            request.add_header("Authorization", self._authorization())
            request.add_header("Accept", "application/json")
            if body:
                request.add_header("Content-Type", body.content_type)
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                    return self._json(answer.read())
            except urllib.error.HTTPError as error:
                status, said = error.code, error.read().decode(errors="replace")
                if status in absent:
                    return None
                if status != _TOO_MANY and status < _SERVER_ERROR:
                    raise self._refusal(status, said) from None
                if status >= _SERVER_ERROR and not repeatable:
                    raise OutcomeUnknown(
                        f"{self.name} answered {status}: {self._clean(said)}"
                    ) from None
                problem, pause = (
                    f"answered {status}: {self._clean(said)}",
                    _pause(error.headers.get("Retry-After"), pause),
                )
            except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
                problem = self._clean(str(getattr(error, "reason", error)))
                if not repeatable:
                    raise OutcomeUnknown(f"{self.name} did not answer: {problem}") from None
            if attempt < ATTEMPTS:
                self.sleep(pause)
                pause *= 2
        raise BuilderError(
            f"{self.name} cannot be reached: {problem}",
            code="store-unreachable",
            hint="try again later; nothing is lost by asking again",
        )

    def _json(self, text: bytes) -> Any:
        try:
            return json.loads(text) if text.strip() else {}
        except ValueError:
            raise OutcomeUnknown(
                f"{self.name} gave an answer that is not JSON:"
                f" {self._clean(text.decode(errors='replace'))}"
            ) from None

    def _refusal(self, status: int, said: str) -> BuilderError:
        if status in (401, 403):
            return BuilderError(
                f"{self.name} refuses the credentials ({status}): {self._clean(said)}",
                hint="check the environment variables, and that the account may change this item",
            )
        if status == 404:
            return BuilderError(
                f"{self.name} knows no such item ({status}): {self._clean(said)}",
                hint=(
                    "the first version is made by hand in the store's dashboard; then check the"
                    " item's id"
                ),
            )
        return CheckFailed(
            f"{self.name} refuses ({status}): {self._clean(said)}",
            hint="mend what it names, raise the version, pack again",
        )

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = " ".join(text.split())
        return text if len(text) <= MOST_CHARS else text[:MOST_CHARS] + " …"


def _pause(retry_after: str | None, otherwise: float) -> float:
    return (
        min(float(retry_after), LONGEST_PAUSE_S)
        if retry_after and retry_after.isdigit()
        else otherwise
    )
