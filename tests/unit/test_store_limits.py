"""What stores take, a row a case: a report of a refusal becomes one more row."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from builder.config.extension import load_config, locale_name
from builder.errors import BuilderError
from builder.packaging.manifest import locale_messages, render_manifest
from builder.packaging.pack import build_extension
from builder.packaging.tree import Contents, ContentsTree
from builder.paths import extension_folder
from builder.stores.extension import Extension
from builder.stores.field_limits import FIELD_LIMITS, TRADEMARKS, limit
from builder.stores.lint.engine import lint
from builder.stores.lint.rules import BY_CODE

RIGHT_TO_LEFT_OVERRIDE = "\u202e"


def extension(
    browser: str,
    *,
    name: str = "Lens",
    locales: dict[str, str] | None = None,
    model: object = None,
    **manifest: Any,
) -> Extension:
    """An extension in memory; ``locales`` are its names by locale."""
    described = {
        "manifest_version": 3,
        "version": "1.0",
        "name": "__MSG_name__" if locales else name,
        "description": "Says how a text sounds.",
        **manifest,
    }
    contents: Contents = {"manifest.json": json.dumps(described).encode()}
    for locale, text in (locales or {}).items():
        messages = {"name": {"message": text}}
        contents[f"_locales/{locale}/messages.json"] = json.dumps(messages).encode()
    if model is not None:
        contents["model/model.json"] = json.dumps(model).encode()
    return Extension(ContentsTree(contents), browser)


def hits(code: str, subject: Extension) -> list[str]:
    check = BY_CODE[code].check
    assert check is not None
    return [f"{hit.file}: {hit.message}" for hit in check(subject)]


@pytest.mark.parametrize(
    ("code", "browser", "name", "found"),
    [
        ("LM104", "chrome", "x" * 75, False),
        ("LM104", "chrome", "x" * 76, True),
        ("LM104", "firefox", "x" * 45, False),
        ("LM104", "firefox", "x" * 46, True),
        ("LM104", "firefox", "x" * 52, True),
        ("LM104", "firefox", "🙂" * 22, False),
        ("LM104", "firefox", "🙂" * 23, True),
        ("LM104", "chrome", "  ", True),
        ("LM114", "chrome", "x" * 45, False),
        ("LM114", "chrome", "x" * 46, True),
        ("LM115", "firefox", "Mozilla Firefox Helper", True),
        ("LM115", "firefox", "Lens for Firefox", False),
        ("LM115", "firefox", "Lens für Firefox", False),
        ("LM115", "firefox", "Lens for Mozilla Firefox", False),
        ("LM115", "firefox", "Google Lens", False),
        ("LM115", "chrome", "Google Emotions", True),
        ("LM115", "chrome", "Lens for Chrome", False),
        ("LM115", "chrome", "Chromecast", False),
        ("LM115", "chrome", "CHROME lens", True),
        ("LM805", "chrome", "Lens\0", True),
        ("LM805", "firefox", f"Lens {RIGHT_TO_LEFT_OVERRIDE}gpj", True),
        ("LM805", "firefox", "Lens\u2028", True),
        ("LM805", "firefox", "عدسة", False),
        ("LM805", "firefox", "Lens é 🙂 ‍", False),
    ],
)
def test_a_name_is_taken_or_refused(code: str, browser: str, name: str, found: bool) -> None:
    assert bool(hits(code, extension(browser, name=name))) == found
    # The same of one locale alone, which is named.
    in_locale = hits(code, extension(browser, locales={"en": "Lens", "de": name}))
    assert bool(in_locale) == found
    assert all("_locales/de/messages.json" in hit for hit in in_locale)


@pytest.mark.parametrize(
    ("version", "taken"),
    [
        ("1", True),
        ("1.0.0.65535", True),
        ("0.0.0", False),
        ("1.65536", False),
        ("1.02", False),
        ("1.2.3.4.5", False),
        ("1.2-beta", False),
        ("v1.2", False),
        ("", False),
    ],
)
def test_a_version_is_taken_or_refused(version: str, taken: bool) -> None:
    assert bool(hits("LM103", extension("chrome", version=version))) != taken


@pytest.mark.parametrize(
    ("locale", "taken"),
    [
        ("en", True),
        ("es_419", True),
        ("zh_CN", True),
        ("zh_TW", True),
        ("fil", True),
        ("pt_BR", True),
        ("zh_Hant", False),
        ("zh-CN", False),
        ("en_AT", False),
        ("haw", False),
    ],
)
def test_a_locale_is_known_to_the_chrome_web_store_or_not(locale: str, taken: bool) -> None:
    subject = extension("chrome", locales={"en": "Lens", locale: "Lens"}, default_locale="en")
    assert bool(hits("LM804", subject)) != taken


def test_a_hidden_character_in_a_label_is_found() -> None:
    model = {"labels": [{"id": "joy", "name": {"en": f"joy{RIGHT_TO_LEFT_OVERRIDE}"}}]}
    (found,) = hits("LM805", extension("chrome", model=model))
    assert "label 'joy' holds U+202E right-to-left override" in found


HIDDEN = {
    "nul": "\0",
    "escape": "\x1b",
    "delete": "\x7f",
    "next-line": "\x85",
    "line-separator": "\u2028",
    "paragraph-separator": "\u2029",
    "override": RIGHT_TO_LEFT_OVERRIDE,
    "embedding": "\u202b",
    "isolate": "\u2067",
    "pop": "\u202c",
    "byte-order-mark": "\ufeff",
    "annotation": "\ufff9",
    "invisible-times": "\u2062",
    "deprecated": "\u206b",
    "private": "\ue000",
    "noncharacter": "\uffff",
    "another": "\ufdd0",
    "of-a-far-plane": "\U0001fffe",
}
SEEN: dict[str, dict[str, Any]] = {
    "name": {"name": "A{}B"},
    "short_name": {"short_name": "A{}B"},
    "description": {"description": "A{}B"},
    "author": {"author": "A{}B"},
    "button": {"action": {"default_title": "A{}B"}},
    "side bar": {"sidebar_action": {"default_title": "A{}B"}},
    "shortcut": {"commands": {"go": {"description": "A{}B"}}},
    "label": {"model": {"labels": [{"id": "joy", "name": {"en": "A", "de": "A{}B"}}]}},
    "sample": {"model": {"labels": [{"id": "joy", "name": {}, "sample": "A{}B"}]}},
    "model": {"model": {"name": "A{}B"}},
}


def with_character(value: Any, character: str) -> Any:
    if isinstance(value, str):
        return value.format(character) if "{}" in value else value
    if isinstance(value, list):
        return [with_character(entry, character) for entry in value]
    if isinstance(value, dict):
        return {key: with_character(entry, character) for key, entry in value.items()}
    return value


@pytest.mark.parametrize("where", SEEN)
@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_character_in_any_text_that_people_see_is_found(
    character: str, where: str
) -> None:
    (found,) = hits("LM805", extension("firefox", **with_character(SEEN[where], character)))
    assert f"U+{ord(character):04X}" in found


@pytest.mark.parametrize(
    "text",
    [
        "Émotion",
        "感情",
        "عدسة\u200f",
        "नमस्\u200dते",
        "👩\u200d🔬",
        "❤\ufe0f",
        "עב\u200e",
        "a\u00adb",
        "🏴\U000e0067\U000e007f",
    ],
)
def test_what_scripts_and_emoji_need_is_no_hidden_character(text: str) -> None:
    assert hits("LM805", extension("firefox", name=text)) == []


@pytest.mark.parametrize("word", ["name", "description", "menu_title", "page_menu_title"])
@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_character_in_any_word_of_extension_toml_is_refused(
    character: str, locale: str, word: str, tmp_path: Path
) -> None:
    tables = []
    for key in ("name", "description", "menu_title", "page_menu_title"):
        own = {"en": "A", "de": "B"}
        if key == word:
            own[locale] = f"A{character}B"
        lines = [f"{code} = {json.dumps(text)}" for code, text in own.items()]
        tables.append(f"[extension.{key}]\n" + "\n".join(lines))
    # TOML knows \uXXXX and \UXXXXXXXX, and no pairs of surrogates.
    text = "\n".join(tables).replace("\\ud83f\\udffe", "\\U0001fffe")
    file = tmp_path / "extension.toml"
    file.write_text(f'[extension]\nslug = "a"\nversion = "1"\n{text}\n[model]\nasset = "a"\n')
    with pytest.raises(BuilderError, match=rf"{word}: holds U\+{ord(character):04X}") as caught:
        load_config(file)
    assert f"'{locale}'" in str(caught.value) and caught.value.hint


def test_every_limit_names_its_source_and_date() -> None:
    for entry in FIELD_LIMITS:
        assert entry.source.startswith("https://")
        assert len(entry.date) == len("2026-11")
    assert all(mark.source.startswith("https://") for mark in TRADEMARKS)
    assert (limit("chrome", "name"), limit("edge", "name"), limit("firefox", "name")) == (
        75,
        45,
        45,
    )
    assert limit("firefox", "description") is None


# extension.toml


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"Tiny Lens"', '"Tiny\\u0000 Lens"', "extension.name: holds U+0000 control character"),
        ('"Tiny Lens"', '"Tiny \\u202e Lens"', "extension.name: holds U+202E right-to-left"),
        ('version = "1.2.3"', 'version = "0.0.0"', "extension.version: '0.0.0' is zero"),
        ('name = "Tiny Lens"', 'name = {en = "A", zh-CN = "B"}', "'zh-CN' is not a locale"),
        ('name = "Tiny Lens"', 'name = {en = "A", "en US" = "B"}', "'en US' is not a locale"),
        ('name = "Tiny Lens"', 'name = {en = "A", pt-br = "B"}', "'pt-br' is not a locale"),
        ('name = "Tiny Lens"', 'name = {en = "A", es_41 = "B"}', "'es_41' is not a locale"),
        ('name = "Tiny Lens"', 'name = {en = "A", _de = "B"}', "'_de' is not a locale"),
        ('name = "Tiny Lens"', 'name = {en = "A", zh_CN = "B"}', None),
        ('name = "Tiny Lens"', 'name = {en = "A", es_419 = "B"}', None),
        ('name = "Tiny Lens"', 'name = {en = "A", fil = "B"}', None),
        ('name = "Tiny Lens"', 'name = {en = "A", zh_Hant_TW = "B"}', None),
    ],
)
def test_a_word_of_extension_toml_is_taken_or_refused(
    old: str, new: str, problem: str | None, project: Path
) -> None:
    text = project.read_text()
    assert old in text
    project.write_text(text.replace(old, new))
    if problem is None:
        load_config(project)
        return
    with pytest.raises(BuilderError) as caught:
        load_config(project)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("zh-CN", "zh_CN"),
        ("pt-br", "pt_BR"),
        ("ES-419", "es_419"),
        ("zh-hant-tw", "zh_Hant_TW"),
        ("EN", "en"),
        ("fil", "fil"),
        (" de ", "de"),
        ("english", "english"),
        ("", ""),
        ("en_", "en_"),
        ("../../etc", "../../etc"),
    ],
)
def test_a_language_tag_becomes_the_name_of_a_folder(tag: str, name: str) -> None:
    assert locale_name(tag) == name


@pytest.mark.parametrize("words", ["Save $100 & more", "$", "5$5$", "a $b$ c", "$$", "100 %s"])
def test_a_dollar_in_a_menu_title_is_shown_as_written(words: str, project: Path) -> None:
    text = project.read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("menu_title")]
    project.write_text(text.replace(line, f"menu_title = {json.dumps(words)}"))
    config = load_config(project)
    for browser in ("chrome", "firefox"):
        messages = locale_messages(config, extension_folder(), browser)["en"]
        # getMessage() fills the placeholders, then turns '$$' into '$'.
        assert filled(messages["menu_title"]).replace("$$", "$") == words
        manifest = render_manifest(config, browser, extension_folder())
        key = manifest["commands"]["classify-selection"]["description"][6:-2]
        shown = filled(messages[key])
        # So does Firefox for the manifest; Chrome fills the placeholders alone.
        assert (shown.replace("$$", "$") if browser == "firefox" else shown) == words


def filled(entry: dict[str, Any]) -> str:
    found: str = entry["message"]
    for name, value in entry.get("placeholders", {}).items():
        found = found.replace(f"${name.upper()}$", value["content"])
    return found


# Hostile and broken inputs


def zip_of(file: Path, **contents: bytes) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file


@pytest.mark.parametrize("piece", ["[", '{"a":', "1" * 10])
@pytest.mark.parametrize(
    "name", ["manifest_json", "model__model_json", "_locales__en__messages_json"]
)
def test_json_that_nests_or_counts_without_end_is_a_finding(
    piece: str, name: str, tmp_path: Path
) -> None:
    manifest = json.dumps({"manifest_version": 3, "name": "a", "version": "1"}).encode()
    contents = {"manifest_json": manifest, name: (piece * 100_000).encode()}
    if name.startswith("_locales"):
        contents["x_js"] = b""
    with zipfile.ZipFile(tmp_path / "x-chrome.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for key, content in contents.items():
            file = "_locales/en/messages.json" if key.startswith("_locales") else ""
            archive.writestr(file or key.replace("__", "/").replace("_", "."), content)
    report = lint(tmp_path / "x-chrome.zip", stores=("chrome",), mozilla=False)
    assert report.findings


@pytest.mark.slow
def test_a_script_that_unpacks_to_400_megabytes_is_a_finding_at_once(tmp_path: Path) -> None:
    manifest = {"manifest_version": 3, "name": "a", "version": "1"}
    manifest["background"] = {"service_worker": "a.js"}
    file = tmp_path / "x-chrome.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        with archive.open("a.js", "w") as entry:
            for _ in range(400):
                entry.write(b"a" * 1_000_000)
    found = {
        finding.code: finding for finding in lint(file, stores=("chrome",), mozilla=False).findings
    }
    assert found["LM510"].message == "has 400.00 MB, and was not read"


def test_a_zip_that_unpacks_to_more_than_any_store_takes_is_refused(tmp_path: Path) -> None:
    file = zip_of(tmp_path / "x-chrome.zip", a_js=b"a" * 1000)
    content = file.read_bytes()
    size = (1000).to_bytes(4, "little")
    file.write_bytes(content.replace(size, (0xF0000000).to_bytes(4, "little")))
    with pytest.raises(BuilderError, match=r"unpacks to 1 files of 4\.0 GB"):
        lint(file, stores=("chrome",), mozilla=False)


def test_an_encrypted_file_is_one_sentence(tmp_path: Path) -> None:
    file = zip_of(tmp_path / "x-chrome.zip", manifest_json=b"{}")
    content = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    file.write_bytes(content)
    (finding,) = [
        finding
        for finding in lint(file, stores=("chrome",), mozilla=False).findings
        if finding.code == "LM101"
    ]
    assert "manifest.json is encrypted" in finding.message


def test_a_link_in_an_asset_that_nothing_lists_is_named(
    project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (project.parent / "asset" / "extra.bin").symlink_to(project)
    build_extension(load_config(project), tmp_path / "dist", ("chrome",))
    assert "extra.bin: a symbolic link that model.json does not list" in caplog.text
