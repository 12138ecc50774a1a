"""LM4: the content security policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from builder.packaging.references.graph import MANIFEST
from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule

_SOURCE = "https://developer.chrome.com/docs/extensions/reference/manifest/content-security-policy"
_MOZILLA = "https://extensionworkshop.com/documentation/develop/manifest-v3-migration-guide/"
_ALLOWED = {"'self'", "'none'", "'wasm-unsafe-eval'"}
_OWN = {"'self'", "'none'", "data:", "blob:"}
WASM = "'wasm-unsafe-eval'"


@rule(
    "LM401",
    "WebAssembly without 'wasm-unsafe-eval'",
    source=_MOZILLA,
    fixable=True,
    fix=(
        "set content_security_policy.extension_pages to \"script-src 'self' 'wasm-unsafe-eval';"
        " object-src 'self'\""
    ),
    why=(
        "Without it, the browser refuses to compile WebAssembly, and the extension fails in review."
    ),
)
def wasm(extension: Extension) -> Iterator[Hit]:
    if any(name.endswith(".wasm") for name in extension.tree.names) and WASM not in _directive(
        extension.policy or "", "script-src"
    ):
        yield Hit(
            MANIFEST,
            extension.manifest_line("content_security_policy"),
            "the package contains .wasm, but script-src does not allow it",
        )


@rule(
    "LM402",
    "The policy is looser than stores allow",
    source=_SOURCE,
    fix="limit script-src to 'self' and 'wasm-unsafe-eval', and object-src to 'self'",
    why="Stores refuse remote hosts, 'unsafe-eval' and 'unsafe-inline' at upload.",
)
def loose(extension: Extension) -> Iterator[Hit]:
    for name in ("script-src", "script-src-elem", "worker-src", "object-src", "default-src"):
        for value in _directive(extension.policy or "", name):
            if value not in _ALLOWED and not (name in ("worker-src",) and value == "blob:"):
                yield Hit(
                    MANIFEST,
                    extension.manifest_line("content_security_policy"),
                    f"{name} allows {value}",
                )


@rule(
    "LM403",
    "The policy allows requests to any host",
    severity="warning",
    source=_SOURCE,
    fix="add connect-src 'self', plus the host of a remote model if there is one",
    why=("A strict policy proves that data stays on the device."),
)
def connections(extension: Extension) -> Iterator[Hit]:
    if not extension.manifest:
        return
    sources = _directive(extension.policy or "", "connect-src") or _directive(
        extension.policy or "", "default-src"
    )
    if not sources or any(value in ("*", "https:", "http:") for value in sources):
        what = "connect-src allows every host" if sources else "there is no connect-src"
        yield Hit(MANIFEST, extension.manifest_line("content_security_policy"), what)


@rule(
    "LM404",
    "The policy does not have the form of manifest version 3",
    source=_SOURCE,
    fix='write {"extension_pages": "..."}',
    why="Browsers refuse a bare string.",
)
def form(extension: Extension) -> Iterator[Hit]:
    value = extension.manifest.get("content_security_policy")
    if value is not None and not isinstance(value, dict):
        yield Hit(
            MANIFEST,
            extension.manifest_line("content_security_policy"),
            "content_security_policy is not an object",
        )


@rule(
    "LM405",
    "The policy allows an address that no model comes from",
    severity="warning",
    source=_SOURCE,
    fix="leave only 'self' in connect-src, and the address that model.url of extension.toml names",
    why="What one may connect to, one may send to. Reviewers ask what each address is for.",
)
def addresses(extension: Extension) -> Iterator[Hit]:
    known = {"'self'", "'none'", str((extension.delivery or {}).get("address"))}
    for value in _directive(extension.policy or "", "connect-src"):
        if value not in known and value not in ("*", "https:", "http:"):  # of which LM403 tells
            yield Hit(
                MANIFEST,
                extension.manifest_line("content_security_policy"),
                f"connect-src allows {value}",
            )


@rule(
    "LM406",
    "The model comes from the user's own machine",
    source="https://developer.chrome.com/docs/webstore/troubleshooting",
    fix="set model.url in extension.toml to the https address that you uploaded the site to",
    why="An address of localhost is for trying things out: no user has a server there.",
)
def local_server(extension: Extension) -> Iterator[Hit]:
    address = str((extension.delivery or {}).get("address", "https:"))
    if not address.startswith("https:"):
        yield Hit("settings.json", 0, f"the model is fetched from {address}")


@rule(
    "LM407",
    "The policy lets pages show or send to other hosts",
    severity="warning",
    source=_SOURCE,
    fix="add default-src 'self'; form-action 'none'; base-uri 'none'",
    why=(
        "An image, a frame or a form can carry data to any host that the policy does not exclude."
    ),
)
def ways_out(extension: Extension) -> Iterator[Hit]:
    if not extension.manifest:
        return
    policy = extension.policy or ""
    default = _directive(policy, "default-src")
    found = {
        "images": _directive(policy, "img-src") or default,
        "frames": _directive(policy, "frame-src") or _directive(policy, "child-src") or default,
        "forms": _directive(policy, "form-action"),
        "the base address": _directive(policy, "base-uri"),
    }
    open_ways = [what for what, sources in found.items() if not sources or set(sources) - _OWN]
    if open_ways:
        yield Hit(
            MANIFEST,
            extension.manifest_line("content_security_policy"),
            f"it does not limit {', '.join(open_ways)} to the extension",
        )


def _directive(policy: str, name: str) -> list[str]:
    for part in policy.split(";"):
        words = re.split(r"\s+", part.strip())
        if words[0] == name:
            return words[1:]
    return []
