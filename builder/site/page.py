"""The page of a web app and its web manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builder.config.extension import ExtensionConfig
from builder.packaging.manifest import ICON_SIZES
from builder.packaging.tree import Contents
from builder.paths import extension_folder
from builder.site.headers import CONTENT_SECURITY_POLICY

PAGE = "site/index.html"
MANIFEST = "manifest.webmanifest"
SERVICE_WORKER = "site/sw.js"
TEMPLATE = "site/index.html.jinja"
BACKGROUND = "#ffffff"
"""Of the window while it opens: ``--ground`` of extension/ui/lib/base.css."""
INSTALLABLE_SIZES = (192, 512)
"""Pixels of the icons without which Chromium offers no installation."""

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Place:
    """Where the page finds things: the site's root, and the folder of the app's files."""

    home: str
    app: str


def render_page(config: ExtensionConfig, words: Words, place: Place) -> str:
    """index.html, in the author's default language; the words of the reader's come with the app."""
    folders = [extension_folder()]
    if config.overrides is not None:
        folders.insert(0, config.overrides)
    environment = Environment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined, autoescape=True
    )
    locale = config.default_locale
    return environment.get_template(TEMPLATE).render(
        language=locale.replace("_", "-"),
        locales=" ".join(locale.replace("_", "-") for locale in words),
        default_locale=locale,
        version=config.version,
        name=config.name[locale],
        description=config.description[locale],
        noscript=words[locale]["site_noscript"],
        homepage=config.homepage,
        csp=CONTENT_SECURITY_POLICY,
        home=place.home,
        app=place.app,
    )


def web_manifest(
    config: ExtensionConfig, place: Place, icons: list[dict[str, str]]
) -> dict[str, Any]:
    """What a browser wants to know to install the app."""
    locale = config.default_locale
    return {
        "id": "./",
        "name": config.name[locale],
        "short_name": config.name[locale][:12].strip(),
        "description": config.description[locale],
        "lang": locale.replace("_", "-"),
        "start_url": place.home or "./",
        "scope": place.home or "./",
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": BACKGROUND,
        "icons": [{**icon, "src": f"{place.app}{icon['src']}"} for icon in icons],
    }


def icons_of(config: ExtensionConfig) -> tuple[Contents, list[dict[str, str]]]:
    """The large icons that an installed app needs, drawn from an SVG where there is one, and all
    that the web manifest lists.
    """
    folder = config.icons or extension_folder() / "icons"
    drawn: Contents = {}
    for size in INSTALLABLE_SIZES:
        picture = _picture(folder, size)
        if picture is not None:
            drawn[f"icons/icon-{size}.png"] = picture
    sizes = [*(size for size in ICON_SIZES if size >= 48), *INSTALLABLE_SIZES]
    listed = [
        {"src": f"icons/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        for size in sizes
        if size in ICON_SIZES or f"icons/icon-{size}.png" in drawn
    ]
    return drawn, listed


def _picture(folder: Path, size: int) -> Path | bytes | None:
    if (ready := folder / f"icon-{size}.png").is_file():
        return ready
    if not (svg := folder / "icon.svg").is_file():
        return None
    from resvg_py import svg_to_bytes

    return bytes(svg_to_bytes(svg_string=svg.read_text("utf-8"), width=size, height=size))
