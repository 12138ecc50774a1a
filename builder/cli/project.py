"""``builder init``, ``icons`` and ``doctor``."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from builder.cli.app import Command
from builder.cli.options import FILE, config_argument, out_option
from builder.config.extension import locale_name
from builder.errors import BuilderError, Problem
from builder.report import Outcome

STATE_COLOURS = {"pass": "green", "warn": "yellow", "fail": "red", "skip": "dim"}


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--name", help="What users see. [default: from DIR]")
@click.option(
    "--slug", help="Names the packages: lower-case words joined by hyphens. [default: from DIR]"
)
@click.option(
    "--description",
    help="One sentence for the stores, at most 132 characters. [default: a general one]",
)
@click.option("--menu-title", help="The entry of the browser's menu on selected text.")
@click.option("--locales", help="Languages of your own texts, the default one first: 'en,de'.")
@click.option(
    "--asset",
    help="'default', a folder with an asset, a checkpoint's folder, or a hub id like 'user/model'.",
)
@click.option("--icon", type=FILE, help="A square SVG; without one, a letter is drawn.")
@click.option("--colour", help="Background of the letter, like '#3454b4'.")
@click.option(
    "--ci/--no-ci",
    default=None,
    help="Write a GitHub workflow that lints, verifies and packs. [default: ci]",
)
@click.option(
    "-y", "--yes", is_flag=True, help="Ask nothing: every option that is not given has its default."
)
def init(folder: Path, yes: bool, **options: Any) -> Outcome:
    """Create a project in DIR that packs at once; asks on a terminal, never overwrites.

    \b
    Example:
      builder init my-lens --name "My Lens" --colour "#0b6e4f" --yes
    """
    from builder.project.init import COURTESIES, NewProject, create_project, interface_locales

    project = NewProject.named_after(folder)
    given = {key.replace("-", "_"): value for key, value in options.items() if value is not None}
    if "locales" in given:
        given["locales"] = locale_names(given["locales"])
    project = replace(project, **given)
    if not yes and at_a_terminal():
        project = _ask(project, set(given), interface_locales())
    written = create_project(folder, project)
    kept = [name for name in COURTESIES if name not in written]
    enter = [] if folder.resolve() == Path.cwd() else [f"  cd {folder}"]
    return Outcome(
        data={
            "folder": str(folder),
            "files": written,
            "kept": kept,
            "name": project.name,
            "slug": project.slug,
        },
        text=[
            f"{folder}: {', '.join(written)}",
            *(f"kept yours: {folder / name}" for name in kept),
            "next:",
            *enter,
            "  builder dev     see it in a browser",
            "  builder pack    store zips in dist/",
        ],
    )


def at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _ask(project: Any, given: set[str], locales: list[str]) -> Any:
    """The project with the answers to whatever no option said."""
    questions = {
        "name": "Name",
        "slug": "Slug (names the packages)",
        "description": "Description for the stores",
        "menu_title": "Menu entry",
        "asset": "Model: default, a folder, or a hub id",
        "colour": "Colour of the icon",
    }
    from builder.project.default_texts import DESCRIPTIONS, FALLBACK, MENU_TITLES

    words = {"menu_title": MENU_TITLES[FALLBACK], "description": DESCRIPTIONS[FALLBACK]}
    for key, question in questions.items():
        if key in given or (key == "colour" and project.icon is not None):
            continue
        default = getattr(project, key) or words[key]
        answer = click.prompt(question, default=default, err=True, value_proc=partial(_fit, key))
        if answer != default:
            project = replace(project, **{key: answer})
    if "locales" not in given:
        question = f"Languages of your words, of {', '.join(locales)} or others"
        answer = click.prompt(
            question,
            default=",".join(project.locales),
            err=True,
            value_proc=partial(_fit, "locales"),
        )
        project = replace(project, locales=answer)
    if "ci" not in given:
        project = replace(
            project,
            ci=click.confirm(
                "A GitHub workflow that lints, verifies and packs?", default=True, err=True
            ),
        )
    return project


def _fit(key: str, answer: str) -> Any:
    """The answer, if it fits; else click says why not, and asks again."""
    from builder.project.init import check_answer

    value = locale_names(answer) if key == "locales" else answer.strip()
    try:
        check_answer(key, value)
    except BuilderError as error:
        raise click.UsageError(f"{error}: {error.hint}") from None
    return value


def locale_names(text: str) -> tuple[str, ...]:
    return tuple(locale_name(locale.strip()) for locale in text.split(","))


@click.command(cls=Command)
@click.argument("svg", type=FILE)
@click.option("--out", type=FILE, help="Folder to draw into. [default: that of SVG]")
def icons(svg: Path, out: Path | None) -> Outcome:
    """Draw icon-16.png to icon-128.png from a square SVG.

    \b
    Example:
      builder icons icons/icon.svg
    """
    from builder.project.icons import write_icons

    if not svg.is_file():
        raise BuilderError(f"{svg}: no such file", hint="name an SVG", place=str(svg))
    written = write_icons(svg, out or svg.parent)
    names = ", ".join(path.name for path in written)
    return Outcome(
        data={"files": [str(path) for path in written]}, text=[f"{written[0].parent}: {names}"]
    )


@click.command(cls=Command)
@config_argument
@out_option
def doctor(config: Path, out: Path) -> Outcome:
    """Check the tools on this machine, CONFIG, the model's operators and the last pack.

    The tools are Python, Node, the browsers and their drivers. Each line passes, warns, fails or
    is skipped, and says what to do where something is to be done. Exit code 1 if one fails.

    \b
    Example:
      builder doctor
    """
    from rich.markup import escape
    from rich.table import Table

    from builder.project.doctor import examine

    findings = examine(config, out)
    table = Table("", "what", "found", "to do", box=None, pad_edge=False)
    for finding in findings:
        table.add_row(
            f"[{STATE_COLOURS[finding.state]}]{finding.state}[/]",
            finding.what,
            escape(finding.found),
            escape(finding.fix),
        )
    failed = [finding for finding in findings if finding.state == "fail"]
    return Outcome(
        data={"findings": [asdict(finding) for finding in findings]},
        problems=[
            Problem("check-failed", f"{finding.what}: {finding.found}", finding.fix)
            for finding in failed
        ],
        text=[table],
        ok=not failed,
    )
