"""What the documents say is true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.packaging.runtime import FILES, TOKENIZERS, TOKENIZERS_VERSION, VERSION
from tests.support.tiny import write_tiny_asset


@pytest.mark.parametrize("script", ["write_command_docs.py", "write_lint_docs.py"])
def test_the_generated_pages_are_what_help_and_rules_say(script: str, repository: Path) -> None:
    result = subprocess.run(
        [sys.executable, repository / "tools" / script, "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
def test_the_example_of_the_readme_packs(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = re.search(
        r"```toml\n(.+?)```", (repository / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert example is not None
    (tmp_path / "extension.toml").write_text(example[1], encoding="utf-8")
    write_tiny_asset(tmp_path / "asset")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["pack", "extension.toml"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "dist/review-lens-1.0.0-firefox.zip").is_file()


def test_every_make_target_that_the_documents_name_exists(repository: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text(), re.MULTILINE))
    named = set()
    for name in ("README.md", "CONTRIBUTING.md", "docs/explanation/emotion-model.md"):
        named |= set(
            re.findall(
                r"(?:^    |`)make ([a-z-]+)",
                (repository / name).read_text(encoding="utf-8"),
                re.MULTILINE,
            )
        )
    assert named and named <= targets


def test_the_schema_knows_every_key_of_the_shipped_model(repository: Path) -> None:
    schema = json.loads((repository / "docs/reference/model.schema.json").read_text())
    model = json.loads((repository / "model_assets/emotion/model.json").read_text(encoding="utf-8"))
    assert set(schema["required"]) <= set(model) <= set(schema["properties"])
    for key, part in (("tokenizer", model["tokenizer"]), ("licence", model["licence"])):
        assert (
            set(schema["properties"][key]["required"])
            <= set(part)
            <= set(schema["properties"][key]["properties"])
        )


def test_the_notice_of_the_runtime_names_the_files_that_ship(repository: Path) -> None:
    notice = (repository / "extension/notices/onnxruntime-web.txt").read_text()
    assert f"version {VERSION}" in notice
    assert all(f"{file.sha256}  {file.name}" in notice for file in FILES)
    tokenizers = (repository / "extension/notices/huggingface-tokenizers.txt").read_text()
    assert (
        f"version {TOKENIZERS_VERSION}" in tokenizers
        and f"{TOKENIZERS.sha256}  {TOKENIZERS.name}" in tokenizers
    )
    lock = json.loads((repository / "tools/package-lock.json").read_text())
    assert lock["packages"]["node_modules/@huggingface/tokenizers"]["version"] == TOKENIZERS_VERSION
    assert lock["packages"]["node_modules/onnxruntime-web"]["version"] == VERSION
