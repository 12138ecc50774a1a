"""What commands write with ``--json`` is what the schemas in docs/reference say, key by key."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from builder.cli.app import COMMANDS, main
from tests.support.schemas import REFERENCE, schema_of
from tests.support.tiny import write_extension, write_tiny_asset

NEEDS_A_BROWSER = {"dev", "run", "verify"}
FIGURES = {"bench", "model"}
"""Tell figures, which may gain keys."""
EXAMPLES = {
    "build": ["build"],
    "pack": ["pack", "--check-reproducible"],
    "lint": ["lint", "--no-mozilla"],
    "doctor": ["doctor"],
    "listing": ["listing"],
    "publish": ["publish"],
    "icons": ["icons", "art.svg"],
    "site": ["site", "--level", "1"],
    "edge": ["edge"],
    "key": ["key", "signing-key.pem"],
    "init": ["init", "new", "--asset", "asset", "--yes"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is packed, and has changed since."""
    folder = tmp_path_factory.mktemp("project")
    write_tiny_asset(folder / "asset")
    config = write_extension(folder / "extension.toml", "asset")
    (folder / "art.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4"'
        ' r="4"/></svg>'
    )
    assert (
        CliRunner().invoke(main, ["pack", str(config), "--out", str(folder / "dist")]).exit_code
        == 0
    )
    config.write_text(config.read_text().replace("Says how", "Tells how"))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("command", EXAMPLES)
def test_a_commands_data_is_what_its_schema_says(
    command: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    if command == "publish":
        assert CliRunner().invoke(main, ["pack"]).exit_code == 0
    envelope = json.loads(CliRunner().invoke(main, [*EXAMPLES[command], "--json"]).stdout)
    jsonschema.validate(
        envelope, json.loads((REFERENCE / "envelope.schema.json").read_text(encoding="utf-8"))
    )
    assert envelope["data"], envelope["problems"]
    jsonschema.validate(envelope["data"], schema_of(command))


def test_every_command_has_a_schema_and_an_unknown_key_would_be_seen() -> None:
    assert set(EXAMPLES) | NEEDS_A_BROWSER == set(COMMANDS) - FIGURES
    for command in set(COMMANDS) - FIGURES:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"nobody": "knows"}, schema_of(command))


def test_the_schema_of_the_envelope_is_what_commands_write(tmp_path: Path) -> None:
    schema = json.loads((REFERENCE / "envelope.schema.json").read_text())
    write_tiny_asset(tmp_path / "asset")
    config = write_extension(tmp_path / "extension.toml", "asset")
    problem = schema["properties"]["problems"]["items"]
    for arguments in (
        ["build", str(config), "--out", str(tmp_path / "dist")],
        ["build", "none.toml"],
    ):
        envelope = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
        assert list(envelope) == schema["required"] == list(schema["properties"])
        for found in envelope["problems"]:
            assert list(found) == problem["required"] == list(problem["properties"])
