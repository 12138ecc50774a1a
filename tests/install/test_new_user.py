"""As a new user: an empty folder, Python, a local folder of wheels; no Node on the path, no
network.

That folder is made of what the tests run with, so nothing is downloaded; our own wheel is made of
the sdist. Torch and the browsers' packages, some gigabytes unpacked, are not unpacked a second
time: the environment borrows those of the tests, and pip checks that the extras find all they want.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.checkpoints import write_checkpoint
from tests.support.offline import NOT_PERMITTED
from tests.support.wheels import pinned_here, write_wheel

SUPPORT = Path(__file__).parent.parent / "support"
OURS = ("lensmith", "__editable__", "builder")
NOBODY = "http://127.0.0.1:9"
"""A proxy that nobody answers at (discard, RFC 863): where a machine lets no process give up its
network, there is this.
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


def pip_wheel(source: Path, folder: Path) -> Path:
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, source], check=True
    )
    (wheel,) = folder.glob("lensmith-*.whl")
    return wheel


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The unpacked sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    program = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", program, folder], cwd=repository, check=True, capture_output=True
    )
    (sdist,) = folder.glob("lensmith-*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory, repository: Path, sources: Path) -> Path:
    """A folder with the toolkit's wheel and the wheels of all that it needs."""
    folder = tmp_path_factory.mktemp("wheels")
    for name in pinned_here(repository / "tools/requirements/pack.txt"):
        write_wheel(name, folder)
    pip_wheel(sources, folder)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """A folder with nothing but a virtual environment, into which the base wheel was installed
    without a network.
    """
    folder = tmp_path_factory.mktemp("home")
    venv.create(folder / ".venv", with_pip=True)
    install(folder, wheels, "lensmith")
    return folder


@pytest.fixture
def run(home: Path) -> Run:
    """Runs a command of the environment in a folder, offline, with the environment and the system's
    programs on the path, but no Node.
    """
    programs = home / "programs"
    programs.mkdir(exist_ok=True)
    # Debian's browsers are started by shell scripts, which want the system's tools.
    for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
        for path in (
            folder.iterdir() if folder.is_dir() and folder != Path(sys.executable).parent else ()
        ):
            if (
                not re.match(r"node|npm|npx|corepack|python|pip|builder", path.name)
                and not (programs / path.name).is_symlink()
            ):
                (programs / path.name).symlink_to(path)

    def run(
        *command: str | Path, folder: Path, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        result = offline(home, *command, folder=folder)
        assert not check or result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
        return result

    return run


def offline(home: Path, *command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.pathsep.join(map(str, (home / ".venv/bin", home / "programs"))),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PIP_CONFIG_FILE": os.devnull,
        "HF_HUB_OFFLINE": "1",
    }
    assert shutil.which("node", path=environment["PATH"]) is None
    arguments: list[str | Path] = [sys.executable, SUPPORT / "offline.py", *command]
    result = subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != NOT_PERMITTED:
        return result
    environment |= {"http_proxy": NOBODY, "https_proxy": NOBODY, "no_proxy": "127.0.0.1,localhost"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def install(home: Path, wheels: Path, what: str) -> None:
    python = home / ".venv/bin/python"
    arguments: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--find-links",
        wheels,
        what,
    ]
    result = offline(home, *arguments, folder=home)
    assert result.returncode == 0, result.stderr


def borrow(home: Path) -> None:
    """Let the environment see the packages of the tests', except the toolkit itself; its own come
    first.
    """
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
        "builder/py.typed",
        "builder/parts/extension/manifest.json.jinja",
        "builder/parts/runtime/ort-wasm-simd-threaded.wasm",
        "builder/parts/model_assets/emotion-open/model.json",
        "builder/project/templates/extension.toml.jinja",
    } <= names
    assert not any(
        name.startswith(("tests/", "tools/")) or "node_modules" in name for name in names
    )


def test_the_wheel_of_a_checkout_is_that_of_its_sdist(
    wheels: Path, repository: Path, tmp_path: Path
) -> None:
    (from_sdist,) = wheels.glob("lensmith-*.whl")
    with (
        zipfile.ZipFile(from_sdist) as one,
        zipfile.ZipFile(pip_wheel(repository, tmp_path)) as other,
    ):
        assert sorted(one.namelist()) == sorted(other.namelist())
        for name in one.namelist():
            if not name.endswith("/RECORD"):  # which lists them in the order of the file system
                assert one.read(name) == other.read(name), name


def test_the_network_is_really_off(run: Run, home: Path) -> None:
    program = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    result = run("python", SUPPORT / "offline.py", "python", "-c", "pass", folder=home, check=False)
    if result.returncode == NOT_PERMITTED:
        pytest.skip(
            "this machine lets no process give up its network; a proxy that answers nobody"
            " stands in"
        )
    assert run("python", "-c", program, folder=home, check=False).returncode == 1


def test_with_the_base_wheel_a_project_begins_is_linted_and_packed(
    run: Run, home: Path, tmp_path: Path
) -> None:
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


def test_with_the_base_wheel_importing_a_checkpoint_says_which_install_brings_what_is_missing(
    run: Run, tmp_path: Path
) -> None:
    write_checkpoint(tmp_path / "checkpoint", "bert")
    result = run(
        "builder", "model", "import", "checkpoint", "--out", "asset", folder=tmp_path, check=False
    )
    assert result.returncode == 2
    assert "pip install 'lensmith[train]'" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "asset").exists()


def test_with_the_extra_a_checkpoint_is_imported_packed_and_proven_in_both_browsers(
    run: Run,
    home: Path,
    wheels: Path,
    tmp_path: Path,
) -> None:
    borrow(home)
    install(home, wheels, "lensmith[train,browsers]")
    write_checkpoint(tmp_path / "checkpoint", "bert")
    run(
        "builder",
        "model",
        "import",
        "checkpoint",
        "--out",
        "asset",
        "--licence",
        "apache-2.0",
        folder=tmp_path,
    )
    run("builder", "init", "my-lens", "--asset", "asset", "--yes", folder=tmp_path)
    project = tmp_path / "my-lens"
    run("builder", "pack", folder=project)
    report = run("builder", "verify", "--browser", "all", "--json", folder=project)
    checks = json.loads(report.stdout)["data"]["checks"]
    assert {check["browser"] for check in checks} == {"chrome", "firefox"}
    assert all(check["ok"] for check in checks), checks
