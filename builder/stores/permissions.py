"""Permissions: what each is for, which calls need it, and what browsers tell a user who installs or
updates.

Warnings: https://developer.chrome.com/docs/extensions/reference/permissions-list and
https://support.mozilla.org/kb/permission-request-messages-firefox-extensions. Which call needs
which permission follows from the browsers' API references; a permission that is not listed here is
never called unused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builder.stores.extension import Extension, Use


@dataclass(frozen=True)
class Permission:
    """``calls``: beginnings of API paths, ``globals``: words of the web platform, ``keys``: keys of
    the manifest, any of which needs it.

    ``required``: its API does not exist without it, so that a call without the permission is a
    mistake.
    """

    name: str
    reason: str
    calls: tuple[str, ...] = ()
    globals: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    required: bool = True
    chrome_warning: str = ""
    firefox_warning: str = ""


_HISTORY = "Read your browsing history"
TABLE = {
    permission.name: permission
    for permission in (
        Permission(
            "activeTab",
            "reads the page that the user invokes the extension on, at that moment and no other",
            (
                "scripting.",
                "tabs.captureVisibleTab",
                "tabs.executeScript",
                "tabs.insertCSS",
                "pageCapture.",
            ),
            required=False,
        ),
        Permission("alarms", "wakes the extension at a set time", ("alarms.",)),
        Permission(
            "bookmarks",
            "reads and changes bookmarks",
            ("bookmarks.",),
            chrome_warning="Read and change your bookmarks",
            firefox_warning="Read and modify bookmarks",
        ),
        Permission(
            "browsingData",
            "clears browsing data",
            ("browsingData.",),
            firefox_warning="Clear recent browsing history",
        ),
        Permission(
            "clipboardRead",
            "reads the clipboard",
            (),
            ("clipboard.read", "clipboard.readText"),
            required=False,
            chrome_warning="Read data you copy and paste",
            firefox_warning="Get data from the clipboard",
        ),
        Permission(
            "clipboardWrite",
            "puts what the user asks to copy on the clipboard",
            (),
            ("clipboard.write", "clipboard.writeText", "execCommand"),
            required=False,
            chrome_warning="Modify data you copy and paste",
            firefox_warning="Input data to the clipboard",
        ),
        Permission(
            "contentSettings",
            "changes site settings",
            ("contentSettings.",),
            chrome_warning="Change your settings that control websites' access",
        ),
        Permission(
            "contextMenus",
            "adds the entry to the context menu that the user starts the extension with",
            ("contextMenus.", "menus."),
        ),
        Permission(
            "cookies", "reads and changes cookies of the hosts that it may access", ("cookies.",)
        ),
        Permission(
            "debugger",
            "attaches to the browser's debugger",
            ("debugger.",),
            chrome_warning="Access the page debugger backend",
        ),
        Permission(
            "declarativeNetRequest",
            "blocks or changes requests by rules",
            ("declarativeNetRequest.",),
            keys=("declarative_net_request",),
            chrome_warning="Block content on any page you visit",
            firefox_warning="Block content on any page",
        ),
        Permission(
            "desktopCapture",
            "captures the screen",
            ("desktopCapture.",),
            chrome_warning="Capture content of your screen",
        ),
        Permission(
            "downloads",
            "saves a file that the user asks for",
            ("downloads.",),
            chrome_warning="Manage your downloads",
            firefox_warning="Download files and read and modify the browser's download history",
        ),
        Permission(
            "favicon",
            "shows icons of sites",
            (),
            ("_favicon",),
            required=False,
            chrome_warning="Read the icons of the websites you visit",
        ),
        Permission(
            "find",
            "searches in a page",
            ("find.",),
            firefox_warning="Read the text of all open tabs",
        ),
        Permission("fontSettings", "reads font settings", ("fontSettings.",)),
        Permission(
            "geolocation",
            "reads the position of the device",
            (),
            ("geolocation",),
            required=False,
            chrome_warning="Detect your physical location",
            firefox_warning="Access your location",
        ),
        Permission(
            "history",
            "reads the browsing history",
            ("history.",),
            chrome_warning="Read and change your browsing history",
            firefox_warning="Access browsing history",
        ),
        Permission("identity", "signs the user in", ("identity.",)),
        Permission("idle", "notices whether the user is idle", ("idle.",)),
        Permission(
            "management",
            "lists and manages extensions",
            ("management.",),
            chrome_warning="Manage your apps, extensions, and themes",
            firefox_warning="Monitor extension usage and manage themes",
        ),
        Permission(
            "menus",
            "adds the entry to the context menu that the user starts the extension with",
            ("menus.", "contextMenus."),
        ),
        Permission(
            "nativeMessaging",
            "talks to a program on the device",
            ("runtime.connectNative", "runtime.sendNativeMessage"),
            chrome_warning="Communicate with cooperating native applications",
            firefox_warning="Exchange messages with programs other than the browser",
        ),
        Permission(
            "notifications",
            "shows notifications",
            ("notifications.",),
            chrome_warning="Display notifications",
            firefox_warning="Display notifications",
        ),
        Permission(
            "offscreen",
            "owns the page that runs the classifier's worker, since a service worker can start"
            " none",
            ("offscreen.",),
        ),
        Permission("pageCapture", "saves a page", ("pageCapture.",), chrome_warning=_HISTORY),
        Permission("power", "keeps the device awake", ("power.",)),
        Permission(
            "privacy",
            "changes privacy settings",
            ("privacy.",),
            chrome_warning="Change your privacy-related settings",
            firefox_warning="Read and modify privacy settings",
        ),
        Permission(
            "proxy",
            "controls the proxy",
            ("proxy.",),
            chrome_warning="Read and change all your data on all websites",
            firefox_warning="Control browser proxy settings",
        ),
        Permission(
            "readingList",
            "reads and changes the reading list",
            ("readingList.",),
            chrome_warning="Read and change entries in the reading list",
        ),
        Permission(
            "scripting",
            "puts the card and the script that reads the selected text into the page that the user"
            " invokes it on",
            ("scripting.",),
        ),
        Permission("search", "searches with the default engine", ("search.",)),
        Permission(
            "sessions",
            "restores closed tabs",
            ("sessions.",),
            firefox_warning="Access recently closed tabs",
        ),
        Permission(
            "sidePanel",
            "shows the results of a page beside it",
            ("sidePanel.",),
            keys=("side_panel",),
        ),
        Permission(
            "storage",
            "keeps the user's settings, how many threads are fastest, and for a moment the text"
            " that a card is opened for, on the device",
            ("storage.",),
        ),
        Permission(
            "tabCapture",
            "captures a tab",
            ("tabCapture.",),
            chrome_warning="Read and change all your data on all websites",
        ),
        Permission(
            "tabGroups",
            "reads and changes tab groups",
            ("tabGroups.",),
            chrome_warning="View and manage your tab groups",
        ),
        Permission(
            "tabHide",
            "hides tabs",
            ("tabs.hide", "tabs.show"),
            firefox_warning="Hide and show browser tabs",
        ),
        Permission(
            "tabs",
            "reads addresses and titles of tabs",
            ("tabs.",),
            required=False,
            chrome_warning=_HISTORY,
            firefox_warning="Access browser tabs",
        ),
        Permission(
            "topSites",
            "lists the most visited sites",
            ("topSites.",),
            chrome_warning="Read a list of your most frequently visited websites",
            firefox_warning="Access browsing history",
        ),
        Permission("tts", "speaks", ("tts.",)),
        Permission(
            "ttsEngine",
            "provides a voice",
            ("ttsEngine.",),
            chrome_warning="Read all text spoken using synthesized speech",
        ),
        Permission(
            "unlimitedStorage",
            "keeps more on the device than the usual quota",
            ("storage.local",),
            ("indexedDB", "caches"),
            required=False,
        ),
        Permission(
            "userScripts",
            "runs scripts of the user",
            ("userScripts.",),
            firefox_warning="Allow unverified third-party scripts to access your data",
        ),
        Permission(
            "webNavigation",
            "follows navigation",
            ("webNavigation.",),
            chrome_warning=_HISTORY,
            firefox_warning="Access browser activity during navigation",
        ),
        Permission("webRequest", "watches requests", ("webRequest.",)),
    )
}
CHROME_ONLY = {
    "offscreen",
    "sidePanel",
    "favicon",
    "debugger",
    "desktopCapture",
    "pageCapture",
    "tabCapture",
    "readingList",
    "power",
    "fontSettings",
    "contentSettings",
    "tts",
    "ttsEngine",
    "system.cpu",
    "system.memory",
    "system.storage",
    "system.display",
}
FIREFOX_ONLY = {
    "menus",
    "find",
    "tabHide",
    "menus.overrideContext",
    "theme",
    "contextualIdentities",
    "pkcs11",
    "dns",
    "captivePortal",
}
BROAD_HOSTS = re.compile(r"<all_urls>|(\*|https?|file)://\*/.*|\*://\*\.?/.*")
ALL_SITES = "Read and change all your data on all websites"


def is_host(value: str) -> bool:
    """Whether an entry is a pattern of addresses rather than the name of a permission."""
    return value == "<all_urls>" or "://" in value


def hosts(manifest: dict[str, Any]) -> list[str]:
    """Every pattern of addresses that the extension may act on without being asked: hosts and
    content scripts.
    """
    found = [
        value
        for value in [*manifest.get("host_permissions", []), *manifest.get("permissions", [])]
        if is_host(str(value))
    ]
    for entry in manifest.get("content_scripts", []):
        found += entry.get("matches", [])
    return sorted(set(map(str, found)))


def needed_by(permission: Permission, extension: Extension) -> list[Use]:
    """The places that need a permission; one in the manifest counts too."""
    from builder.stores.extension import Use

    found = [
        use
        for use in extension.uses
        if any(f"{use.api}.".startswith(call) for call in permission.calls)
    ]
    for key in permission.keys:
        if key in extension.manifest:
            found.append(Use(key, "manifest.json", extension.manifest_line(key)))
    for name in extension.own_scripts if permission.globals else ():
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            path = token.text
            if (
                token.kind == "name"
                and index + 2 < len(stream)
                and stream[index + 1].text in (".", "?.")
            ):
                path = f"{token.text}.{stream[index + 2].text}"
            if token.kind in ("name", "string", "template") and (
                token.text in permission.globals or path in permission.globals
            ):
                found.append(Use(path, name, lines.at(token.offset)[0]))
    return found


@dataclass(frozen=True)
class Traced:
    """A permission that the manifest asks for, with its reason and the calls that need it."""

    name: str
    reason: str
    used_at: tuple[str, ...]


def trace(extension: Extension) -> list[Traced]:
    """Every permission with why it is there; ``used_at`` as ``file:line api``, empty where no call
    is seen.
    """
    found = []
    for name in extension.permissions:
        permission = TABLE.get(name)
        places = (
            [f"{use.file}:{use.line} {use.api}" for use in needed_by(permission, extension)]
            if permission
            else []
        )
        found.append(Traced(name, permission.reason if permission else "", tuple(places)))
    return found


def warnings(manifest: dict[str, Any], browser: str) -> set[str]:
    """What a browser tells a user about the permissions of an extension."""
    found = set()
    for name in manifest.get("permissions", []):
        permission = TABLE.get(str(name))
        if permission:
            found.add(
                permission.chrome_warning if browser == "chrome" else permission.firefox_warning
            )
    for pattern in hosts(manifest):
        found.add(
            ALL_SITES
            if BROAD_HOSTS.fullmatch(pattern)
            else f"Read and change your data on {pattern}"
        )
    return found - {""}


@dataclass(frozen=True)
class PermissionChange:
    """What an update changes. ``asks``: the browser switches the extension off, or holds the
    update, until the user agrees.
    """

    browser: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    new_warnings: tuple[str, ...]

    @property
    def asks(self) -> bool:
        return bool(self.new_warnings)


def change(before: dict[str, Any], after: dict[str, Any], browser: str) -> PermissionChange:
    """Compare two manifests. Access to all sites covers every host, and in Chrome the browsing
    history as well.
    """
    old, new = _asked(before), _asked(after)
    had = warnings(before, browser)
    fresh = warnings(after, browser) - had
    if ALL_SITES in had:
        fresh = {
            warning for warning in fresh if not warning.startswith("Read and change your data on")
        }
        if browser == "chrome":
            fresh -= {_HISTORY}
    return PermissionChange(
        browser, tuple(sorted(new - old)), tuple(sorted(old - new)), tuple(sorted(fresh))
    )


def _asked(manifest: dict[str, Any]) -> set[str]:
    return {str(value) for value in manifest.get("permissions", [])} | set(hosts(manifest))


def join(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
