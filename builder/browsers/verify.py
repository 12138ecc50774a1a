"""A finished store zip, proven in a real browser: it installs, answers like Python, asks the
network for nothing, may do no more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from builder.browsers import start
from builder.browsers.driver import Browser
from builder.browsers.proxy import Page, Web
from builder.config.reader import read_json
from builder.errors import BuilderError
from builder.models.asset.asset import Asset
from builder.models.asset.scorer import Scorer
from builder.packaging.contents import read_delivery
from builder.packaging.delivered_model import unpack_with_model
from builder.packaging.tree import ZipTree
from builder.progress import work

TOLERANCE = 0.02
"""How far a score in 0..1 may be from Python's: int8 steps tip where the two builds of exp differ
in their last bit (docs/explanation/emotion-model.md).
"""
PAGE = "http://page.test/"
log = logging.getLogger(__name__)
CARD_TIMEOUT = 120
PLAIN_TEXTS = (
    "I feel so happy and grateful to be here.",
    "This is the worst thing that I have ever bought.",
    "The train leaves at nine.",
    "Nobody told us what would happen next!",
    "Ünïcödé, 123 & <markup>",
)
"""What a model is asked that names no sample texts."""
ALLOWED = {
    "activeTab",
    "contextMenus",
    "menus",
    "offscreen",
    "scripting",
    "sidePanel",
    "storage",
    "tts",
    "unlimitedStorage",
}
"""Permissions that show no warning when the extension is installed and reach no page by themselves.
"""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. ``ok`` is None where it could not be."""

    browser: str
    what: str
    ok: bool | None
    found: str


def verify_package(package: Path, browser: str, *, tolerance: float = TOLERANCE) -> list[Check]:
    """Install a store zip in a real browser and hold it to what it says.

    :raises BuilderError: if the zip cannot be read, or the browser, its driver or a Python package
        is missing.
    """
    with TemporaryDirectory() as folder:
        manifest, asset, delivery = _unpack(package, Path(folder))
        samples = [
            label["sample"] for label in asset.description["labels"] if label.get("sample")
        ] or list(PLAIN_TEXTS)
        page = Page(f"<!doctype html><title>page</title><p id=sentence>{samples[0]}</p>".encode())
        with (
            Web({PAGE: page}, server=delivery.get("address")) as web,
            work(f"Proving {package.name} in {browser}", total=len(samples) + 2) as advance,
        ):
            log.debug("starting %s with a clean profile and %s", browser, package)
            with start(browser, package, web) as running:
                advance(1)
                checks = [Check(browser, "installs", True, running.extension_url)]
                checks += _permissions(browser, running, manifest, delivery)
                if delivery:
                    checks += _delivery(browser, running, web, samples[0], delivery)
                checks += _texts(browser, running, asset, samples, tolerance, advance)
                checks.append(_card(browser, running, asset, samples[0], manifest, tolerance))
                advance(1)
                complaints = running.complaints()
            checks.append(
                Check(
                    browser,
                    "complaints of the browser",
                    not complaints,
                    "; ".join(complaints) or "none",
                )
            )
            unexpected = web.unexpected()
            checks.append(
                Check(
                    browser,
                    "requests to the network",
                    not unexpected,
                    ", ".join(unexpected[:5]) or "0",
                )
            )
    return checks


def _unpack(package: Path, folder: Path) -> tuple[dict[str, Any], Asset, dict[str, Any]]:
    """Manifest, model, and what the package says of the server of its model; nothing if it holds
    that.
    """
    tree = ZipTree(package)
    if "manifest.json" not in tree.names:
        raise BuilderError(
            f"{package}: not a store zip: holds no manifest.json",
            hint="run 'builder pack'",
            place=str(package),
        )
    delivery = read_delivery(tree) or {}
    if delivery.get("origins"):
        raise BuilderError(
            f"{package}: asks its user to allow {', '.join(delivery['origins'])}, which no driver"
            " can answer",
            hint="verify it with a server that sends CORS headers, and without cors = false",
            place=str(package),
        )
    asset = unpack_with_model(package, folder)
    return read_json(folder / "manifest.json").values, asset, delivery


def _delivery(
    name: str, browser: Browser, web: Web, text: str, delivery: dict[str, Any]
) -> list[Check]:
    """The model comes from its server, which is out of reach from then on."""
    shown = browser.classify_in_popup(text)
    web.cut_off()
    return [
        Check(
            name,
            f"model from {delivery['address']}",
            shown.state == "result" and web.server_requests > 0,
            f"state {shown.state}, {web.server_requests} requests; the server is cut off from now"
            " on",
        )
    ]


def _permissions(
    name: str, browser: Browser, manifest: dict[str, Any], delivery: dict[str, Any]
) -> list[Check]:
    """What the browser has granted, beside what the manifest asks for; and that this is no more
    than an extension of ours needs.
    """
    browser.open_popup()
    permissions, origins = browser.granted()
    asked = set(manifest.get("permissions", []))
    broad = sorted(asked - ALLOWED) + sorted(manifest.get("host_permissions", [])) + sorted(origins)
    extra = sorted(set(permissions) - asked)
    return [
        Check(
            name,
            "permissions",
            not broad and not extra,
            ", ".join(broad + extra) or ", ".join(sorted(asked)),
        ),
        Check(
            name,
            "content security policy",
            _closed(
                manifest.get("content_security_policy", {}).get("extension_pages", ""),
                delivery.get("address"),
            ),
            manifest.get("content_security_policy", {}).get("extension_pages", "none"),
        ),
    ]


def _closed(policy: str, address: str | None) -> bool:
    """Whether nothing remote may run, be shown or be asked, but for the server of the model."""
    directives = {words[0]: set(words[1:]) for part in policy.split(";") if (words := part.split())}
    return (
        directives.get("script-src", set()) <= {"'self'", "'wasm-unsafe-eval'"}
        and directives.get("connect-src") == {"'self'", *([address] if address else [])}
        and directives.get("default-src") == {"'self'"}
        and directives.get("form-action") == {"'none'"}
    )


def _texts(
    name: str,
    browser: Browser,
    asset: Asset,
    samples: Sequence[str],
    tolerance: float,
    advance: Callable[[float], None],
) -> list[Check]:
    expected = Scorer(asset.folder, asset.description).scores(samples)
    checks = []
    for text, row in zip(samples, expected, strict=True):
        log.debug("%s: classifying '%s'", name, text)
        shown = browser.classify_in_popup(text)
        checks.append(
            _compared(name, f"popup: {text}", asset, shown.state, shown.scores, row, tolerance)
        )
        advance(1)
    return checks


def _card(
    name: str, browser: Browser, asset: Asset, text: str, manifest: dict[str, Any], tolerance: float
) -> Check:
    what = f"card: {text}"
    keys = [
        command.get("suggested_key", {}).get("default")
        for command in manifest.get("commands", {}).values()
    ]
    shortcut = next((key for key in keys if key), None)
    if shortcut is None:
        return Check(name, what, None, "the extension has no shortcut to call it with")
    browser.open(PAGE)
    browser.execute("getSelection().selectAllChildren(document.getElementById('sentence'))")
    browser.press(shortcut)
    try:
        card = browser.wait_for_card(timeout=CARD_TIMEOUT)
    except TimeoutError as error:
        return Check(name, what, False, str(error))
    return _compared(
        name,
        what,
        asset,
        card.state,
        card.scores,
        Scorer(asset.folder, asset.description).scores([text])[0],
        tolerance,
    )


def _compared(
    name: str,
    what: str,
    asset: Asset,
    state: str,
    found: dict[str, float],
    expected: Sequence[float],
    tolerance: float,
) -> Check:
    labels = asset.label_ids
    if state != "result" or set(found) != set(labels):
        return Check(name, what, False, f"state {state}, {len(found)} of {len(labels)} scores")
    difference = max(
        abs(found[label] - float(score)) for label, score in zip(labels, expected, strict=True)
    )
    first, second = sorted([*(float(score) for score in expected), 0.0], reverse=True)[:2]
    top, wanted = (
        max(labels, key=found.__getitem__),
        labels[int(max(range(len(labels)), key=expected.__getitem__))],
    )
    agrees = difference <= tolerance and (top == wanted or first - second <= tolerance)
    disagreement = "" if top == wanted else f", Python says {wanted}"
    return Check(
        name, what, agrees, f"{top} {found[top]:.4f}{disagreement}, differs by {difference:.1e}"
    )
