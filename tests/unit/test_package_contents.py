from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import BPE

from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.manifest import locale_messages, render_manifest
from builder.packaging.pack import build_extension
from builder.packaging.runtime import FILES, runtime_files
from builder.paths import extension_folder
from tests.support.tiny import WORDS, description, write_description


@pytest.fixture
def bundles(project: Path, tmp_path: Path) -> dict[str, Path]:
    return {
        bundle.browser: bundle.folder
        for bundle in build_extension(
            load_config(project), tmp_path / "dist", ("chrome", "firefox")
        )
    }


def test_each_browser_gets_its_own_kind_of_background_and_not_the_others(
    bundles: dict[str, Path],
) -> None:
    manifests = {
        browser: json.loads((folder / "manifest.json").read_text())
        for browser, folder in bundles.items()
    }
    assert manifests["chrome"]["background"] == {
        "service_worker": "background/chrome.js",
        "type": "module",
    }
    assert manifests["firefox"]["background"] == {
        "scripts": ["background/firefox.js"],
        "type": "module",
    }
    assert not (bundles["chrome"] / "background/firefox.js").exists()
    assert not (bundles["firefox"] / "host/offscreen.html").exists()


@pytest.mark.parametrize(
    ("browser", "permissions"),
    [
        ("chrome", ["activeTab", "contextMenus", "offscreen", "scripting", "sidePanel", "storage"]),
        ("firefox", ["activeTab", "contextMenus", "scripting", "storage"]),
    ],
)
def test_the_manifest_asks_for_these_permissions_and_no_host(
    browser: str, permissions: list[str], bundles: dict[str, Path]
) -> None:
    manifest = json.loads((bundles[browser] / "manifest.json").read_text())
    assert manifest["permissions"] == permissions
    assert not {
        "host_permissions",
        "optional_host_permissions",
        "content_scripts",
        "externally_connectable",
    } & set(manifest)
    assert manifest["content_security_policy"] == {
        "extension_pages": (
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
            "object-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'"
        )
    }
    framed = ["ui/card/card.html", "ui/page-panel/page-panel.html"]
    assert [entry["resources"] for entry in manifest["web_accessible_resources"]] == [framed]


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_every_file_that_a_module_page_or_manifest_names_is_in_the_bundle(
    browser: str, bundles: dict[str, Path]
) -> None:
    folder = bundles[browser]
    named = set(
        re.findall(r'"([\w./-]+\.(?:js|html|png))"', (folder / "manifest.json").read_text())
    )
    missing = {name for name in named if not (folder / name).is_file()}
    for path in folder.rglob("*"):
        if path.suffix == ".js":
            pattern = r"""from '(\.{1,2}/[^']+)'|new URL\('(\.{1,2}/[^']+\.js)'"""
        elif path.suffix == ".html":
            pattern = r"""(?:src|href)="([^"]+)"()"""
        else:
            continue
        for groups in re.findall(pattern, path.read_text(encoding="utf-8")):
            if not (path.parent / "".join(groups)).is_file():
                missing.add(f"{path.relative_to(folder)} -> {''.join(groups)}")
    assert not missing


def test_words_of_an_author_are_merged_into_every_locale_of_the_interface(repository: Path) -> None:
    messages = locale_messages(load_config(repository / "extension.toml"), extension_folder())
    assert sorted(messages) == ["ar", "de", "en", "es", "fr", "ja"]
    assert messages["de"]["menu_title"] == {"message": "Emotion erkennen"}
    assert messages["ja"]["name"] == {"message": "Emotion Lens"}  # given in English alone
    assert len({frozenset(words) for words in messages.values()}) == 1


def test_the_pages_entry_has_words_of_its_own_unless_an_author_gives_others(project: Path) -> None:
    own = locale_messages(load_config(project), extension_folder())
    assert own["de"]["page_menu_title"] == {"message": "Diese Seite auswerten"}
    project.write_text(
        project.read_text().replace(
            "[model]", 'page_menu_title = "Say how this page sounds"\n\n[model]'
        )
    )
    given = locale_messages(load_config(project), extension_folder())
    assert given["de"]["page_menu_title"] == {"message": "Say how this page sounds"}


@pytest.mark.parametrize(
    ("line", "suggested"),
    [
        ("", {"suggested_key": {"default": "Alt+Shift+L"}}),
        ('shortcut = "Ctrl+Shift+Period"\n', {"suggested_key": {"default": "Ctrl+Shift+Period"}}),
        ('shortcut = ""\n', {}),
    ],
)
def test_the_shortcut_is_the_authors_and_can_be_left_to_the_reader(
    line: str, suggested: dict[str, object], project: Path
) -> None:
    project.write_text(project.read_text().replace("[model]", f"{line}\n[model]"))
    for browser in ("chrome", "firefox"):
        manifest = render_manifest(load_config(project), browser, extension_folder())
        assert manifest["commands"] == {
            "classify-selection": {**suggested, "description": "__MSG_menu_title__"}
        }


def test_a_manifest_without_a_homepage_has_no_such_key(project: Path) -> None:
    assert "homepage_url" not in render_manifest(load_config(project), "chrome", extension_folder())


def test_the_runtime_files_are_the_released_ones() -> None:
    assert sorted(runtime_files()) == sorted(f"runtime/{file.name}" for file in FILES)


def test_a_runtime_file_that_was_changed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in FILES:
        (tmp_path / file.name).write_text("changed")
    monkeypatch.setattr("builder.packaging.runtime.runtime_folder", lambda: tmp_path)
    with pytest.raises(BuilderError, match=r"ort\.wasm\.min\.mjs: not the file of onnxruntime-web"):
        runtime_files()


def test_licences_of_everything_borrowed_ship_with_it(
    bundles: dict[str, Path], tiny_asset: Path
) -> None:
    for folder in bundles.values():
        assert "MIT" in (folder / "notices/onnxruntime-web.txt").read_text()
        assert "Apache License" in (folder / "notices/LICENSE.txt").read_text()
        assert (folder / "model/README.md").read_text() == (tiny_asset / "README.md").read_text()


def test_a_tokenizer_library_ships_with_a_model_that_needs_it_and_with_no_other(
    project: Path, tmp_path: Path
) -> None:
    library = {"runtime/tokenizers.mjs", "notices/huggingface-tokenizers.txt"}
    asset = tmp_path / "asset"
    (bundle,) = build_extension(load_config(project), tmp_path / "dist", ("firefox",))
    assert not library & set(bundle.files)
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    unknown = "[UNK]"
    Tokenizer(BPE(vocabulary, [], unk_token=unknown)).save(str(asset / "tokenizer.json"))
    write_description(
        asset, description(asset, tokenizer={"kind": "bpe", "vocabulary": "tokenizer.json"})
    )
    (bundle,) = build_extension(load_config(project), tmp_path / "dist", ("firefox",))
    assert library <= set(bundle.files)


def test_an_icon_that_is_missing_from_the_authors_own_set_is_named(
    project: Path, tmp_path: Path
) -> None:
    project.write_text(project.read_text().replace("[model]", 'icons = "art"\n\n[model]'))
    with pytest.raises(BuilderError, match=r"art/icon-16\.png: missing"):
        build_extension(load_config(project), tmp_path / "dist", ("chrome",))
    assert not (tmp_path / "dist").exists()


def test_the_default_asset_is_whole(repository: Path) -> None:
    asset = load_asset(repository / "model_assets/emotion")
    assert asset.label_ids == ["sadness", "joy", "love", "anger", "fear", "surprise"]
