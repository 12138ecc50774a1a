"""A new project: extension.toml, icons and an asset, in a folder that packs at once."""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builder.config import load_config
from builder.errors import BuilderError
from builder.models.asset import DESCRIPTION, load_asset
from builder.places import default_asset_folder, extension_folder
from builder.project.icons import COLOUR, letter_svg, write_icons

TEMPLATES = Path(__file__).parent / "templates"
CONFIG = "extension.toml"
WORKFLOW = ".github/workflows/extension.yml"
DEFAULT_ASSET = "default"
DEFAULT_COLOUR = "#3454b4"
MENU_TITLES = {
    "en": "Classify this text", "ar": "صنّف هذا النص", "de": "Diesen Text einordnen", "es": "Clasificar este texto",
    "fr": "Classer ce texte", "ja": "このテキストを分類",
}
"""What stands in the browser's menu where the author decides nothing, in the languages of the interface."""


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """What the author of a new project decides; whatever is left out follows from the folder's name."""

    name: str
    slug: str
    description: str = "Select a text and see how it is classified, computed on your own device."
    menu_title: str | None = None
    """None gives a title in each of ``locales``."""
    locales: tuple[str, ...] = ("en",)
    """The first is the default locale."""
    asset: str = DEFAULT_ASSET
    """``default``, a folder with an asset, or what ``builder model import`` takes: a checkpoint's folder or a hub id."""
    icon: Path | None = None
    """An SVG; None draws the first letter of the slug."""
    colour: str = DEFAULT_COLOUR
    ci: bool = True
    """Whether to write a GitHub workflow that lints, verifies and packs."""

    @classmethod
    def named_after(cls, folder: Path) -> NewProject:
        words = re.findall(r"[a-z0-9]+", folder.resolve().name.lower()) or ["my", "lens"]
        return cls(name=" ".join(word.capitalize() for word in words), slug="-".join(words))


def interface_locales() -> list[str]:
    """The languages that the extension's interface speaks."""
    return sorted(path.name for path in (extension_folder() / "_locales").iterdir() if path.is_dir())


def create_project(folder: Path, project: NewProject) -> list[str]:
    """Write a project into ``folder``, which may exist and hold other things; nothing of it is overwritten.

    :returns: what was written: files and folders, relative to ``folder``.
    :raises BuilderError: if something of the same name is there already, or an answer is not fit; nothing has been written then.
    """
    if not COLOUR.fullmatch(project.colour):
        raise BuilderError(f"'{project.colour}' is not a colour", hint="write it like '#3454b4'")
    if folder.exists() and not folder.is_dir():
        raise BuilderError(f"{folder}: is a file", hint="name a folder", place=str(folder), code="would-overwrite")
    made_here = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".init-", dir=folder))
    except OSError as error:
        raise BuilderError(f"{folder}: cannot be written to: {error.strerror}", hint="choose another folder", place=str(folder)) from None
    try:
        _fill(workshop, project)
        return _move_in(workshop, folder)
    except BaseException:
        if made_here:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _fill(folder: Path, project: NewProject) -> None:
    (folder / "icons").mkdir()
    svg = folder / "icons" / "icon.svg"
    if project.icon is None:
        svg.write_text(letter_svg(project.slug[0], project.colour), encoding="utf-8")
    elif project.icon.is_file():
        shutil.copyfile(project.icon, svg)
    else:
        raise BuilderError(f"{project.icon}: no such file", hint="name an SVG, or leave it out for a letter", place=str(project.icon))
    write_icons(svg, folder / "icons")
    _bring_asset(project.asset, folder / "asset")
    asset = load_asset(folder / "asset")
    licence = asset.description["licence"]
    values = {
        "project": project, "gecko_id": f"{{{uuid.uuid4()}}}", "asset": asset.description,
        "restricted": licence.get("restricts_use", False),
        "menu_titles": {locale: project.menu_title or MENU_TITLES.get(locale, MENU_TITLES["en"]) for locale in project.locales},
        "untranslated": project.locales[1:],
    }
    _render("extension.toml.jinja", folder / CONFIG, values)
    _render("README.md.jinja", folder / "README.md", values)
    _render("gitignore.jinja", folder / ".gitignore", values)
    if project.ci:
        (folder / WORKFLOW).parent.mkdir(parents=True)
        _render("workflow.yml.jinja", folder / WORKFLOW, values)
    try:
        load_config(folder / CONFIG)
    except BuilderError as error:  # an answer that no browser would take; the file that the message names is about to go
        message = str(error).split(": ", 1)[1]
        raise BuilderError(message, hint=error.hint) from None


def _bring_asset(source: str, target: Path) -> None:
    path = default_asset_folder() if source == DEFAULT_ASSET else Path(source)
    if (path / DESCRIPTION).is_file():
        target.mkdir()
        for name in load_asset(path).shipped:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path / name, target / name)
    elif path.exists() or "/" in source:
        from builder.models.importer import ImportOptions, import_model

        import_model(source, target, ImportOptions())
    else:
        raise BuilderError(
            f"{source}: no such asset, and no id of a model on the hub", place=source,
            hint=f"write '{DEFAULT_ASSET}', the path of an asset or a checkpoint, or an id like 'user/model'",
        )


def _render(template: str, target: Path, values: dict[str, Any]) -> None:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - none of the templates is HTML
    )
    environment.filters["toml"] = _toml_string
    target.write_text(environment.get_template(template).render(values), encoding="utf-8")


def _toml_string(value: str) -> str:
    """A TOML basic string (toml.io, section String)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped) + '"'


def _move_in(workshop: Path, folder: Path) -> list[str]:
    names = sorted(path.relative_to(workshop).as_posix() for path in workshop.rglob("*") if path.is_file())
    tops = _tops(names, folder)
    in_the_way = [top for top in tops if (folder / top).exists()]
    if in_the_way:
        listed = ", ".join(in_the_way[:5])
        raise BuilderError(
            f"{folder}: already holds {listed}", hint="choose another folder, or move these away: nothing is overwritten",
            place=str(folder / in_the_way[0]), code="would-overwrite",
        )
    for top in tops:
        (folder / top).parent.mkdir(parents=True, exist_ok=True)
        (workshop / top).rename(folder / top)
    return tops


def _tops(names: Sequence[str], folder: Path) -> list[str]:
    """What to move: a folder of ours as a whole, a single file where its folder is there already (``.github``)."""
    tops: list[str] = []
    for name in names:
        parts = name.split("/")
        depth = 1
        while parts[0] == ".github" and depth < len(parts) and (folder / "/".join(parts[:depth])).is_dir():
            depth += 1
        top = "/".join(parts[:depth])
        if top not in tops:
            tops.append(top)
    return tops
