"""A store's server: JSON over HTTP, patience with faults, and no secret in any message."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from builder.errors import BuilderError, CheckFailed

if TYPE_CHECKING:
    import httpx2

ATTEMPTS = 4
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
"""A store that asks for a longer pause is left alone, and the message says for how long."""
TIMEOUT_S = 300.0
HIDDEN = "***"
MOST_CHARS = 600
"""Of a server's own words in an error."""

_TOO_MANY, _SERVER_ERROR = 429, 500
_IN_REVIEW = ("in review", "pending review", "item_not_updatable")
"""What the Chrome Web Store says of an item that takes no upload now:
https://github.com/mnao305/chrome-extension-upload/issues/30.
"""
WAIT_FOR_REVIEW = "wait for it, or cancel its submission in the dashboard; then publish again"


class OutcomeUnknown(BuilderError):
    """The server may or may not have done what was asked: look before asking again."""

    code = "store-unreachable"


class StoreClient:
    """A store's API.

    :param name: of the store, for messages.
    :param authorization: gives the Authorization header; called for each request.
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

    def ask(self, method: str, url: str, *, repeatable: bool = True, **request: Any) -> Any:
        """The answer's JSON.

        :param repeatable: whether asking twice does no harm; then faults of the server are tried
            again for about half a minute.
        :param request: ``json``, ``data``, ``files``, ``content`` or ``headers``, as httpx takes
            them.
        :raises OutcomeUnknown: if a request that is not repeatable may have been carried out.
        :raises CheckFailed: if the store refuses.
        :raises BuilderError: if it cannot be reached.
        """
        import httpx2

        problem, pause, status = "", FIRST_PAUSE_S, 0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._http.request(method, url, auth=self._authorize, **request)
            except (UnicodeError, httpx2.LocalProtocolError):
                raise BuilderError(
                    f"The credentials for {self.name} hold characters that no header can carry",
                    hint="check the environment variables for line breaks and typing errors",
                ) from None
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                problem, status = self._clean(str(error)) or type(error).__name__, 0
                if not repeatable:
                    raise OutcomeUnknown(f"{self.name} did not answer: {problem}") from None
            else:
                if answer.is_success:
                    return self._json(answer)
                status = answer.status_code
                if status != _TOO_MANY and status < _SERVER_ERROR:
                    raise self._refusal(answer)
                problem = f"answered {status}: {self._said(answer)}"
                if status >= _SERVER_ERROR and not repeatable:
                    raise OutcomeUnknown(f"{self.name} {problem}")
                if (asked := _retry_after(answer)) is not None:
                    if asked > LONGEST_PAUSE_S:
                        raise self._throttled(asked)
                    pause = asked
            if attempt < ATTEMPTS:
                self.sleep(pause)
                pause *= 2
        what = "takes no more requests" if status == _TOO_MANY else "cannot be reached"
        raise BuilderError(
            f"{self.name} {what}: {problem}",
            code="store-unreachable",
            hint="try again later; nothing is lost by asking again",
        )

    @cached_property
    def _http(self) -> httpx2.Client:
        import httpx2

        return httpx2.Client(timeout=TIMEOUT_S)  # one for all: each reads all certificates

    def _authorize(self, request: httpx2.Request) -> httpx2.Request:
        request.headers["Authorization"] = self._authorization()
        request.headers["Accept"] = "application/json"
        return request

    def _json(self, answer: httpx2.Response) -> dict[str, Any]:
        try:
            value = answer.json() if answer.content.strip() else {}
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise OutcomeUnknown(
                f"{self.name} gave an answer that is not a JSON object: {self._clean(answer.text)}",
                hint="a proxy may have answered in its place; look into the store's dashboard",
            )
        return value

    def _refusal(self, answer: httpx2.Response) -> BuilderError:
        status, said = answer.status_code, self._said(answer)
        if answer.is_redirect:
            return BuilderError(
                f"{self.name} cannot be reached: {status} sends us to another address",
                code="store-unreachable",
                hint="a proxy may have answered in its place; try from another network",
            )
        if status in (401, 403):
            return BuilderError(
                f"{self.name} refuses the credentials ({status}): {said}",
                hint="check the environment variables, and that the account may change this item",
            )
        if status == 404:
            return BuilderError(
                f"{self.name} knows no such item ({status}): {said}",
                hint=(
                    "the first version is made by hand in the store's dashboard; then check the"
                    " item's id"
                ),
            )
        busy = any(word in said.lower() for word in _IN_REVIEW)
        return CheckFailed(
            f"{self.name} refuses ({status}): {said}",
            hint=WAIT_FOR_REVIEW
            if busy
            else "correct what it names, raise the version, pack again",
        )

    def _throttled(self, seconds: float) -> BuilderError:
        minutes = max(1, round(seconds / 60))
        return BuilderError(
            f"{self.name} takes no more requests for {minutes} min",
            code="store-unreachable",
            hint="run the same command again after that time: it goes on where it was",
        )

    def _said(self, answer: httpx2.Response) -> str:
        """A refusal in the store's own words, taken out of the JSON around them."""
        try:
            words = list(_words(answer.json()))
        except (ValueError, RecursionError):
            words = []
        return self._clean("; ".join(words) if words else answer.text)

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = " ".join(text.split())
        return text if len(text) <= MOST_CHARS else text[:MOST_CHARS] + " …"


def _words(value: Any, key: str = "") -> Generator[str]:
    """The sentences of an error: Google's ``{"error": {"message": ...}}``, Mozilla's
    ``{"detail": ...}`` or ``{"version": ["..."]}``.
    """
    if isinstance(value, str):
        yield (
            value
            if key in ("", "detail", "error", "message", "non_field_errors")
            else (f"{key}: {value}")
        )
    elif isinstance(value, list):
        for entry in value:
            yield from _words(entry, key)
    elif isinstance(value, dict):
        if isinstance(value.get("message"), str):  # the rest repeats it for machines
            yield value["message"]
        else:
            for name, entry in value.items():
                yield from _words(entry, name)


def _retry_after(answer: httpx2.Response) -> float | None:
    """Seconds, whether the header has them or a date (RFC 9110, section 10.2.3)."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def table(value: Any, key: str) -> dict[str, Any]:
    """The object at a key of an answer, or an empty one: servers leave out and null what they do
    not have.
    """
    entry = value.get(key)
    return entry if isinstance(entry, dict) else {}


def entries(value: Any, key: str) -> list[dict[str, Any]]:
    """The objects of a list at a key of an answer, under the same condition."""
    found = value.get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
