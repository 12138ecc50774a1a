"""Zips, pickles and words that want more than to be read."""

from __future__ import annotations

import io
import json
import pickle
import stat
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from builder.browsers.verify import _unpack
from builder.cli import main
from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.packaging.pack import build_extension
from builder.packaging.sources.reproduce import rebuild
from builder.packaging.tree import ZipTree
from builder.stores.lint.engine import lint

MANIFEST = json.dumps({"manifest_version": 3, "name": "a", "version": "1"}).encode()


def zipped(file: Path, entries: list[tuple[zipfile.ZipInfo | str, bytes]], method: int = 8) -> Path:
    with zipfile.ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        archive.writestr("manifest.json", MANIFEST)
        for entry, content in entries:
            archive.writestr(entry, content)
    return file


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


def renamed(name: str) -> zipfile.ZipInfo:
    """An entry whose name zipfile would correct."""
    entry = zipfile.ZipInfo("x")
    entry.filename = entry.orig_filename = name
    return entry


HOSTILE = {
    "above": ([("../escaped", b"")], "leads out of the folder"),
    "deep-above": ([("a/../../escaped", b"")], "leads out of the folder"),
    "absolute": ([("/escaped-from-here", b"")], "leads out of the folder"),
    "drive": ([(renamed("C:/escaped"), b"")], "leads out of the folder"),
    "backslash": ([(renamed("a\\escaped"), b"")], "has a character that no path may have"),
    "link": ([(link("a"), b"/etc/passwd")], "is a symbolic link"),
    "twice": ([("a", b"1"), ("a", b"2")], "is there twice"),
    "file-and-folder": ([("a", b"1"), ("a/b", b"2")], "cannot be written"),
    "long": ([("a" * 300, b"1")], "cannot be written"),
}


@pytest.mark.parametrize(("entries", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_a_zip_that_reaches_out_is_unpacked_by_no_command(
    entries: list[tuple[zipfile.ZipInfo | str, bytes]], problem: str, tmp_path: Path
) -> None:
    file = zipped(tmp_path / "x-chrome.zip", entries)
    inner = tmp_path / "deep" / "folder"
    inner.mkdir(parents=True)
    for attempt in (lambda: _unpack(file, inner), lambda: rebuild(file, "extension.toml", {})):
        with pytest.raises(BuilderError) as caught:
            attempt()
        assert problem in str(caught.value) and caught.value.hint
    assert not list(tmp_path.rglob("*escaped*"))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = zipped(tmp_path / "x-chrome.zip", [("bomb", bytes(1000))])
    size = (1000).to_bytes(4, "little")
    file.write_bytes(file.read_bytes().replace(size, (1_300_000_000).to_bytes(4, "little")))
    with pytest.raises(BuilderError, match=r"unpacks to 1\.3 GB"):
        _unpack(file, tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_no_store_takes_is_said(method: int, tmp_path: Path) -> None:
    file = zipped(tmp_path / "x-chrome.zip", [("a.js", b"1")], method)
    with pytest.raises(BuilderError, match="compression is one that stores do not take"):
        ZipTree(file).read("a.js")
    assert lint(file, stores=("chrome",), mozilla=False).findings


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.file,)


@pytest.mark.train
def test_no_pickle_in_soft_labels_is_loaded(tmp_path: Path) -> None:
    from builder.models.training.distill import read_soft_labels
    from tests.fuzz.targets import _recipe

    sprung = tmp_path / "sprung"
    array = np.array([Trap(sprung)], dtype=object)
    buffer = io.BytesIO()
    np.savez(buffer, logits=array, texts_sha256="x")
    for content in (buffer.getvalue(), pickle.dumps(Trap(sprung)), b"\x93NUMPY"):
        (tmp_path / "soft.npz").write_bytes(content)
        with pytest.raises(BuilderError, match="no soft labels"):
            read_soft_labels(tmp_path / "soft.npz", _recipe(), ["one"])
    assert not sprung.exists()


WORDS = (
    "{{ 7*7 }}",
    "{% raw %}",
    "<script>alert(1)</script>",
    "</p ><b>x",
    "${7*7}",
    "__MSG_x__",
)


@pytest.mark.parametrize("word", WORDS)
def test_markup_and_template_syntax_in_words_stay_letters(
    word: str, project: Path, tmp_path: Path
) -> None:
    text = project.read_text().replace('"Tiny Lens"', json.dumps(word))
    project.write_text(text.replace('"Says how a text sounds."', json.dumps(word)))
    config = load_config(project)
    bundles = build_extension(config, tmp_path / "out", ("chrome", "firefox"))
    for bundle in bundles:
        messages = json.loads((bundle.folder / "_locales/en/messages.json").read_text())
        shown = messages["name"]["message"].replace("$DOLLAR$", "$")
        assert shown == word
        for page in bundle.folder.rglob("*.html"):
            assert word not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "slug",
    ["emоtion", "emotion\u200b", "ｅmotion", "émotion", "a/../b", "a b", "-a", "A", "a\n", "con."],
)
def test_a_slug_has_ascii_letters_alone(slug: str, project: Path) -> None:
    project.write_text(project.read_text().replace('"tiny-lens"', json.dumps(slug)))
    with pytest.raises(BuilderError, match=r"extension\.slug"):
        load_config(project)


@pytest.mark.parametrize("character", ["\x1b[31m", "\x07", "\u202e", "\r", "\x9b"])
def test_a_message_commands_no_terminal(character: str, tmp_path: Path) -> None:
    file = tmp_path / "data.jsonl"
    file.write_text(json.dumps({"text": "a", "label": f"x{character}y"}))
    asset = tmp_path / "none"
    result = CliRunner().invoke(main, ["lint", f"{tmp_path}/no{character}thing"])
    assert character not in result.stderr and "\\u" in result.stderr
    assert not asset.exists()


def test_a_message_is_short_however_long_the_cause(project: Path) -> None:
    project.write_text(project.read_text().replace('"tiny-lens"', f'"{"a_" * 50_000}"'))
    with pytest.raises(BuilderError) as caught:
        load_config(project)
    assert len(str(caught.value)) < 2000
