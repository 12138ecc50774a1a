from __future__ import annotations

import stat
from pathlib import Path

import pytest

from builder.files import replacing, sha256_of
from builder.packaging.archive import holds, write_zip
from builder.packaging.tree import Contents


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
    assert (
        sha256_of(tmp_path / "file")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_a_zip_depends_on_contents_alone_not_on_dates_or_modes(tmp_path: Path) -> None:
    for name, mode in (("a", 0o600), ("b", 0o755)):
        contents: Contents = {"z.txt": b"z"}
        for file in ("y.txt", "x.txt"):
            path = tmp_path / name / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(file)
            path.chmod(mode)
            contents[file] = path
        write_zip(tmp_path / f"{name}.zip", contents)
        assert holds(tmp_path / f"{name}.zip", contents)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) & 0o444 == 0o444


@pytest.mark.parametrize("damage", [b"damaged", b""])
def test_a_zip_that_is_damaged_does_not_pass_for_current(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(damage)
    assert not holds(tmp_path / "a.zip", {"x.txt": b"x"})
    assert not holds(tmp_path / "absent.zip", {"x.txt": b"x"})
