"""Whatever ends a run - a kill, Ctrl-C, a full disk, another run - each bundle and each zip is the
old one or the new one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.config.extension import BROWSERS, ExtensionConfig, load_config
from builder.errors import BuilderError
from builder.files import locked, replacing, sha256_of, swap_paths
from builder.models.asset.asset import Asset
from builder.packaging.pack import pack_extension
from builder.packaging.transaction import STATE, transaction
from builder.packaging.tree import Contents
from tests.support.tiny import write_extension, write_tiny_asset

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills a forked process")
FORK = multiprocessing.get_context("fork") if sys.platform != "win32" else None
# What Python announces before it touches a file.
FILE_EVENTS = {
    "open",
    "os.rename",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.link",
    "shutil.copyfile",
    "shutil.rmtree",
    "ctypes.dlsym",
}
ITEMS = (
    "chrome",
    "firefox",
    "tiny-lens-1.2.3-chrome.zip",
    "tiny-lens-1.2.3-firefox.zip",
    "tiny-lens-1.2.3-sources.zip",
    "SHA256SUMS",
)


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two projects that differ in a word: the one packed before, and the one being packed. Of the
    extension there is just enough to make each step happen, so that a run can be interrupted at
    every one of its steps in a few seconds.
    """
    found = []
    for name, words in (("old", "Says how a text sounds."), ("new", "Tells how any text sounds.")):
        write_tiny_asset(tmp_path / name / "asset")
        config = write_extension(tmp_path / name / "extension.toml", "asset")
        config.write_text(config.read_text().replace("Says how a text sounds.", words))
        found.append(config)

    def few_contents(config: ExtensionConfig, asset: Asset, browser: str) -> Contents:
        manifest = {
            "version": config.version,
            "description": config.description["en"],
            "least": config.minimum_versions[browser],
        }
        return {
            "manifest.json": json.dumps(manifest).encode(),
            "page/a.js": b"// a",
            "model/model.onnx": asset.folder / "model.onnx",
            "model/README.md": b"# Tiny",
        }

    monkeypatch.setattr("builder.packaging.pack.bundle_contents", few_contents)
    return found[0], found[1]


def pack(config: Path, out: Path) -> None:
    pack_extension(load_config(config), out, BROWSERS)


def fingerprint(path: Path) -> str:
    """One hash over a file, or over all of a folder; empty where there is nothing."""
    if not path.exists():
        return ""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(f"{file.relative_to(path).as_posix()}\0{sha256_of(file)}\n".encode())
    return digest.hexdigest()


def state(out: Path) -> dict[str, str]:
    return {item: fingerprint(out / item) for item in ITEMS}


def at_event(number: int, act: Callable[[], None], run: Callable[[], None]) -> None:
    """In a forked process: run, and act before the file operation with that number."""
    seen = 0

    def hook(event: str, _arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in FILE_EVENTS:
            seen += 1
            if seen == number:
                act()

    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # which a run in the background has not
    sys.addaudithook(hook)
    code = 0
    try:
        run()
    except KeyboardInterrupt:
        code = 130
    except BuilderError:
        code = 2
    os._exit(code if seen >= number else 99)


def interrupted_runs(
    old: Path, new: Path, out: Path, act: Callable[[], None], points: Iterator[int]
) -> Iterator[tuple[int, int]]:
    """Pack ``old``, then be interrupted in packing ``new`` at each of the points; gives the point
    and the exit code.
    """
    assert FORK is not None
    for point in points:
        pack(old, out)
        process = FORK.Process(target=at_event, args=(point, act, lambda: pack(new, out)))
        process.start()
        process.join(120)
        assert process.exitcode is not None
        if process.exitcode == 99:
            return
        yield point, process.exitcode
    pytest.fail("the run has more points than were tried")


def every_point() -> Iterator[int]:
    return iter(range(1, 1000))


@pytest.fixture(params=[True, False], ids=["one step", "two steps"])
def swapping(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """With the system's exchange of two folders, and without it."""
    if not request.param or sys.platform not in ("linux", "darwin"):
        monkeypatch.setattr("builder.files.swap_paths", lambda _one, _other: False)
    return bool(request.param)


def leftovers(out: Path) -> list[str]:
    return sorted(
        path.relative_to(out).as_posix() for path in (out / STATE).rglob("*") if path.name != "lock"
    )


def test_a_kill_anywhere_leaves_old_or_new_and_the_next_run_finishes(
    projects: tuple[Path, Path], tmp_path: Path, swapping: bool
) -> None:
    old, new = projects
    pack(old, tmp_path / "old-out")
    pack(new, tmp_path / "new-out")
    before, after = state(tmp_path / "old-out"), state(tmp_path / "new-out")
    assert all(before[item] != after[item] for item in ITEMS)
    out = tmp_path / "dist"
    killed = 0
    for point, code in interrupted_runs(
        old, new, out, lambda: os.kill(os.getpid(), signal.SIGKILL), every_point()
    ):
        assert code == -signal.SIGKILL
        killed += 1
        found = state(out)
        for item in ITEMS:
            allowed = {before[item], after[item]} | (
                set() if swapping else {""}
            )  # in two steps, the next run fills the gap
            assert found[item] in allowed, f"{item} is half-written after a kill at point {point}"
        pack(new, out)
        assert state(out) == after, f"not finished after a kill at point {point}"
        assert leftovers(out) == []
    assert killed > 20


def test_a_run_that_died_after_its_journal_is_finished_by_any_next_run(
    projects: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = projects
    pack(new, tmp_path / "new-out")
    after = state(tmp_path / "new-out")
    out = tmp_path / "dist"
    rolled_forward = 0
    for _point, _code in interrupted_runs(
        old, new, out, lambda: os.kill(os.getpid(), signal.SIGKILL), every_point()
    ):
        if (out / STATE / "journal.json").exists():
            with transaction(out):
                pass
            assert state(out) == after
            rolled_forward += 1
    assert rolled_forward


def test_ctrl_c_at_any_point_leaves_all_old_or_all_new_at_once(
    projects: tuple[Path, Path], tmp_path: Path, swapping: bool
) -> None:
    old, new = projects
    pack(old, tmp_path / "old-out")
    pack(new, tmp_path / "new-out")
    before, after = state(tmp_path / "old-out"), state(tmp_path / "new-out")
    out = tmp_path / "dist"
    codes = set()
    for point, code in interrupted_runs(
        old, new, out, lambda: signal.raise_signal(signal.SIGINT), every_point()
    ):
        codes.add(code)
        assert state(out) in (before, after), f"mixed after Ctrl-C at point {point}"
    assert 130 in codes


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_at_any_point_is_an_error_and_changes_nothing(
    projects: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = projects
    pack(old, tmp_path / "old-out")
    pack(new, tmp_path / "new-out")
    before, after = state(tmp_path / "old-out"), state(tmp_path / "new-out")
    out = tmp_path / "dist"
    refused = 0
    for point, code in interrupted_runs(old, new, out, full, every_point()):
        refused += code == 2
        assert state(out) in (before, after), f"mixed after a full disk at point {point}"
    assert refused > 20


def test_a_disk_that_is_really_full_leaves_the_old_output(
    projects: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = projects
    disk = tmp_path / "disk"
    disk.mkdir()
    size = 100_000
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk],
        capture_output=True,
        check=False,
    ).returncode:
        pytest.skip("no right to mount a small disk here; the test before this one stands in")
    try:
        out = disk / "dist"
        pack_extension(load_config(old), out, ("chrome",))
        before = state(out)
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(b"x" * 4096)
        with pytest.raises(BuilderError, match="No space left") as raised:
            pack_extension(load_config(new), out, ("chrome",))
        assert "free some space" in raised.value.hint
        assert state(out) == before
        filler.unlink()
        pack_extension(load_config(new), out, ("chrome",))
        assert state(out)["chrome"] != before["chrome"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_two_packs_at_the_same_time_leave_the_whole_output_of_one(
    projects: tuple[Path, Path], tmp_path: Path
) -> None:
    assert FORK is not None
    outcomes = []
    for config in projects:
        pack(config, tmp_path / config.parent.name / "out")
        outcomes.append(state(tmp_path / config.parent.name / "out"))
    out = tmp_path / "dist"
    for _round in range(10):
        running = [FORK.Process(target=pack, args=(config, out)) for config in projects]
        for process in running:
            process.start()
        for process in running:
            process.join(120)
        assert [process.exitcode for process in running] == [0, 0]
        assert state(out) in outcomes


def test_a_second_run_waits_for_the_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert FORK is not None
    out = tmp_path / "dist"

    def hold() -> None:
        with transaction(out) as outputs:
            (tmp_path / "held").touch()
            wait_for(lambda: (tmp_path / "waits").exists() or None, 20, "the second run")
            outputs.stage("file").write_text("first")

    process = FORK.Process(target=hold)
    process.start()
    wait_for(lambda: (tmp_path / "held").exists() or None, 20, "the first run")
    waits = logging.Handler()
    waits.emit = lambda record: (tmp_path / "waits").touch()  # type: ignore[method-assign]
    monkeypatch.setattr(logging.getLogger(transaction.__module__), "handlers", [waits])
    with transaction(out) as outputs:
        assert (out / "file").read_text() == "first"
        outputs.stage("file").write_text("second")
    process.join()
    assert (out / "file").read_text() == "second"
    assert "waiting for another builder" in caplog.text


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_kill_while_replacing_is_cleared_up_by_the_next_run(
    kind: str, tmp_path: Path, swapping: bool
) -> None:
    assert FORK is not None
    target = tmp_path / "asset"

    def write(word: str) -> None:
        with replacing(target) as path:
            if kind == "folder":
                path.mkdir()
                (path / "a").write_text(word)
                (path / "b").write_text(word)
            else:
                path.write_text(word)

    words = set()
    for point in every_point():
        write("old")
        process = FORK.Process(
            target=at_event,
            args=(point, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: write("new")),
        )
        process.start()
        process.join()
        if process.exitcode == 99:
            break
        if target.exists():
            found = (
                {file.read_text() for file in target.iterdir()}
                if kind == "folder"
                else {target.read_text()}
            )
            assert len(found) == 1
            words |= found
        else:
            assert not swapping
        write("next")
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".asset")] == [
            path.name for path in tmp_path.glob(".asset*") if not (path / "lock").exists()
        ]  # killed before its lock: taken after a minute
        for path in tmp_path.glob(".asset*"):
            os.utime(path, (0, 0))
        write("last")
        assert [path.name for path in tmp_path.iterdir()] == ["asset"]
    assert words == {"old", "new"}


def test_a_living_runs_staging_directory_is_left_alone(tmp_path: Path) -> None:
    with replacing(tmp_path / "x") as first:
        with replacing(tmp_path / "x") as second:
            second.write_text("second")
        first.write_text("first")
    assert (tmp_path / "x").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_lock_is_taken_by_one_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path / "lock") as mine, locked(tmp_path / "lock", wait=False) as other:
        assert (mine, other) == (True, False)
    with locked(tmp_path / "lock", wait=False) as free:
        assert free


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="the system has no such call")
def test_two_folders_trade_places_in_one_step(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert swap_paths(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
    assert not swap_paths(tmp_path / "a", tmp_path / "absent")


def test_a_build_that_changes_one_bundle_leaves_the_other_and_keeps_the_dates_of_what_is_the_same(
    projects: tuple[Path, Path], tmp_path: Path
) -> None:
    old, _new = projects
    out = tmp_path / "dist"
    pack(old, out)
    dates = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    old.write_text(
        old.read_text().replace(
            "[model]", '[browsers.firefox]\nminimum_version = "141.0"\n\n[model]'
        )
    )
    pack(old, out)
    changed = {
        path.relative_to(out).as_posix()
        for path, date in dates.items()
        if path.stat().st_mtime_ns != date
    }
    assert changed == {
        "firefox/manifest.json",
        "tiny-lens-1.2.3-firefox.cdx.json",
        "tiny-lens-1.2.3-firefox.zip",
        "tiny-lens-1.2.3-sources.zip",
        "pack.json",
        "SHA256SUMS",
    }
