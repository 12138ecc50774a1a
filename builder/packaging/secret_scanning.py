"""Secret scanning: keys, tokens and passwords, recognized by their issuers' formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

ALLOWED = "not-a-secret"
"""A line that holds these words is let through: for examples and tests."""

_LONGEST_LINE = 20_000
"""A longer line is data or minified code, where a match is chance."""

_FILES = re.compile(
    r"(^|/)(\.env(\.[\w.-]+)?|\.npmrc|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(pem|p12|pfx|jks|keystore|key)"
    r"|secrets?\.(env|json|ya?ml|toml)|credentials(\.json)?|service[-_]account[^/]*\.json)$",
)
_HARMLESS_FILES = re.compile(r"\.env\.(example|sample|template)$")
_PATTERNS = tuple(
    (re.compile(pattern), what)
    for pattern, what in (
        (r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY", "a private key"),
        (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", "an AWS access key"),
        (r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b", "a GitHub token"),
        (r"\bglpat-[A-Za-z0-9_-]{20,}", "a GitLab token"),
        (r"\bxox[abprs]-[A-Za-z0-9-]{10,}", "a Slack token"),
        (r"\bAIza[0-9A-Za-z_-]{35}\b", "a Google API key"),
        (r"\bya29\.[0-9A-Za-z_-]{20,}|\b1//0[0-9A-Za-z_-]{30,}", "a Google OAuth token"),
        (r"\bGOCSPX-[0-9A-Za-z_-]{20,}", "a Google client secret"),
        (r"\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*[^\s$]{8,}", "an npm token"),
        (r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,}", "a PyPI token"),
        (r"\bhf_[A-Za-z0-9]{30,}\b", "a Hugging Face token"),
        (r"\bsk_live_[0-9A-Za-z]{16,}|\bsk-[A-Za-z0-9_-]{32,}", "an API key"),
        (r"\buser:\d{4,}:\d{1,4}\b", "an issuer of addons.mozilla.org's API"),
        (r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", "a JSON web token"),
        (
            r"(?i)\b(?:api[_-]?key|client[_-]?secret|secret[_-]?key|access[_-]?token|auth[_-]?token|passw(?:or)?d|jwt[_-]?secret)\b[\"']?"
            r"\s*[:=]\s*[\"'][^\"'\s{}<>$]{12,}[\"']",
            "what reads like a password or token",
        ),
    )
)


def find_secrets(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Lines of a file that look like secrets, and what they look like; line 0 where the file's name
    alone says so.
    """
    if _FILES.search(name) and not _HARMLESS_FILES.search(name):
        yield 0, "is a file that holds keys or passwords by its name"
    yield from _secret_lines(text)


@lru_cache(maxsize=1024)  # a package is looked at more than once: as folder, as zip, for each store
def _secret_lines(text: str) -> tuple[tuple[int, str], ...]:
    found = []
    candidates = [(pattern, what) for pattern, what in _PATTERNS if pattern.search(text)]
    for number, line in enumerate(text.splitlines(), start=1) if candidates else ():
        if len(line) > _LONGEST_LINE or ALLOWED in line:
            continue
        for pattern, what in candidates:
            if pattern.search(line):
                found.append((number, f"holds {what}"))
                break
    return tuple(found)
