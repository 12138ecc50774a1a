from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.contents import bundle_candidates


def changed(file: Path, old: str, new: str) -> Path:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return file


def test_a_complete_file_gives_every_value_with_the_defaults_filled_in(project: Path) -> None:
    config = load_config(project)
    assert config.slug == "tiny-lens"
    assert config.name == {"en": "Tiny Lens"}
    assert config.asset == project.parent / "asset"
    assert config.minimum_versions == {"chrome": "116", "firefox": "140.0"}


def test_the_products_own_file_is_valid_and_speaks_six_languages(repository: Path) -> None:
    config = load_config(repository / "extension.toml")
    assert sorted(config.menu_title) == ["ar", "de", "en", "es", "fr", "ja"]
    assert config.menu_title["en"] == "Classify emotion"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'slug = "tiny-lens"',
            'slug = "Tiny Lens"',
            ":2: extension.slug: 'Tiny Lens' does not fit",
        ),
        (
            'version = "1.2.3"',
            'version = "1.2.3-beta"',
            ":3: extension.version: '1.2.3-beta' does not fit",
        ),
        ('version = "1.2.3"', "version = 1", ":3: extension.version: expected a string, found 1"),
        ('name = "Tiny Lens"', 'name = ""', "extension.name: empty for 'en'"),
        (
            '"Says how a text sounds."',
            '"' + "x" * 133 + '"',
            "extension.description: 133 characters for 'en'",
        ),
        (
            'gecko_id = "tiny@lens.example"',
            'gecko_id = "tiny"',
            "extension.gecko_id: 'tiny' does not fit",
        ),
        (
            'slug = "tiny-lens"',
            'slug = "tiny-lens"\nshortcat = "x"',
            ":3: extension.shortcat: unknown key",
        ),
        (
            "[model]",
            '[browsers.chrome]\nminimum_version = "88"\n[model]',
            "browsers.chrome.minimum_version: 88 is too old",
        ),
        (
            "[model]",
            '[extension.page_menu_title]\nde = "Seite"\n[model]',
            "extension.page_menu_title.en: missing",
        ),
        (
            'slug = "tiny-lens"',
            'slug = "tiny-lens"\nshortcut = "Shift+E"',
            ":3: extension.shortcut: 'Shift+E' does not fit",
        ),
        (
            'slug = "tiny-lens"',
            'slug = "tiny-lens"\nshortcut = "Ctrl+Alt+E"',
            ":3: extension.shortcut: 'Ctrl+Alt+E' does not fit",
        ),
        (
            'slug = "tiny-lens"',
            'slug = "tiny-lens"\nshortcut = 5',
            ":3: extension.shortcut: expected a string",
        ),
        ("[model]", '[model]\ndelivery = "cloud"', "model.delivery: 'cloud' is not known"),
        (
            "[model]",
            "[runtime]\ntrim = 1\n[model]",
            "runtime.trim: expected true or false, found 1",
        ),
        ("[model]", "[runtime]\nthreads = 17\n[model]", "runtime.threads: 17 is outside 1..16"),
        (
            "[model]",
            '[runtime]\nthreads = "many"\n[model]',
            'runtime.threads: expected a whole number, found "many"',
        ),
        (
            "[model]",
            "[runtime]\nrelease_after_minutes = -1\n[model]",
            "runtime.release_after_minutes: -1 is outside 0..1440",
        ),
        ("[model]", "[runtime]\nthread = 2\n[model]", "runtime.thread: unknown key"),
        ("[model]", "[modell]", "model: missing"),
        ("[model]", "[model", "not valid TOML"),
    ],
)
def test_a_value_that_no_browser_would_take_is_refused_with_its_place(
    old: str, new: str, complaint: str, project: Path
) -> None:
    with pytest.raises(BuilderError) as caught:
        load_config(changed(project, old, new))
    assert str(caught.value).startswith(str(project))
    assert complaint in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match=r"none\.toml: no such file"):
        load_config(tmp_path / "none.toml")


def test_an_unknown_key_suggests_the_nearest_known_one(project: Path) -> None:
    with pytest.raises(BuilderError) as caught:
        load_config(changed(project, "[model]", "[runtime]\nrelease_minutes = 2\n[model]"))
    assert caught.value.hint == "did you mean 'release_after_minutes'?"


def test_what_the_author_decides_about_the_engine_becomes_the_settings_of_the_bundle(
    project: Path,
) -> None:
    def settings() -> object:
        config = load_config(project)
        content = bundle_candidates(config, load_asset(config.asset), "chrome")["settings.json"]
        assert isinstance(content, bytes)
        return json.loads(content)

    assert settings() == {"threads": "auto", "releaseAfterMinutes": 5.0, "trim": True}
    changed(project, "[model]", "[runtime]\nthreads = 2\nrelease_after_minutes = 0\n[model]")
    assert settings() == {"threads": 2, "releaseAfterMinutes": 0.0, "trim": True}


@pytest.mark.parametrize("keys", ["Alt+Shift+E", "Ctrl+Shift+Period", "Alt+7"])
def test_a_shortcut_that_both_browsers_take_is_kept(keys: str, project: Path) -> None:
    assert (
        load_config(changed(project, "[model]", f'shortcut = "{keys}"\n[model]')).shortcut == keys
    )


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (lambda text: "\ufeff".encode() + text.encode(), ""),
        (lambda text: text.replace("\n", "\r\n").encode(), ""),
        (lambda text: text.encode("utf-16"), ": UTF-16 text"),
        (lambda text: text.replace("Tiny", "Größe").encode("latin-1"), "not UTF-8 text (byte "),
        (lambda text: text.encode() + b"\xff", "not UTF-8 text (byte "),
        (
            lambda text: (text + "a = " + "[" * 100_000).encode(),
            "nests too deeply",
        ),
        (lambda text: (text + "a = " + "9" * 10_000).encode(), "thousands of digits"),
        (lambda text: (text + "a = 'b\0'").encode(), "not valid TOML: "),
        (lambda _text: b"", "extension: missing"),
    ],
    ids=["mark", "CRLF", "UTF-16", "Latin-1", "byte", "deep", "number", "NUL", "empty"],
)
def test_a_file_is_read_however_an_editor_saved_it_or_refused_in_one_sentence(
    written: Callable[[str], bytes], complaint: str, project: Path
) -> None:
    project.write_bytes(written(project.read_text()))
    if not complaint:
        assert load_config(project).name == {"en": "Tiny Lens"}
        return
    with pytest.raises(BuilderError) as caught:
        load_config(project)
    assert str(caught.value).startswith(str(project))
    assert complaint in str(caught.value)


@pytest.mark.parametrize("trim", [True, False])
def test_trimming_of_the_runtime_reaches_the_extension(trim: bool, project: Path) -> None:
    config = load_config(
        changed(project, "[model]", f"[runtime]\ntrim = {str(trim).lower()}\n[model]")
    )
    contents = bundle_candidates(config, load_asset(config.asset), "chrome")
    settings = contents["settings.json"]
    assert isinstance(settings, bytes)
    assert json.loads(settings)["trim"] is trim
