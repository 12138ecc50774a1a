"""What the stores' forms ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from builder.cli import main
from builder.config.extension import load_config
from builder.models.asset.asset import load_asset
from builder.packaging.runtime import FILES
from builder.stores.listing import _descriptions, words_of


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["listing", *map(str, args)])


def test_the_listing_of_the_product_holds_its_words_in_every_locale(
    repository: Path, tmp_path: Path
) -> None:
    out = tmp_path / "listing"
    result = run(repository / "extension.toml", "--out", out)
    assert result.exit_code == 0, result.output
    config = load_config(repository / "extension.toml")
    for locale, summary in config.description.items():
        assert (out / locale / "summary.txt").read_text() == f"{summary}\n"
        description = (out / locale / "description.txt").read_text()
        assert config.menu_title[locale] in description
    german = (out / "de" / "description.txt").read_text()
    assert "Freude" in german and "eigenen Gerät" in german
    assert (out / "icon-128.png").read_bytes() == (
        repository / "extension/icons/icon-128.png"
    ).read_bytes()


def test_every_permission_has_its_reason_and_the_call_that_needs_it(
    repository: Path, tmp_path: Path
) -> None:
    run(repository / "extension.toml", "--out", tmp_path / "listing")
    text = (tmp_path / "listing" / "permissions.md").read_text()
    chrome, firefox = text.split("## addons.mozilla.org")
    for permission in ("activeTab", "contextMenus", "offscreen", "scripting", "storage"):
        (line,) = [line for line in chrome.splitlines() if line.startswith(f"- `{permission}`")]
        assert ".js:" in line, f"{permission} is traced to no call"
        assert "?" not in line
    assert "offscreen" not in firefox
    assert "Host permissions.** None" in text


def test_the_reviewers_note_names_the_release_of_every_file_of_other_people(
    project: Path, tmp_path: Path
) -> None:
    run(project, "--out", tmp_path / "listing")
    note = (tmp_path / "listing" / "reviewers-note.txt").read_text()
    for file in FILES:
        assert f"runtime/{file.name}, SHA-256 {file.sha256}" in note
    assert 'choose "How does this sound?"' in note
    assert "tiny 1.0.0" in note and "CC0-1.0" in note


def test_screenshots_are_fitted_to_the_stores_size(project: Path, tmp_path: Path) -> None:
    Image = pytest.importorskip("PIL.Image")
    images = tmp_path / "images"
    images.mkdir()
    Image.new("RGB", (2560, 1000), "red").save(images / "wide.png")
    Image.new("RGBA", (300, 200), (0, 0, 255, 255)).save(images / "small.png")
    result = run(project, "--out", tmp_path / "listing", "--images", images, "--json")
    assert [
        name for name in json.loads(result.stdout)["data"]["files"] if "screenshots" in name
    ] == ["screenshots/small.png", "screenshots/wide.png"]
    for name, colour, left in (("wide", (255, 0, 0), 0), ("small", (0, 0, 255), 490)):
        with Image.open(tmp_path / "listing" / "screenshots" / f"{name}.png") as image:
            assert image.size == (1280, 800)
            assert image.getpixel((640, 400)) == colour
            assert image.getpixel((left, 400)) == colour


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "holds no PNG file"), (b"no picture", "cannot be read as a picture")],
)
def test_images_that_are_none_are_named_and_nothing_is_written(
    content: bytes | None, message: str, project: Path, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    if content is not None:
        (images / "one.png").write_bytes(content)
    result = run(project, "--out", tmp_path / "listing", "--images", images)
    assert (result.exit_code, message in result.stderr) == (2, True)
    assert not (tmp_path / "listing").exists()


def test_a_restricting_licence_is_said_in_the_description(repository: Path, project: Path) -> None:
    emotion = load_asset(repository / "model_assets/emotion")
    config = load_config(project)
    assert "research and education only" in words_of(config, emotion, "en").description
    assert "licence" not in words_of(config, load_asset(config.asset), "en").description


def test_every_language_of_the_interface_has_its_description(repository: Path) -> None:
    assert set(_descriptions()) == {
        folder.name for folder in (repository / "extension/_locales").iterdir()
    }
    assert len({frozenset(texts) for texts in _descriptions().values()}) == 1
