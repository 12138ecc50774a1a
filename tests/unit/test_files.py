from __future__ import annotations

import stat
from pathlib import Path

import pytest

from builder.bundle.archive import write_zip
from builder.files import replacing, sha256_of


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").write_text("old")
    with replacing(target) as folder:
        folder.mkdir()
        (folder / "new").write_text("new")
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_stood_there_stays_if_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as path:
        path.write_text("half")
        1 / 0  # noqa: B018
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert sha256_of(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_zip_depends_on_contents_alone_not_on_dates_or_modes(tmp_path: Path) -> None:
    for name, mode in (("a", 0o600), ("b", 0o755)):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("y.txt", "x.txt"):
            (folder / file).write_text(file)
            (folder / file).chmod(mode)
        write_zip(tmp_path / f"{name}.zip", folder, ("y.txt", "x.txt"))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) & 0o444 == 0o444


def test_a_zip_that_is_damaged_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    (tmp_path / "a.zip").write_bytes(b"damaged")
    write_zip(tmp_path / "a.zip", tmp_path, ("x.txt",))
    assert (tmp_path / "a.zip").read_bytes()[:2] == b"PK"
