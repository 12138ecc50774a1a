"""As a new user: an empty folder, Python, a local folder of wheels; no Node on the path, no network.

The wheels of the base are downloaded once, from pip's cache where it has them. Torch and the browsers' packages, some gigabytes
unpacked, are not unpacked a second time: the environment borrows those of the tests, and pip checks that the extras find all they want.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.checkpoints import write_checkpoint
from tests.install.offline import NOT_PERMITTED

HERE = Path(__file__).parent
OURS = ("lensmith", "__editable__", "builder")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A folder with the toolkit's wheel and the pinned wheels of all that it needs."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    requirements = repository / "tools/requirements/pack.txt"
    subprocess.run([*pip, "download", "--no-deps", "--only-binary", ":all:", "--dest", folder, "-r", requirements], check=True)
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, repository], check=True)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """A folder with nothing but a virtual environment, into which the base wheel was installed without a network."""
    folder = tmp_path_factory.mktemp("home")
    venv.create(folder / ".venv", with_pip=True)
    install(folder, wheels, "lensmith")
    return folder


@pytest.fixture
def run(home: Path) -> Run:
    """Runs a command of the environment in a folder, offline, with the environment and the system's programs on the path, but no Node."""
    programs = home / "programs"
    programs.mkdir(exist_ok=True)
    # Debian's browsers are started by shell scripts, which want the system's tools.
    for path in Path("/usr/bin").iterdir():
        if not path.name.startswith(("node", "npm", "npx", "python", "pip")) and not (programs / path.name).is_symlink():
            (programs / path.name).symlink_to(path)

    def run(*command: str | Path, folder: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        result = offline(home, *command, folder=folder)
        assert not check or result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
        return result

    return run


def offline(home: Path, *command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.pathsep.join(map(str, (home / ".venv/bin", home / "programs"))), "HOME": str(home), "LANG": "C.UTF-8",
        "PIP_CONFIG_FILE": os.devnull, "HF_HUB_OFFLINE": "1",
    }
    assert shutil.which("node", path=environment["PATH"]) is None
    arguments = [sys.executable, HERE / "offline.py", *command]
    result = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if result.returncode == NOT_PERMITTED:
        pytest.skip("this machine does not let a process give up its network")
    return result


def install(home: Path, wheels: Path, what: str) -> None:
    python = home / ".venv/bin/python"
    arguments = [python, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", wheels, what]
    result = offline(home, *arguments, folder=home)
    assert result.returncode == 0, result.stderr


def borrow(home: Path) -> None:
    """Let the environment see the packages of the tests', except the toolkit itself; its own come first."""
    ours = Path(sysconfig.get_path("purelib"))
    borrowed = home / "borrowed"
    borrowed.mkdir(exist_ok=True)
    for entry in ours.iterdir():
        if not entry.name.startswith(OURS) and not (borrowed / entry.name).exists():
            (borrowed / entry.name).symlink_to(entry)
    (theirs,) = (home / ".venv/lib").glob("python*/site-packages")
    (theirs / "borrowed.pth").write_text(f"{borrowed}\n")


def test_the_wheel_carries_all_that_packing_needs(wheels: Path) -> None:
    (wheel,) = wheels.glob("lensmith-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "builder/py.typed", "builder/parts/extension/manifest.json.jinja", "builder/parts/runtime/ort-wasm-simd-threaded.wasm",
        "builder/parts/model_assets/emotion/model.json", "builder/project/templates/extension.toml.jinja",
    } <= names
    assert not any(name.startswith(("tests/", "tools/")) or "node_modules" in name for name in names)


def test_the_network_is_really_off(run: Run, home: Path) -> None:
    program = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    assert run("python", "-c", program, folder=home, check=False).returncode == 1


def test_with_the_base_wheel_a_project_begins_is_linted_and_packed(run: Run, home: Path, tmp_path: Path) -> None:
    where = run("python", "-c", "import builder; print(builder.__file__)", folder=tmp_path).stdout
    assert where.startswith(str(home))
    run("builder", "init", "my-lens", "--yes", folder=tmp_path)
    project = tmp_path / "my-lens"
    run("builder", "lint", folder=project)
    run("builder", "pack", folder=project)
    for browser in ("chrome", "firefox"):
        package = project / f"dist/my-lens-0.1.0-{browser}.zip"
        assert package.is_file()
        run("builder", "lint", package, folder=project)


def test_with_the_base_wheel_importing_a_checkpoint_says_which_install_brings_what_is_missing(run: Run, tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "checkpoint", "bert")
    result = run("builder", "model", "import", "checkpoint", "--out", "asset", folder=tmp_path, check=False)
    assert result.returncode == 2
    assert "pip install 'lensmith[train]'" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "asset").exists()


def test_with_the_extra_a_checkpoint_is_imported_packed_and_proven_in_both_browsers(
    run: Run, home: Path, wheels: Path, tmp_path: Path,
) -> None:
    borrow(home)
    install(home, wheels, "lensmith[train,browsers]")
    write_checkpoint(tmp_path / "checkpoint", "bert")
    run("builder", "model", "import", "checkpoint", "--out", "asset", "--licence", "apache-2.0", folder=tmp_path)
    run("builder", "init", "my-lens", "--asset", "asset", "--yes", folder=tmp_path)
    project = tmp_path / "my-lens"
    run("builder", "pack", folder=project)
    report = run("builder", "verify", "--browser", "all", "--json", folder=project)
    checks = json.loads(report.stdout)["data"]["checks"]
    assert {check["browser"] for check in checks} == {"chrome", "firefox"}
    assert all(check["ok"] for check in checks), checks
