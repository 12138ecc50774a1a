"""A new project: extension.toml, icons and an asset, in a folder that packs at once."""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builder._version import __version__
from builder.config.extension import (
    CONFIG,
    LOCALE,
    MAX_DESCRIPTION,
    SLUG,
    load_config,
    locale_name,
)
from builder.errors import BuilderError
from builder.models.asset.asset import DESCRIPTION, load_asset
from builder.paths import default_asset_folder, extension_folder
from builder.project.default_texts import DESCRIPTIONS, MENU_TITLES, in_each
from builder.project.icons import COLOUR, letter_svg, write_icons
from builder.stores.lint.addons_linter import VERSION as LINTER

TEMPLATES = Path(__file__).parent / "templates"
WORKFLOW = ".github/workflows/extension.yml"
DEFAULT_CHOICE = "default"
DEFAULT_COLOUR = "#3454b4"
COURTESIES = (".gitignore", "README.md")
"""Left out where the folder has its own, as a fresh clone often does."""


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """What the author of a new project decides; whatever is left out follows from the folder's
    name.
    """

    name: str
    slug: str
    description: str | None = None
    menu_title: str | None = None
    """None gives words in each of ``locales`` that the toolkit speaks; so it is with
    ``description``.
    """
    locales: tuple[str, ...] = ("en",)
    """The first is the default locale."""
    asset: str = DEFAULT_CHOICE
    """``default``, a folder with an asset, or what ``builder model import`` takes: a checkpoint's
    folder or a hub id.
    """
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
    return sorted(
        path.name for path in (extension_folder() / "_locales").iterdir() if path.is_dir()
    )


def check_answer(key: str, value: Any) -> None:
    """Refuse what cannot stand in a project, before anything is made of it.

    :param key: a field of ``NewProject``.
    :raises BuilderError: with what would fit.
    """
    match key:
        case "slug" if not SLUG.fullmatch(value):
            raise BuilderError(
                f"slug: '{value}' does not fit",
                hint="write lower-case words joined by hyphens, like 'emotion-lens'",
            )
        case "name" | "menu_title" | "description" if value is not None and not value.strip():
            raise BuilderError(f"{key}: empty", hint="write a few words")
        case "description" if value is not None and len(value) > MAX_DESCRIPTION:
            raise BuilderError(
                f"description: {len(value)} characters",
                hint=f"the Chrome Web Store takes at most {MAX_DESCRIPTION}",
            )
        case "locales":
            for locale in value:
                if not LOCALE.fullmatch(locale):
                    raise BuilderError(
                        f"locales: '{locale}' does not fit",
                        hint="write locales like 'en', 'pt_BR' or 'es_419', joined by commas",
                    )
        case "colour" if not COLOUR.fullmatch(value):
            raise BuilderError(f"'{value}' is not a colour", hint="write it like '#3454b4'")
        case "icon" if value is not None and not value.is_file():
            raise BuilderError(
                f"{value}: no such file",
                hint="name an SVG, or leave it out for a letter",
                place=str(value),
            )
        case "asset" if value != DEFAULT_CHOICE and not Path(value).exists() and "/" not in value:
            raise BuilderError(
                f"{value}: no such asset, and no id of a model on the hub",
                place=value,
                hint=(
                    f"write '{DEFAULT_CHOICE}', the path of an asset or a checkpoint, or an id like"
                    " 'user/model'"
                ),
            )


def create_project(folder: Path, project: NewProject) -> list[str]:
    """Write a project into ``folder``, which may exist and hold other things; nothing of it is
    overwritten.

    A README.md or .gitignore that is there already stays, and ours is left out.

    :returns: what was written: files and folders, relative to ``folder``.
    :raises BuilderError: if something of the same name is there already, or an answer is not fit;
        nothing has been written then.
    """
    locales = tuple(dict.fromkeys(map(locale_name, project.locales)))
    project = replace(project, locales=locales)
    for field in fields(project):
        check_answer(field.name, getattr(project, field.name))
    if folder.exists() and not folder.is_dir():
        raise BuilderError(
            f"{folder}: is a file", hint="name a folder", place=str(folder), code="would-overwrite"
        )
    _keep_off(folder, [CONFIG, "asset", "icons", *([WORKFLOW] if project.ci else [])])
    made_here = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".init-", dir=folder))
    except OSError as error:
        raise BuilderError(
            f"{folder}: cannot be written to: {error.strerror}",
            hint="choose another folder",
            place=str(folder),
        ) from None
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
    else:
        shutil.copyfile(project.icon, svg)
    write_icons(svg, folder / "icons")
    _bring_asset(project.asset, folder / "asset")
    asset = load_asset(folder / "asset")
    licence = asset.description["licence"]
    values = {
        "project": project,
        "gecko_id": f"{{{uuid.uuid4()}}}",
        "asset": asset.description,
        "restricted": licence.get("restricts_use", False),
        "menu_titles": in_each(project.locales, MENU_TITLES, project.menu_title),
        "descriptions": in_each(
            project.locales[:1] if project.description else project.locales,
            DESCRIPTIONS,
            project.description,
        ),
        "toolkit": __version__,
        "linter": LINTER,
    }
    _render("extension.toml.jinja", folder / CONFIG, values)
    _render("README.md.jinja", folder / "README.md", values)
    _render("gitignore.jinja", folder / ".gitignore", values)
    if project.ci:
        (folder / WORKFLOW).parent.mkdir(parents=True)
        _render("workflow.yml.jinja", folder / WORKFLOW, values)
    try:
        load_config(folder / CONFIG)
    # an answer that no browser would take; the file that the message names is about to go
    except BuilderError as error:
        message = str(error).split(": ", 1)[1]
        raise BuilderError(message, hint=error.hint) from None


def _bring_asset(source: str, target: Path) -> None:
    path = default_asset_folder() if source == DEFAULT_CHOICE else Path(source)
    if (path / DESCRIPTION).is_file():
        target.mkdir()
        for name in load_asset(path).shipped:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path / name, target / name)
    else:
        from builder.models.conversion.importing.importer import ImportOptions, import_model

        import_model(source, target, ImportOptions())


def _render(template: str, target: Path, values: dict[str, Any]) -> None:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - none of the templates is HTML
    )
    environment.filters["toml"] = _toml_string
    target.write_text(environment.get_template(template).render(values), encoding="utf-8")


def _toml_string(value: str) -> str:
    """A TOML basic string (toml.io, section String)."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped)
        + '"'
    )


def _move_in(workshop: Path, folder: Path) -> list[str]:
    names = sorted(
        path.relative_to(workshop).as_posix() for path in workshop.rglob("*") if path.is_file()
    )
    tops = [
        top for top in _tops(names, folder) if top not in COURTESIES or not (folder / top).exists()
    ]
    _keep_off(folder, tops)
    for top in tops:
        (folder / top).parent.mkdir(parents=True, exist_ok=True)
        (workshop / top).rename(folder / top)
    return tops


def _keep_off(folder: Path, names: Sequence[str]) -> None:
    in_the_way = [name for name in names if (folder / name).exists()]
    if in_the_way:
        listed = ", ".join(in_the_way[:5])
        raise BuilderError(
            f"{folder}: already holds {listed}",
            hint="choose another folder, or move these away: nothing is overwritten",
            place=str(folder / in_the_way[0]),
            code="would-overwrite",
        )


def _tops(names: Sequence[str], folder: Path) -> list[str]:
    """What to move: a folder of ours as a whole, a single file where its folder is there already
    (``.github``).
    """
    tops: list[str] = []
    for name in names:
        parts = name.split("/")
        depth = 1
        while (
            parts[0] == ".github"
            and depth < len(parts)
            and (folder / "/".join(parts[:depth])).is_dir()
        ):
            depth += 1
        top = "/".join(parts[:depth])
        if top not in tops:
            tops.append(top)
    return tops
