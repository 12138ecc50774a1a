"""The same texts asked of an inference API on the web: one call a text, as an extension would."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from builder.bench.statistics import Stats, summarize
from builder.bench.texts import TEMPLATES
from builder.errors import BuilderError

TOKEN = "HF_TOKEN"  # noqa: S105 - its name, not a token
"""The environment variable with the API's token, if it wants one."""
MILLION = 1_000_000
_TIMEOUT_S = 60.0
_HOUR_MS = 3_600_000
_MOST_CHARS = 200


@dataclass(frozen=True)
class Prices:
    """What the API costs, in any one currency: by call, or by hour of a machine that answers one
    call at a time.
    """

    per_call: float | None = None
    per_hour: float | None = None

    def of_a_million(self, median_ms: float) -> float | None:
        """None where no price is known."""
        if self.per_call is not None:
            return self.per_call * MILLION
        if self.per_hour is not None:
            return self.per_hour * median_ms * MILLION / _HOUR_MS
        return None


@dataclass(frozen=True)
class CloudReport:
    """``ms``: from the request to its scores. ``sent``: bytes of text that left the device."""

    url: str
    ms: Stats
    sent: int

    def as_json(self, prices: Prices) -> dict[str, Any]:
        return {
            "url": self.url,
            "n": self.ms.n,
            "p50_ms": round(self.ms.p50, 3),
            "p95_ms": round(self.ms.p95, 3),
            "text_bytes_sent": self.sent,
            "price_of_a_million": prices.of_a_million(self.ms.p50),
        }


def built_in_texts(count: int) -> list[str]:
    """Sentences as pages have them, none twice."""
    return [TEMPLATES[number % len(TEMPLATES)].format(n=number + 1) for number in range(count)]


def measure_api(url: str, texts: Sequence[str]) -> CloudReport:
    """Ask an API of the Hugging Face shape for the scores of each text, after one call to warm up.

    :raises BuilderError: if it cannot be reached, refuses, or answers in another shape.
    """
    import httpx2

    token = os.environ.get(TOKEN)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx2.Client(headers=headers, timeout=_TIMEOUT_S) as client:
        try:
            _ask(client, url, texts[0])
            times = [_ask(client, url, text) for text in texts]
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise BuilderError(
                f"{url}: cannot be reached: {error or type(error).__name__}",
                hint="check the address and the network",
                place=url,
            ) from None
    return CloudReport(url, summarize(times), sum(len(text.encode()) for text in texts))


def _ask(client: Any, url: str, text: str) -> float:
    """Milliseconds until the scores of a text were there."""
    start = time.perf_counter()
    response = client.post(url, json={"inputs": text})
    if not response.is_success:
        hint = f"set {TOKEN}" if response.status_code in (401, 403) else "try again later"
        raise BuilderError(
            f"{url}: answers {response.status_code}: {response.text[:_MOST_CHARS].strip()}",
            hint=hint,
            place=url,
        )
    try:
        answer = response.json()
    except ValueError:
        answer = None
    took = (time.perf_counter() - start) * 1000
    if not _has_scores(answer):
        raise BuilderError(
            f"{url}: the answer holds no scores: {response.text[:_MOST_CHARS].strip()}",
            hint=(
                'expected [{"label": ..., "score": ...}], as Hugging Face\'s inference API answers'
            ),
            place=url,
        )
    return took


def _has_scores(answer: Any) -> bool:
    """Whether it is a list of labels with scores, or a list with one such list."""
    if isinstance(answer, list) and len(answer) == 1 and isinstance(answer[0], list):
        answer = answer[0]
    return (
        isinstance(answer, list)
        and bool(answer)
        and all(isinstance(one, dict) and {"label", "score"} <= set(one) for one in answer)
    )
