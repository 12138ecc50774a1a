"""What the stores' forms ask for, generated from the project: nothing in it is typed twice."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from builder._version import __version__
from builder.config.extension import BROWSERS, ExtensionConfig
from builder.errors import BuilderError, missing_extra
from builder.files import replacing
from builder.models.asset.asset import Asset, load_asset
from builder.packaging.contents import bundle_contents
from builder.packaging.manifest import content_security_policy
from builder.packaging.runtime import (
    FILES,
    TOKENIZERS,
    TOKENIZERS_VERSION,
    VERSION,
    ZSTDDEC,
    ZSTDDEC_VERSION,
)
from builder.packaging.tree import ContentsTree
from builder.stores.extension import Extension
from builder.stores.permissions import hosts, trace

SCREENSHOT = (1280, 800)
"""Pixels; the Chrome Web Store takes this size, and addons.mozilla.org any."""
GROUND = "#eef0f4"
ICON = "icons/icon-128.png"
MOST_LABELS = 8
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Words:
    """What one locale reads; a locale that extension.toml leaves out has the default's."""

    name: str
    summary: str
    description: str


def write_listing(config: ExtensionConfig, out: Path, images: Path | None = None) -> list[str]:
    """Write the texts, the icon and the fitted screenshots to ``out``, which is replaced; returns
    the files' names.

    :param images: a folder of PNG files.
    :raises BuilderError: if the project cannot be built, or ``images`` holds no PNG.
    """
    asset = load_asset(config.asset)
    browsers = [browser for browser in BROWSERS if browser == "chrome" or config.gecko_id]
    contents = {browser: bundle_contents(config, asset, browser) for browser in browsers}
    extensions = {
        browser: Extension(ContentsTree(contents[browser]), browser) for browser in browsers
    }
    locales = sorted(config.description.keys() | config.name.keys() | config.menu_title.keys())
    pictures = _pictures(images) if images is not None else []
    screenshots = [f"screenshots/{picture.stem}.png" for picture in pictures]
    common = _facts(config, asset)
    texts = {
        "README.md": _render("README.md.jinja", **common, locales=locales, screenshots=screenshots),
        "permissions.md": _render(
            "permissions.md.jinja",
            **common,
            traced={browser: trace(extension) for browser, extension in extensions.items()},
            hosts=", ".join(
                sorted(
                    {
                        host
                        for extension in extensions.values()
                        for host in hosts(extension.manifest)
                    }
                )
            ),
        ),
        "privacy.md": _render("privacy.md.jinja", **common),
        "reviewers-note.txt": reviewers_note(config, asset),
    }
    for locale in locales:
        words = words_of(config, asset, locale)
        texts |= {
            f"{locale}/{part}.txt": f"{getattr(words, part)}\n"
            for part in ("name", "summary", "description")
        }
    with replacing(out) as folder:
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "icon-128.png").write_bytes(ContentsTree(contents["chrome"]).read(ICON))
        for picture, name in zip(pictures, screenshots, strict=True):
            _fit(picture, folder / name)
    return sorted([*texts, "icon-128.png", *screenshots])


def words_of(config: ExtensionConfig, asset: Asset, locale: str) -> Words:
    """The texts of one locale."""
    language = locale.split("_")[0]
    generic = _descriptions().get(language, _descriptions()["en"])
    model = asset.description
    names = [
        label["name"].get(locale)
        or label["name"].get(language)
        or label["name"].get("en", label["id"])
        for label in model["labels"]
    ]
    labels = ", ".join(names[:MOST_LABELS]) + (" …" if len(names) > MOST_LABELS else "")
    summary = _own(config.description, locale, config)
    paragraphs = [
        summary,
        generic["use"].format(menu_title=_own(config.menu_title, locale, config), labels=labels),
        generic["remote"].format(host=urlsplit(config.remote.address).hostname)
        if config.remote
        else generic["private"],
    ]
    if model["licence"].get("restricts_use"):
        paragraphs.append(generic["licence"].format(licence=model["licence"]["name"]))
    return Words(_own(config.name, locale, config), summary, "\n\n".join(paragraphs))


def reviewers_note(config: ExtensionConfig, asset: Asset | None = None) -> str:
    """What a reviewer wants to know, with the releases of other people's files."""
    asset = asset or load_asset(config.asset)
    runtime = [
        {
            "path": f"runtime/{file.name}",
            "sha256": file.sha256,
            "package": "onnxruntime-web",
            "version": VERSION,
        }
        for file in FILES
    ]
    if asset.needs_tokenizers:
        runtime.append(
            {
                "path": f"runtime/{TOKENIZERS.name}",
                "sha256": TOKENIZERS.sha256,
                "package": "@huggingface/tokenizers",
                "version": TOKENIZERS_VERSION,
            }
        )
    if config.remote:
        runtime.append(
            {
                "path": f"runtime/{ZSTDDEC.name}",
                "sha256": ZSTDDEC.sha256,
                "package": "zstddec",
                "version": ZSTDDEC_VERSION,
            }
        )
    return _render("reviewers-note.txt.jinja", **_facts(config, asset), runtime=runtime)


def _facts(config: ExtensionConfig, asset: Asset) -> dict[str, Any]:
    locale = config.default_locale
    return {
        "name": config.name[locale],
        "description": config.description[locale],
        "menu_title": config.menu_title[locale],
        "version": config.version,
        "model": asset.description,
        "csp": content_security_policy(config),
        "remote": config.remote,
        "toolkit": __version__,
    }


def _own(strings: dict[str, str], locale: str, config: ExtensionConfig) -> str:
    return (
        strings.get(locale) or strings.get(locale.split("_")[0]) or strings[config.default_locale]
    )


@cache
def _descriptions() -> dict[str, dict[str, str]]:
    return tomllib.loads((TEMPLATES / "description.toml").read_text(encoding="utf-8"))


def _render(template: str, **facts: Any) -> str:
    environment = Environment(
        loader=PackageLoader("builder.stores"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown and plain text
    )
    return environment.get_template(template).render(facts)


def _pictures(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.png"))
    if not found:
        raise BuilderError(
            f"{folder}: holds no PNG file", hint="name a folder of screenshots", place=str(folder)
        )
    return found


def _fit(picture: Path, target: Path) -> None:
    """Scale a picture down to the stores' size, never up, on a plain ground."""
    try:
        from PIL import Image
    except ImportError:
        raise missing_extra("pillow", "browsers") from None
    target.parent.mkdir(exist_ok=True)
    try:
        with Image.open(picture) as image:
            image.thumbnail(SCREENSHOT)
            canvas = Image.new("RGB", SCREENSHOT, GROUND)
            opaque = image.convert("RGBA")
            canvas.paste(
                opaque,
                ((SCREENSHOT[0] - image.width) // 2, (SCREENSHOT[1] - image.height) // 2),
                opaque,
            )
    except OSError:
        raise BuilderError(
            f"{picture}: cannot be read as a picture", hint="save it as PNG", place=str(picture)
        ) from None
    canvas.save(target)
