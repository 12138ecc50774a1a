"""Causes of rejection that stores and browsers name, a broken project a row; none of them is found
where there is none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.config.extension import BROWSERS, load_config
from builder.packaging.pack import build_extension
from builder.packaging.tree import Contents, ContentsTree
from builder.stores.extension import Extension
from builder.stores.lint.engine import lint
from builder.stores.lint.rules import BY_CODE
from tests.support.rejections import FROM_REJECTIONS

SOUND: dict[str, Any] = {
    "manifest_version": 3,
    "name": "Lens",
    "version": "1.0",
    "description": "Says how a text sounds.",
    "background": {"service_worker": "background.js", "scripts": ["background.js"]},
    "icons": {"128": "icon.png"},
    "commands": {"go": {"suggested_key": {"default": "Alt+Shift+L"}, "description": "Go"}},
    "host_permissions": ["https://*.example.org/*", "<all_urls>", "*://*/*", "file:///*"],
    "browser_specific_settings": {"gecko": {"id": "a@b.example", "strict_min_version": "140.0"}},
    "minimum_chrome_version": "116",
    "homepage_url": "https://example.org/",
}


def extension(browser: str = "chrome", script: str = "", **manifest: Any) -> Extension:
    contents: Contents = {
        "manifest.json": json.dumps(SOUND | manifest).encode(),
        "background.js": script.encode(),
        "page.js": script.encode(),
    }
    return Extension(ContentsTree(contents), browser)


def codes(subject: Extension) -> set[str]:
    return {
        code
        for code in sorted(FROM_REJECTIONS)
        if subject.browser in BY_CODE[code].stores
        and (check := BY_CODE[code].check) is not None
        and list(check(subject))
    }


def command(key: str) -> dict[str, Any]:
    return {"commands": {"go": {"suggested_key": {"default": key}}}}


def gecko(**more: str) -> dict[str, Any]:
    return {"browser_specific_settings": {"gecko": {"id": "a@b.example"} | more}}


SHORTCUTS = {f"c{n}": {"suggested_key": {"default": f"Alt+{n}"}} for n in range(5)}
MANIFESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("LM116", "chrome", {"commands": SHORTCUTS}),
    ("LM117", "chrome", command("L")),
    ("LM117", "firefox", command("Shift+L")),
    ("LM117", "chrome", command("Ctrl+Alt+L")),
    ("LM117", "chrome", command("Ctrl+ä")),
    ("LM118", "chrome", {"browser_action": {}}),
    ("LM118", "firefox", {"page_action": {}}),
    ("LM118", "chrome", {"background": {"service_worker": "background.js", "persistent": True}}),
    ("LM119", "chrome", {"web_accessible_resources": ["a.html"]}),
    ("LM119", "firefox", {"web_accessible_resources": [{"resources": ["a.html"]}]}),
    ("LM119", "chrome", {"web_accessible_resources": {"resources": []}}),
    ("LM120", "chrome", {"host_permissions": ["https://example.org"]}),
    ("LM120", "chrome", {"host_permissions": ["https://*.example.*/*"]}),
    ("LM120", "firefox", {"optional_host_permissions": ["example.org/*"]}),
    ("LM120", "chrome", {"content_scripts": [{"matches": ["http//a/*"], "js": ["page.js"]}]}),
    ("LM121", "chrome", {"content_scripts": [{"js": ["page.js"]}]}),
    ("LM121", "firefox", {"content_scripts": [{"matches": ["https://a.test/*"]}]}),
    ("LM122", "chrome", {"chrome_url_overrides": {"newtab": "a.html"}}),
    ("LM122", "firefox", {"chrome_settings_overrides": {"homepage": "https://a.test"}}),
    ("LM123", "firefox", {"incognito": "split"}),
    ("LM124", "chrome", {"minimum_chrome_version": "latest"}),
    ("LM124", "firefox", gecko(strict_min_version="140.*")),
    ("LM125", "firefox", gecko(strict_max_version="150.0")),
    ("LM126", "firefox", {"browser_specific_settings": {"gecko": {"id": f"{'a' * 90}@b.example"}}}),
    ("LM127", "chrome", {"homepage_url": "example.org"}),
    ("LM128", "chrome", {"icons": {"128": "icon.svg"}}),
    ("LM128", "chrome", {"action": {"default_icon": "icon.webp"}}),
    ("LM129", "chrome", {"optional_permissions": ["debugger"]}),
    ("LM806", "chrome", {"default_locale": "en"}),
    ("LM901", "chrome", {"description": "My extension"}),
    ("LM901", "firefox", {"name": "Untitled"}),
    ("LM901", "chrome", {"description": "TODO."}),
    ("LM902", "chrome", {"description": "Text emotion, text mood, text joy, text, text, text."}),
]
SCRIPTS: list[tuple[str, str, str]] = [
    ("LM903", "chrome", "chrome.tabs.executeScript({file: 'a.js'})"),
    ("LM903", "firefox", "browser.browserAction.onClicked.addListener(go)"),
    ("LM903", "chrome", "chrome.extension.getURL('a.html')"),
    ("LM904", "chrome", "const asked = new XMLHttpRequest()"),
    ("LM904", "chrome", "localStorage.setItem('a', 1)"),
    ("LM904", "chrome", "document.createElement('a')"),
    ("LM905", "chrome", "fetch('http://api.example.org/v1')"),
    ("LM905", "firefox", "new WebSocket('ws://example.org')"),
    ("LM906", "chrome", "fetch('https://www.google-analytics.com/mp/collect')"),
    ("LM906", "firefox", "const to = 'https://api.mixpanel.com/track'"),
    ("LM907", "chrome", "const shop = 'https://www.amazon.com/dp/1?tag=me-20'"),
    ("LM907", "firefox", "go(`https://shop.test/?affiliate_id=7`)"),
]


@pytest.mark.parametrize(("code", "browser", "manifest"), MANIFESTS)
def test_a_cause_in_the_manifest_is_found(
    code: str, browser: str, manifest: dict[str, Any]
) -> None:
    assert codes(extension(browser, **manifest)) == {code}


@pytest.mark.parametrize(("code", "browser", "script"), SCRIPTS)
def test_a_cause_in_a_script_is_found(code: str, browser: str, script: str) -> None:
    assert code in codes(extension(browser, script))


def test_twenty_causes_are_found_and_each_says_what_to_do() -> None:
    found = {code for code, *_ in MANIFESTS} | {code for code, *_ in SCRIPTS}
    assert found == FROM_REJECTIONS and len(found) >= 20
    assert all(BY_CODE[code].fix and BY_CODE[code].source for code in found)


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize(
    "script",
    [
        "fetch('http://localhost:8000/')",
        "a.document.title; const {document} = b",
        "const note = 'see http://example.org'",
        "chrome.scripting.executeScript({}); chrome.action.setBadgeText({})",
        "fetch(new URL('model.json', import.meta.url))",
    ],
)
def test_what_is_allowed_is_no_finding(browser: str, script: str) -> None:
    assert codes(extension(browser, script)) == set()


@pytest.mark.parametrize("project", ["extension.toml", "examples/go-emotions/extension.toml"])
def test_none_is_found_in_what_ships(project: str, repository: Path, tmp_path: Path) -> None:
    config = load_config(repository / project)
    for bundle in build_extension(config, tmp_path / "out", BROWSERS):
        report = lint(bundle.folder, stores=(bundle.browser,), mozilla=False)
        assert [found for found in report.findings if found.code in FROM_REJECTIONS] == []
