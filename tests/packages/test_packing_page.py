"""The commands of docs/explanation/packing.md, on a tiny project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import main
from tests.support.tiny import description, write_description


def test_the_commands_of_the_packing_page_work(
    project: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (repository / "docs/explanation/packing.md").read_text(encoding="utf-8")
    commands = [
        line
        for block in re.findall(r"```sh\n(.+?)```", page, re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(commands) == 6
    value = description(project.parent / "asset")
    value["sources"] = [{"what": "weights", "name": "made by hand", "licence": "CC0-1.0"}]
    write_description(project.parent / "asset", value)
    (project.parent / "asset/README.md").write_text(
        "# Tiny\n\n" + "Made by hand for tests, of nothing, for anything. " * 3
    )
    monkeypatch.chdir(project.parent)
    for command in commands:
        program, *arguments = command.split()
        assert program == "builder"
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, f"{command}: {result.output}"
