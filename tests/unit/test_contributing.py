"""CONTRIBUTING.md names files and targets that exist; CHANGELOG.md gives the release notes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from release_notes import release_notes

from tests.support.prose import complaints

PAGES = [
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "model_assets/CHANGELOG.md",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
]
MUST_BE_FINDABLE = [
    "the card's colours",
    "the sentence splitter",
    "the context-menu title",
    "the quantization scheme",
    "the AMO upload",
    "the thread count rule",
    "the model card's text",
]


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")


def places(page: str) -> dict[str, list[str]]:
    table = page.partition("## Where things are")[2].partition("\n\n`extension/`")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    return {what: re.findall(r"`([\w./-]+)`", where) for what, where in rows[2:]}


def test_a_place_is_named_for_all_that_people_look_for(page: str, repository: Path) -> None:
    found = places(page)
    assert [what for what in MUST_BE_FINDABLE if not found.get(what)] == []
    paths = [path for named in found.values() for path in named if path != "menu_title"]
    assert [path for path in paths if not (repository / path).exists()] == []


def test_every_test_and_tool_that_a_change_asks_for_exists(page: str, repository: Path) -> None:
    commands = page.partition("## Change X, run Y")[2].partition("## Where")[0]
    paths = re.findall(r"\b((?:tests|tools|builder|extension|model_assets)/[\w./-]+)", commands)
    assert len(paths) > 15
    assert [path for path in paths if not (repository / path).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_outside_docs_are_easy_to_read_too(name: str, repository: Path) -> None:
    assert complaints(name, (repository / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", PAGES)
def test_their_links_lead_somewhere(name: str, repository: Path) -> None:
    folder = (repository / name).parent
    links = re.findall(
        r"\]\((?!https?:)([^)#]+)\)", (repository / name).read_text(encoding="utf-8")
    )
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_project_is_described_alike_for_pip_and_for_contributors(
    page: str, repository: Path
) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    home = re.search(r"git clone (\S+)", page)
    assert home is not None
    assert project["urls"]["Homepage"] == home[1]
    assert [url for url in project["urls"].values() if not url.startswith(home[1])] == []
    release = (repository / ".github/workflows/release.yml").read_text(encoding="utf-8")
    assert f"s|{home[1].removeprefix('https://')}|" in release  # it writes the true owner
    check = (repository / ".github/workflows/check.yml").read_text(encoding="utf-8")
    versions = re.search(r"python-version: \[(.+)\]", check)
    assert versions is not None
    python = "Programming Language :: Python :: "
    assert re.findall(r"[\d.]+", versions[1]) == [
        line.removeprefix(python)
        for line in project["classifiers"]
        if line.startswith(f"{python}3.")
    ]


def test_no_test_imports_another(repository: Path) -> None:
    imports = re.compile(r"^(?:from|import) tests\.\w+\.test_", re.MULTILINE)
    files = sorted((repository / "tests").rglob("*.py"))
    assert len(files) > 100
    assert [file.name for file in files if imports.search(file.read_text(encoding="utf-8"))] == []


CHANGES = """# Changelog

## [Unreleased]

- later

## [1.2.0] - 2026-11-29

### Added

- a thing

## [1.1.0] - 2026-10-01

- older

[1.1.0]: https://example.org
"""


@pytest.mark.parametrize(
    ("version", "notes"), [("1.2.0", "### Added\n\n- a thing\n"), ("1.1.0", "- older\n")]
)
def test_the_notes_of_a_release_are_its_part_of_the_changelog(version: str, notes: str) -> None:
    assert release_notes(CHANGES, version) == notes


@pytest.mark.parametrize(
    ("changelog", "version"), [(CHANGES, "1.3.0"), ("## [1.0.0]\n\n## [0.9.0]\n- x\n", "1.0.0")]
)
def test_a_release_without_a_line_is_refused(changelog: str, version: str) -> None:
    with pytest.raises(ValueError, match="has nothing below"):
        release_notes(changelog, version)


def test_every_promise_of_the_threat_model_names_a_test_that_exists(repository: Path) -> None:
    table = (repository / "SECURITY.md").read_text(encoding="utf-8")
    table = table.partition("## What is promised")[2].partition("## What is not")[0]
    rows = [row for row in re.findall(r"^\| (.+) \|$", table, re.MULTILINE)[2:]]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert named, f"no test shows: {row}"
        for file, test in named:
            assert re.search(rf"^def {test}\(", (repository / file).read_text(), re.MULTILINE), test
