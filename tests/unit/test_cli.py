"""The command line: what it prints, what it leaves behind, and how it fails."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from builder.cli import main
from builder.errors import CODES
from tests.support.tiny import description, write_description


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def snapshot(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


@pytest.mark.slow
def test_pack_leaves_a_bundle_and_a_zip_for_each_browser_and_their_hashes(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "dist"
    result = run("pack", project, "--out", out)
    assert result.exit_code == 0, result.output
    assert visible(out) == [
        "SHA256SUMS",
        "chrome",
        "firefox",
        "pack.json",
        "size.svg",
        "tiny-lens-1.2.3-chrome.cdx.json",
        "tiny-lens-1.2.3-chrome.zip",
        "tiny-lens-1.2.3-firefox.cdx.json",
        "tiny-lens-1.2.3-firefox.zip",
        "tiny-lens-1.2.3-sources.zip",
    ]
    for line in (out / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
        assert digest in result.output
        if name.endswith("-sources.zip"):
            continue
        with zipfile.ZipFile(out / name) as archive:
            unpacked = {
                entry: hashlib.sha256(archive.read(entry)).hexdigest()
                for entry in archive.namelist()
            }
        assert unpacked == snapshot(out / name.removesuffix(".zip").rsplit("-")[-1])


@pytest.mark.slow
def test_packing_one_browser_keeps_the_hash_of_the_others_zip(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "dist"
    run("pack", project, "--out", out)
    before = (out / "SHA256SUMS").read_text()
    assert run("pack", project, "--out", out, "--browser", "chrome").exit_code == 0
    assert (out / "SHA256SUMS").read_text() == before


@pytest.mark.slow
def test_the_same_project_packs_to_the_same_bytes_in_two_folders(
    project: Path, tmp_path: Path
) -> None:
    run("pack", project, "--out", tmp_path / "a")
    run("pack", project, "--out", tmp_path / "b")
    assert snapshot(tmp_path / "a") == snapshot(tmp_path / "b")


@pytest.mark.slow
def test_a_second_pack_touches_nothing(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    run("pack", project, "--out", out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.zip")}
    run("pack", project, "--out", out)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.zip")} == before


def test_build_tells_what_it_changed(project: Path, tmp_path: Path) -> None:
    arguments: list[str | Path] = [
        "build",
        project,
        "--browser",
        "chrome",
        "--out",
        tmp_path / "dist",
        "--json",
    ]
    assert json.loads(run(*arguments).stdout)["data"]["bundles"][0]["changed"] is None
    assert json.loads(run(*arguments).stdout)["data"]["bundles"][0]["changed"] == []
    project.write_text(project.read_text().replace("1.2.3", "1.2.4"))
    assert json.loads(run(*arguments).stdout)["data"]["bundles"][0]["changed"] == ["manifest.json"]
    (tmp_path / "dist/chrome/stray.txt").write_text("not ours")
    assert "changed: stray.txt" in run(*arguments[:-1]).stdout


@pytest.mark.slow
def test_verbose_tells_each_step_on_standard_error(project: Path, tmp_path: Path) -> None:
    arguments: list[str | Path] = [
        "pack",
        project,
        "--out",
        tmp_path / "dist",
        "--browser",
        "chrome",
    ]
    said = run(*arguments, "--verbose").stderr
    assert "packing" in said and "tiny-lens-1.2.3-chrome.zip" in said
    assert "tiny-lens-1.2.3-chrome.zip is current" in run(*arguments, "--verbose").stderr
    assert run(*arguments).stderr == ""


def test_a_misspelt_command_is_answered_with_the_likely_one() -> None:
    assert "Did you mean 'build'?" in run("biuld").stderr
    assert "Did you mean 'quantize'?" in run("model", "quantise").stderr
    assert "Did you mean" not in run("zzzz").stderr


def test_a_folder_in_the_place_of_a_file_is_answered_with_the_file_in_it(project: Path) -> None:
    result = run("build", project.parent)
    assert result.exit_code == 2
    assert "extension.toml" in result.stderr.splitlines()[1]


def test_build_for_one_browser_writes_only_that_bundle(project: Path, tmp_path: Path) -> None:
    assert run("build", project, "--out", tmp_path / "dist", "--browser", "firefox").exit_code == 0
    assert visible(tmp_path / "dist") == ["firefox"]


@pytest.mark.slow
def test_json_on_standard_output_is_the_only_thing_there(project: Path, tmp_path: Path) -> None:
    result = run("pack", project, "--out", tmp_path / "dist", "--json")
    envelope = json.loads(result.stdout)
    assert (envelope["command"], envelope["ok"], envelope["problems"]) == ("pack", True, [])
    assert [package["browser"] for package in envelope["data"]["packages"]] == ["chrome", "firefox"]


def test_a_failure_is_reported_in_the_json_file_too(project: Path, tmp_path: Path) -> None:
    (tmp_path / "asset" / "vocab.txt").unlink()
    result = run("build", project, "--out", tmp_path / "dist", "--json", tmp_path / "report.json")
    envelope = json.loads((tmp_path / "report.json").read_text())
    assert result.exit_code == 2
    assert envelope["ok"] is False
    assert envelope["problems"][0]["place"] == str(tmp_path / "asset" / "vocab.txt")


def corrupt_weights(folder: Path) -> None:
    file = folder / "asset" / "model.onnx"
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def one_label_too_many(folder: Path) -> None:
    value = description(folder / "asset")
    value["labels"].append({"id": "more", "name": {"en": "More"}})
    write_description(folder / "asset", value)


def misspelt_key(folder: Path) -> None:
    file = folder / "extension.toml"
    file.write_text(file.read_text().replace("menu_title", "menu_titel"))


def no_asset(folder: Path) -> None:
    (folder / "asset").rename(folder / "elsewhere")


def no_gecko_id(folder: Path) -> None:
    file = folder / "extension.toml"
    file.write_text(file.read_text().replace('gecko_id = "tiny@lens.example"\n', ""))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "message", "hint"),
    [
        (
            corrupt_weights,
            (
                "error: {folder}/asset/model.onnx: not the file that model.json describes (SHA-256"
                " differs)"
            ),
            "restore the file",
        ),
        (
            one_label_too_many,
            "error: {folder}/asset/model.json: labels: 4 labels, but the model gives 3 scores",
            "one label for each score",
        ),
        (
            misspelt_key,
            "error: {folder}/extension.toml:1: extension.menu_title: missing",
            "rename 'menu_titel'?",
        ),
        (no_asset, "error: {folder}/asset: no such asset folder", "set model.asset"),
        (
            no_gecko_id,
            "error: {folder}/extension.toml: extension.gecko_id: missing, and Firefox needs it",
            "--browser chrome",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_a_hint_and_leaves_the_earlier_output(
    spoil: Callable[[Path], object], message: str, hint: str, project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "dist"
    assert run("pack", project, "--out", out).exit_code == 0
    before = snapshot(out)
    spoil(tmp_path)
    result = run("pack", project, "--out", out)
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first == message.format(folder=tmp_path)
    assert second.startswith("hint: ") and hint in second
    assert snapshot(out) == before


def test_an_output_folder_that_cannot_be_made_is_named(project: Path, tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("a file")  # permissions would not stop root
    result = run("pack", project, "--out", tmp_path / "dist")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {tmp_path}/dist: cannot be written to")
    assert (tmp_path / "dist").read_text() == "a file"


def test_importing_builder_and_asking_for_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nimport builder\nfrom builder.cli import main\nmain(['--help'],"
        " standalone_mode=False)\nheavy = {'torch', 'transformers', 'selenium', 'onnx',"
        " 'onnxruntime', 'numpy'} & set(sys.modules)\nsys.exit(f'loaded: {heavy}' if heavy else"
        " 0)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "Package a text classifier" in result.stdout


def test_every_command_has_help_with_an_example() -> None:
    for path in command_paths():
        result = run(*path, "--help")
        assert result.exit_code == 0
        assert "Example:" in result.output, f"builder {' '.join(path)} --help shows no example"


def command_paths() -> list[tuple[str, ...]]:
    """Every command that does something, as the words that follow ``builder``."""
    context = click.Context(main)
    paths: list[tuple[str, ...]] = []
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        paths += (
            [(name, child) for child in command.commands]
            if isinstance(command, click.Group)
            else [(name,)]
        )
    return paths


def test_every_command_reports_as_json_and_can_be_told_to_be_quiet() -> None:
    for path in command_paths():
        options = {option for parameter in command_at(path).params for option in parameter.opts}
        assert {"--json", "--quiet", "--verbose"} <= options, path


def command_at(path: tuple[str, ...]) -> click.Command:
    command: click.Command | None = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    return command


def test_quiet_says_nothing_and_does_the_work(project: Path, tmp_path: Path) -> None:
    for arguments in (["--quiet", "build"], ["build", "--quiet"]):
        result = run(*arguments, project, "--out", tmp_path / "dist")
        assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "dist/chrome/manifest.json").is_file()


def test_a_mistake_on_the_command_line_is_one_sentence_with_the_help_to_ask_for() -> None:
    result = run("pack", "--brwser", "chrome")
    assert result.exit_code == 2
    assert (
        result.stderr
        == "error: No such option '--brwser'. Did you mean '--browser'?\nhint: builder pack"
        " --help\n"
    )


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["pack", "--brwser", "--json"], "pack"),
        (["pakc", "--json"], "builder"),
        (["pack", "a", "b", "--json=-"], "pack"),
        (["--nothing", "--json"], "builder"),
    ],
)
def test_a_mistake_on_the_command_line_is_in_the_json_envelope(
    arguments: list[str], command: str
) -> None:
    result = run(*arguments)
    envelope = json.loads(result.stdout)
    assert result.exit_code == 2
    assert (envelope["command"], envelope["ok"], envelope["problems"][0]["code"]) == (
        command,
        False,
        "bad-usage",
    )


def test_every_code_of_an_error_is_in_the_list_of_codes(repository: Path) -> None:
    used = {
        code
        for path in (repository / "builder").rglob("*.py")
        for code in re.findall(r'\bcode ?= ?"([^"]*)"', path.read_text())
    }
    assert used - {""} == set(CODES)


def test_colour_is_left_out_where_nobody_can_see_it_or_nobody_wants_it(tmp_path: Path) -> None:
    def stderr(**environment: str) -> str:
        command = [sys.executable, "-m", "builder", "pack", "none.toml"]
        clean = {
            key: value
            for key, value in os.environ.items()
            if key not in ("NO_COLOR", "FORCE_COLOR")
        }
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=clean | environment,
        ).stderr

    assert "\x1b[" not in stderr()
    assert "\x1b[31m" in stderr(FORCE_COLOR="1")
    assert "\x1b[" not in stderr(FORCE_COLOR="1", NO_COLOR="1")


def test_a_missing_training_dependency_says_which_install_brings_it(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['torch'] = None\nfrom builder.cli import main\nmain(['model',"
        " 'export', 'x', '--out', 'y'])"
    )
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert result.returncode == 2
    assert "torch" in result.stderr and "lensmith[train]" in result.stderr


def test_a_pipe_that_json_is_written_to_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("build", "none.toml", "--json", pipe).exit_code == 2
        assert json.loads(os.read(reader, 10_000))["command"] == "build"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
