"""What only POSIX systems have is asked for only where it is there: Windows is expected to work."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.bench.machine import load, machine_facts
from builder.browsers.dev_chrome import ChromeDevSession
from builder.browsers.driver import is_root
from builder.errors import BuilderError
from builder.files import replacing, swap_paths

POSIX_ONLY = {
    "os": {
        *("fork", "getegid", "geteuid", "getgid", "getloadavg", "getpgid", "getuid", "killpg"),
        *("mkfifo", "nice", "setsid", "sysconf", "uname", "wait3", "wait4", "waitid"),
    },
    "signal": {"SIGALRM", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "alarm", "pause"},
    "shutil": {"chown"},
}
POSIX_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}
GUARDS = ("sys.platform", "hasattr(os, ")


def uses(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in POSIX_ONLY.get(node.value.id, ()):
                yield node
        elif isinstance(node, ast.Import):
            if POSIX_MODULES & {alias.name for alias in node.names}:
                yield node
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            if node.module in POSIX_MODULES or names & POSIX_ONLY.get(node.module or "", set()):
                yield node


def unguarded(source: str) -> list[int]:
    """Lines with what Windows lacks, outside a function that asks first which system this is."""
    tree = ast.parse(source)
    safe = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and any(guard in (ast.get_source_segment(source, function) or "") for guard in GUARDS)
        for node in ast.walk(function)
    }
    return [getattr(node, "lineno", 0) for node in uses(tree) if id(node) not in safe]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import os\nos.geteuid()", [2]),
        ("import fcntl", [1]),
        ("from os import getuid", [1]),
        ("def root():\n    return hasattr(os, 'geteuid') and os.geteuid() == 0", []),
    ],
)
def test_an_unguarded_call_would_be_found(source: str, lines: list[int]) -> None:
    assert unguarded(source) == lines


def test_nothing_that_windows_lacks_is_used_unguarded(repository: Path) -> None:
    found = {
        str(file.relative_to(repository)): lines
        for file in sorted((repository / "builder").rglob("*.py"))
        if (lines := unguarded(file.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_where_nobody_is_root_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "geteuid")
    monkeypatch.delattr(os, "getloadavg")
    assert is_root() is False
    assert load() is None
    assert machine_facts()["load"] is None


def test_dev_in_chromium_says_what_to_do_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(BuilderError, match="Linux and macOS only") as error:
        ChromeDevSession(lambda _: None)
    assert error.value.hint == "use --browser firefox"


def test_a_folder_is_replaced_in_two_steps_where_it_cannot_be_swapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "dist"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with replacing(target) as new:
        monkeypatch.setattr(sys, "platform", "a system without a swap")
        assert not swap_paths(new, target)
        new.mkdir()
        (new / "new.txt").write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]
    assert [path.name for path in target.iterdir()] == ["new.txt"]
