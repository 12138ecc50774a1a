"""tools/install_browsers, on a machine where nothing can be installed: it says which packages are
missing.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

PROGRAMS = ("chromium", "chromedriver", "firefox-esr", "Xvfb", "xdotool", "tesseract")


def run(
    repository: Path, folder: Path, fonts: str, *programs: str
) -> subprocess.CompletedProcess[str]:
    """With only these programs in reach, all if none are named, and an fc-list that runs the line
    ``fonts``.
    """
    for name, line in [*((program, "") for program in programs or PROGRAMS), ("fc-list", fonts)]:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{line}\n")
        file.chmod(0o755)
    bash = shutil.which("bash")
    assert bash
    return subprocess.run(
        [bash, str(repository / "tools/install_browsers")],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_font_is_named_by_its_package_and_stops_nobody(
    repository: Path, tmp_path: Path
) -> None:
    missing = run(repository, tmp_path, '[ "$1" = :lang=ja ] || echo "A Font"')
    assert missing.returncode == 0
    assert (
        missing.stderr
        == "note: pictures would show boxes for some letters; the fonts' Debian packages are:"
        " fonts-vlgothic\n"
    )


def test_a_missing_program_is_named_by_its_package(repository: Path, tmp_path: Path) -> None:
    missing = run(
        repository,
        tmp_path,
        'echo "A Font"',
        *(program for program in PROGRAMS if program != "Xvfb"),
    )
    assert missing.returncode == 2
    assert (
        missing.stderr
        == "error: the tests need programs that are not here; the Debian packages are: xvfb\n"
        "hint: install them (as root: apt-get install xvfb), then run make test again\n"
    )


def test_nothing_is_said_where_all_is_there(repository: Path, tmp_path: Path) -> None:
    there = run(repository, tmp_path, 'echo "A Font"')
    assert (there.returncode, there.stdout, there.stderr) == (0, "", "")
