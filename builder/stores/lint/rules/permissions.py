"""LM3: permissions, each traced to the calls that need it."""

from __future__ import annotations

from collections.abc import Iterator

from builder.packaging.references.graph import MANIFEST
from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule
from builder.stores.permissions import (
    BROAD_HOSTS,
    CHROME_ONLY,
    FIREFOX_ONLY,
    TABLE,
    hosts,
    is_host,
    needed_by,
)

_POLICY = "https://developer.chrome.com/docs/webstore/program-policies/permissions"
_LIST = "https://developer.chrome.com/docs/extensions/reference/permissions-list"


@rule(
    "LM301",
    "An unused permission",
    source=_POLICY,
    heuristic=True,
    fix=(
        "remove it from the manifest; if a computed call needs it, which the lint cannot see,"
        " ignore the rule"
    ),
    why="Stores reject permissions that are not needed yet (Chrome Web Store: Purple Potassium).",
)
def unused(extension: Extension) -> Iterator[Hit]:
    for name in extension.permissions:
        permission = TABLE.get(name)
        if permission is not None and not needed_by(permission, extension):
            yield Hit(
                MANIFEST,
                extension.manifest_line(name),
                f"no call needs {name} ({permission.reason})",
            )


@rule(
    "LM302",
    "A call lacks its permission",
    source=_LIST,
    heuristic=True,
    fix="add the permission to the manifest, or remove the call",
    why="The call fails in the release, even if it worked in development with more permissions.",
)
def missing(extension: Extension) -> Iterator[Hit]:
    granted = {
        *extension.permissions,
        *map(str, extension.manifest.get("optional_permissions", [])),
    }
    other = FIREFOX_ONLY if extension.browser == "chrome" else CHROME_ONLY
    for permission in TABLE.values():
        if not permission.required or permission.name in granted or permission.name in other:
            continue
        # menus and contextMenus are two names of one API in Firefox
        if any(
            call in found.calls
            for found in TABLE.values()
            if found.name in granted
            for call in permission.calls
        ):
            continue
        uses = [use for use in needed_by(permission, extension) if use.file != MANIFEST]
        if uses:
            yield Hit(
                uses[0].file, uses[0].line, f"{uses[0].api} needs the permission {permission.name}"
            )


@rule(
    "LM303",
    "Access to every site",
    source=_POLICY,
    fix=(
        "use activeTab, which grants access when the user invokes the extension; or"
        " list the hosts, or ask at run time (optional_host_permissions)"
    ),
    why=(
        "Stores demand the narrowest permission. Broad hosts mean a longer review, a"
        " frightening warning and rejections."
    ),
)
def broad_hosts(extension: Extension) -> Iterator[Hit]:
    for pattern in hosts(extension.manifest):
        if BROAD_HOSTS.fullmatch(pattern):
            yield Hit(MANIFEST, _host_line(extension, pattern), f"requests {pattern}")


@rule(
    "LM304",
    "This browser does not know the permission",
    severity="warning",
    source=_LIST,
    fix="request it in the other browser's manifest only",
    why="The store warns at upload, and reviewers ask what it is for.",
)
def unknown(extension: Extension) -> Iterator[Hit]:
    other = FIREFOX_ONLY if extension.browser == "chrome" else CHROME_ONLY
    for name in extension.permissions:
        if name in other:
            yield Hit(
                MANIFEST,
                extension.manifest_line(name),
                f"{extension.browser} does not know {name}",
            )


@rule(
    "LM305",
    "A host is listed under permissions",
    source="https://developer.chrome.com/docs/extensions/develop/concepts/declare-permissions",
    fix="move it to host_permissions",
    why="Manifest version 3 ignores hosts there.",
)
def misplaced_hosts(extension: Extension) -> Iterator[Hit]:
    for value in extension.permissions:
        if is_host(value):
            yield Hit(MANIFEST, extension.manifest_line(value), f"permissions contains {value}")


def _host_line(extension: Extension, pattern: str) -> int:
    return extension.manifest_line(pattern)
