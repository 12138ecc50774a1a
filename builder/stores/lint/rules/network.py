"""LM212, LM213: whether code in a package could carry data elsewhere.

Pages and workers are bound by the content security policy, which LM4 checks. Scripts that run in
web pages are bound by none, so their code is checked (LM212). Some ways out obey no policy at all
(LM213). Code that builds a name at run time to hide it is not found.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from builder.packaging.javascript import Token
from builder.packaging.references.reference import resolve
from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule

_USER_DATA = "https://developer.chrome.com/docs/webstore/user_data"
_NETWORK = {
    *("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "sendBeacon"),
    *("importScripts", "Image", "Audio", "Worker", "SharedWorker", "FontFace"),
}
_PEERS = {"RTCPeerConnection", "webkitRTCPeerConnection"}
_ADDRESSES = {"src", "srcset", "href", "action", "formAction", "poster", "location"}
_ATTRIBUTES = {*(name.lower() for name in _ADDRESSES), "data", "style"}
_CARRIERS = {
    "storage.sync": "copies what it stores to the user's other devices",
    "runtime.connectNative": "talks to a program outside the browser",
    "runtime.sendNativeMessage": "talks to a program outside the browser",
    "downloads.download": "requests an address",
    "identity": "signs in to a server",
    "gcm": "sends messages through a server",
    "instanceID": "asks a server for a name",
    "proxy": "can send all requests through a server",
    "sockets": "opens a connection",
    "webRequest": "sees and changes requests",
    "declarativeNetRequest": "changes requests",
}
_WINDOWS = {"location", "window", "globalThis", "self"}
_SCHEME = re.compile(r"(?:https?|wss?|ftp):", re.IGNORECASE)
_STYLE_URL = re.compile(r"url\(\s*(?:[^#\s)]|$)")
_NAMESPACES = ("http://www.w3.org/",)
_NEAR = 9


@rule(
    "LM212",
    "A script that runs in web pages can reach the network",
    severity="warning",
    heuristic=True,
    source=_USER_DATA,
    fix="ask the background for it by a message; load only chrome.runtime.getURL(...)",
    why="No policy of the extension binds it there: it reads pages and could send them anywhere.",
)
def content_scripts(extension: Extension) -> Iterator[Hit]:
    bound = _bound_by_policy(extension)
    for name in extension.own_scripts:
        if name in bound:
            continue
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            what = _request_in_page(stream, index)
            if what:
                yield Hit(name, lines.at(token.offset)[0], what)


@rule(
    "LM213",
    "Code that could send data past the policy",
    severity="warning",
    heuristic=True,
    source=_USER_DATA,
    fix="remove it; or declare the data in data_collection_permissions and the privacy form",
    why="The content security policy does not stop it, and the data declarations must be true.",
)
def past_the_policy(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        script = extension.script(name)
        for use in script.uses:
            for path, does in _CARRIERS.items():
                if use.path == path or use.path.startswith(f"{path}."):
                    yield Hit(name, script.lines.at(use.offset)[0], f"chrome.{path} {does}")
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            line = lines.at(token.offset)[0]
            if token.kind == "name" and token.text in _PEERS:
                yield Hit(name, line, f"{token.text} connects to other devices")
            elif token.kind in ("string", "template") and _grows(stream, index):
                yield Hit(name, line, f"builds an address that begins with {token.text[:40]}")


def _bound_by_policy(extension: Extension) -> set[str]:
    """Scripts that only pages and workers of the extension run, by the manifest and imports."""
    injected = {
        _clean(path)
        for entry in _list(extension.manifest.get("content_scripts"))
        if isinstance(entry, dict)
        for path in _list(entry.get("js"))
    }
    background = extension.manifest.get("background")
    found: set[str] = set()
    queue: list[str] = []
    if isinstance(background, dict):
        queue += [
            _clean(path)
            for path in (background.get("service_worker"), *_list(background.get("scripts")))
        ]
    for page in extension.pages:
        sources = re.findall(r"<script\b[^>]*\bsrc=[\"']?([^\"'\s>]+)", extension.text(page), re.I)
        queue += [resolve(posixpath.dirname(page), source) or "" for source in sources]
    while queue:
        name = queue.pop()
        if name in found or name not in extension.tree.names or not name.endswith((".js", ".mjs")):
            continue
        found.add(name)
        for load in extension.script(name).loads:
            if load.kind != "root" and load.name:
                queue.append(resolve(posixpath.dirname(name), load.name) or "")
    return found - injected


def _request_in_page(stream: tuple[Token, ...], index: int) -> str:
    """What this token does that asks for an address, or nothing."""
    token = stream[index]
    before = stream[index - 1].text if index else ""
    after = [item.text for item in stream[index + 1 : index + 1 + _NEAR]]
    if token.kind == "string":
        attribute = token.text.lower() in _ATTRIBUTES and before == "("
        if attribute and index > 1 and stream[index - 2].text == "setAttribute":
            return "" if "getURL" in after else f"sets the attribute {token.text}"
        return "loads by url() in a style" if _STYLE_URL.search(token.text) else ""
    if token.kind == "template":
        return "loads by url() in a style" if _STYLE_URL.search(token.text) else ""
    if token.kind != "name":
        return ""
    if token.text in _NETWORK and after[:1] != [":"]:  # a key of an object is no use of it
        return f"uses {token.text}"
    if token.text in _ADDRESSES and before == "." and after[:1] == ["="]:
        return "" if "getURL" in after else f"sets .{token.text}"
    owner = stream[index - 2].text if before == "." and index > 1 else ""
    if token.text in ("assign", "replace", "open") and owner in _WINDOWS:
        return f"calls {owner}.{token.text}"
    return ""


def _grows(stream: tuple[Token, ...], index: int) -> bool:
    """Whether code appends to an address of another host: ``'https://x/?' + text``."""
    token = stream[index]
    if not _SCHEME.match(token.text) or token.text.startswith(_NAMESPACES):
        return False
    compared = [item.text for item in stream[max(0, index - 2) : index]]
    if compared[:1] == ["startsWith"] or compared[-1:] in (["==="], ["!=="]):
        return False
    after = stream[index + 1].text if index + 1 < len(stream) else ""
    return not token.whole or after == "+" or (after == "." and stream[index + 2].text == "concat")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _clean(path: object) -> str:
    return posixpath.normpath(path).lstrip("/") if isinstance(path, str) and path else ""
