"""``builder verify``: a good zip passes in a real browser, and one that answers differently does
not.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import jsonschema
import onnx
import pytest
from click.testing import CliRunner

from builder.cli import main
from tests.support.schemas import schema_of
from tests.support.tiny import (
    description,
    pack_tiny,
    write_description,
    write_extension,
    write_tiny_asset,
)


@pytest.fixture(scope="module")
def zips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packed zips of a tiny extension."""
    folder = tmp_path_factory.mktemp("tiny")
    return pack_tiny(folder)


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_a_good_zip_passes_every_check(browser: str, zips: Path) -> None:
    result = CliRunner().invoke(
        main, ["verify", "--zip", str(zips / f"tiny-lens-1.2.3-{browser}.zip"), "--json"]
    )
    assert result.exit_code == 0, result.output
    jsonschema.validate(json.loads(result.stdout)["data"], schema_of("verify"))
    checks = json.loads(result.stdout)["data"]["checks"]
    assert [check["ok"] for check in checks] == [True] * len(checks)
    whats = [check["what"] for check in checks]
    assert {
        "installs",
        "permissions",
        "content security policy",
        "requests to the network",
        "complaints of the browser",
    } <= set(whats)
    assert sum(what.startswith("popup: ") for what in whats) == 3
    assert sum(what.startswith("card: ") for what in whats) == 1


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_a_model_that_calls_what_is_left_out_of_the_runtime_answers_all_the_same(
    browser: str, tmp_path: Path
) -> None:
    asset = write_tiny_asset(tmp_path / "asset")
    model = onnx.load(str(asset / "model.onnx"))
    model.graph.node[-1].output[0] = "mean"
    model.graph.node.append(
        onnx.helper.make_node("Selu", ["mean"], ["logits"])
    )  # of no model that the toolkit makes
    onnx.save(model, str(asset / "model.onnx"))
    write_description(asset, description(asset))
    config = write_extension(tmp_path / "extension.toml", "asset")
    packed = CliRunner().invoke(
        main, ["pack", str(config), "--out", str(tmp_path / "dist"), "--browser", browser]
    )
    assert packed.exit_code == 0, packed.output
    result = CliRunner().invoke(
        main, ["verify", "--zip", str(tmp_path / "dist" / f"tiny-lens-1.2.3-{browser}.zip")]
    )
    assert result.exit_code == 0, result.output


def test_a_zip_that_answers_unlike_python_and_asks_for_more_falls_short(
    zips: Path, tmp_path: Path
) -> None:
    spoiled = tmp_path / "spoiled-chrome.zip"
    with (
        zipfile.ZipFile(zips / "tiny-lens-1.2.3-chrome.zip") as good,
        zipfile.ZipFile(spoiled, "w") as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == "engine/scores.js":
                assert b"Math.exp(" in content
                content = content.replace(b"Math.exp(", b"Math.exp(-")
            if name == "manifest.json":
                manifest = json.loads(content)
                manifest["permissions"].append("tabs")
                content = json.dumps(manifest).encode()
            bad.writestr(name, content)
    result = CliRunner().invoke(main, ["verify", "--zip", str(spoiled), "--json"])
    assert result.exit_code == 1, result.output
    envelope = json.loads(result.stdout)
    failed = {
        check["what"].split(":")[0] for check in envelope["data"]["checks"] if check["ok"] is False
    }
    assert {"permissions", "popup", "card"} <= failed
    assert len(envelope["problems"]) == sum(
        check["ok"] is False for check in envelope["data"]["checks"]
    )


def test_a_zip_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x-chrome.zip").write_text("no zip")
    for name, complaint in (
        ("x-chrome.zip", "not a zip"),
        ("none-chrome.zip", "no such file"),
        ("x.zip", "for Chrome or for Firefox?"),
    ):
        result = CliRunner().invoke(main, ["verify", "--zip", str(tmp_path / name)])
        assert result.exit_code == 2
        assert complaint in result.stderr
