"""The static proof that a package requests only its own files: LM212 and LM213."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.packaging.manifest import CONTENT_SECURITY_POLICY
from builder.packaging.tree import Contents, ContentsTree, FolderTree
from builder.stores.extension import Extension
from builder.stores.lint.rules import BY_CODE

CODES = ("LM403", "LM212", "LM213")
FILES = {
    "background.js": "import './helper.js'\n",
    "helper.js": "export const model = await fetch('model.json')\n",
    "popup.html": '<!doctype html><script type="module" src="popup.js"></script>',
    "popup.js": "new Worker(new URL('./worker.js', import.meta.url), {type: 'module'})\n",
    "worker.js": "self.onmessage = () => fetch(name)\n",
    "content.js": (
        "const frame = document.createElement('iframe')\n"
        "frame.src = `${chrome.runtime.getURL('popup.html')}#${id}`\n"
        "text.data = 'a'\nconst spec = {fetch: 1}\n"
        "const xhtml = 'http://www.w3.org/1999/xhtml'\n"
    ),
}
MANIFEST: dict[str, Any] = {
    "manifest_version": 3,
    "name": "Lens",
    "version": "1.0.0",
    "background": {"service_worker": "background.js", "type": "module"},
    "action": {"default_popup": "popup.html"},
    "content_security_policy": {"extension_pages": CONTENT_SECURITY_POLICY},
}


def found(files: dict[str, str] | None = None, **manifest: Any) -> list[tuple[str, str, int, str]]:
    texts = {**FILES, **(files or {}), "manifest.json": json.dumps({**MANIFEST, **manifest})}
    contents: Contents = {name: text.encode() for name, text in texts.items()}
    extension = Extension(ContentsTree(contents), "chrome")
    assert extension.problem is None
    return _hits(extension)


def _hits(extension: Extension) -> list[tuple[str, str, int, str]]:
    hits = []
    for code in CODES:
        check = BY_CODE[code].check
        assert check is not None
        hits += [(code, hit.file, hit.line, hit.message) for hit in check(extension)]
    return hits


def test_a_package_that_requests_only_its_own_files_has_no_finding() -> None:
    assert found() == []


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_the_shipped_packages_request_only_their_own_files(
    browser: str, bundles: dict[str, Path]
) -> None:
    assert _hits(Extension(FolderTree(bundles[browser]), browser)) == []


IN_PAGES = {
    "fetch('https://example.org/?' + text)": "uses fetch",
    "window['x'] = fetch": "uses fetch",
    "const send = window.fetch; send(a)": "uses fetch",
    "new XMLHttpRequest()": "uses XMLHttpRequest",
    "new WebSocket(address)": "uses WebSocket",
    "new EventSource(address)": "uses EventSource",
    "new WebTransport(address)": "uses WebTransport",
    "navigator.sendBeacon(address, text)": "uses sendBeacon",
    "new Image().src = address": "uses Image",
    "img.src = address": "sets .src",
    "img.srcset = address": "sets .srcset",
    "link.href = address": "sets .href",
    "form.action = address": "sets .action",
    "img.setAttribute('src', address)": "sets the attribute src",
    "a.setAttribute('href', address)": "sets the attribute href",
    "location.href = address": "sets .href",
    "window.location = address": "sets .location",
    "location.assign(address)": "calls location.assign",
    "location.replace(address)": "calls location.replace",
    "window.open(address)": "calls window.open",
    "sheet.replaceSync('a {background: url(//example.org/a.png)}')": "loads by url() in a style",
    "sheet.insertRule(`a {background: url(${address})}`)": "loads by url() in a style",
    "importScripts(address)": "uses importScripts",
    "new Worker(address)": "uses Worker",
    "new FontFace('a', address)": "uses FontFace",
}


@pytest.mark.parametrize("code", IN_PAGES)
def test_a_script_in_a_web_page_that_could_make_a_request_is_found(code: str) -> None:
    hits = found({"content.js": f"'use strict'\n{code}\n"})
    assert ("LM212", "content.js", 2, IN_PAGES[code]) in hits


def test_a_script_that_the_manifest_puts_into_pages_is_one_even_if_a_page_loads_it_too() -> None:
    scripts = [{"matches": ["https://example.org/*"], "js": ["worker.js"]}]
    assert ("LM212", "worker.js", 1, "uses fetch") in found(content_scripts=scripts)


PAST_THE_POLICY = {
    "new RTCPeerConnection(servers)": "RTCPeerConnection connects to other devices",
    "chrome.storage.sync.set({text})": (
        "chrome.storage.sync copies what it stores to the user's other devices"
    ),
    "const {sync} = chrome.storage; sync.set({text})": (
        "chrome.storage.sync copies what it stores to the user's other devices"
    ),
    "chrome.runtime.connectNative('a')": (
        "chrome.runtime.connectNative talks to a program outside the browser"
    ),
    "browser.downloads.download({url})": "chrome.downloads.download requests an address",
    "chrome.tabs.create({url: `https://example.org/?${text}`})": (
        "builds an address that begins with https://example.org/?"
    ),
    "chrome.tabs.update({url: 'https://example.org/?' + text})": (
        "builds an address that begins with https://example.org/?"
    ),
    "location.href = 'https://example.org/?'.concat(text)": (
        "builds an address that begins with https://example.org/?"
    ),
}


@pytest.mark.parametrize("code", PAST_THE_POLICY)
def test_what_no_policy_stops_is_found_in_any_script(code: str) -> None:
    hits = found({"helper.js": f"// x\n{code}\n"})
    assert hits == [("LM213", "helper.js", 2, PAST_THE_POLICY[code])]


@pytest.mark.parametrize(
    "code",
    [
        "chrome.tabs.create({url: 'https://example.org/help'})",
        "address.startsWith(`https://${store}`)",
        "chrome.storage.local.set({sync: 1})",
    ],
)
def test_what_carries_nothing_is_no_finding(code: str) -> None:
    assert found({"helper.js": code}) == []
