"""What a server has to say with the files of a site: for Cloudflare Pages and Netlify, which read
``_headers`` and ``_redirects``, and for ``builder site --serve``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""Isolated pages may use several threads."""
_FRAMES = "frame-ancestors 'none'"  # which a page cannot say of itself
_EVERYWHERE = {
    **ISOLATION,
    "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; {_FRAMES}",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_FOR_EVER = "public, max-age=31536000, immutable"
# A host joins what several rules say of one header: each address has one rule for each.
RULES: Mapping[str, Mapping[str, str]] = {
    "/*": _EVERYWHERE,
    "/app/*": {"Cache-Control": _FOR_EVER},
    # An extension of another origin may fetch the model: it needs no permission then.
    "/data/*": {"Cache-Control": _FOR_EVER, "Access-Control-Allow-Origin": "*"},
    "/model/*": {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"},
    **{
        path: {"Cache-Control": "no-cache"}
        for path in ("/", "/index.html", "/manifest.webmanifest", "/sw.js")
    },
}
REDIRECTS = "/index.html  /  301\n"


def headers_file() -> str:
    return "".join(
        f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in headers.items())
        for path, headers in RULES.items()
    )


def read_headers(file: Path) -> dict[str, dict[str, str]]:
    """The rules of a ``_headers`` file: headers by pattern of addresses."""
    rules: dict[str, dict[str, str]] = {}
    headers: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            headers = rules.setdefault(line.strip(), {})
        elif ":" in line and not line.lstrip().startswith("#"):
            name, value = line.split(":", 1)
            headers[name.strip()] = value.strip()
    return rules


def headers_for(path: str, rules: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What a host that reads these rules sends with ``path``."""
    found: dict[str, str] = {}
    for pattern, headers in rules.items():
        if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path):
            for name, value in headers.items():
                found[name] = f"{found[name]}, {value}" if name in found else value
    return found
