"""``builder bench`` in real browsers: every section gives figures that can be true. How fast
anything is, is not looked at.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from builder.bench.engine import PHASES, STEPS
from builder.browsers import start
from builder.browsers.proxy import Web
from builder.cli import main
from tests.support.tiny import pack_tiny, write_extension, write_tiny_asset


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packed zips of a tiny extension."""
    folder = tmp_path_factory.mktemp("tiny")
    pack_tiny(folder)
    return folder


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_every_section_gives_figures_that_can_be_true(
    browser: str, project: Path, repository: Path
) -> None:
    files = {"json": project / f"{browser}.json", "plot": project / f"{browser}.svg"}
    result = CliRunner().invoke(
        main,
        [
            "bench",
            str(project / "extension.toml"),
            "--out",
            str(project / "dist"),
            "--browser",
            browser,
            "--repeat",
            "1",
            "--json",
            str(files["json"]),
            "--plot",
            str(files["plot"]),
        ],
    )
    assert result.exit_code == 0, result.output
    data = json.loads(files["json"].read_text())["data"]
    jsonschema.validate(
        data,
        json.loads((repository / "docs/reference/bench.schema.json").read_text(encoding="utf-8")),
    )
    found = {measure["name"]: measure for measure in data["measures"]}
    assert all(
        measure["min"] <= measure["p50"] <= measure["p95"] <= measure["max"]
        for measure in found.values()
    )
    value = {name: measure["p50"] for name, measure in found.items()}

    for turn in ("first", "again"):
        assert (
            0
            < max(value[f"start.{turn}.{phase}"] for phase in PHASES)
            < value[f"start.{turn}.scores"]
        )
        assert sum(value[f"start.{turn}.step.{step}"] for step in STEPS) == pytest.approx(
            value[f"start.{turn}.scores"], abs=0.01
        )
    for click in ("cold", "warm", "menu", "stopped"):
        assert (
            0 < value[f"click.{click}.waiting"] < value[f"click.{click}.scores"]
            and value[f"click.{click}.card"] > 0
        )
    assert {name for name in value if name.startswith("lengths.")} == {  # the model takes 32 tokens
        "lengths.8",
        "lengths.8.round_trip",
        "lengths.24",
        "lengths.24.round_trip",
    }
    assert value["lengths.24.round_trip"] > 0
    assert found["texts.round_trip"]["n"] == 15
    assert value["throughput.sentences"] > 0 and value["tokenizer.rate"] > 0
    assert {"scaling.length_exponent", "scaling.sentences_exponent"} <= set(value)
    assert value["scaling.split_lower_case_exponent"] < 1.5
    assert (
        10 < value["memory.before.pss"] <= value["memory.peak.pss"]
        and value["memory.before.own"] < value["memory.before.pss"]
    )
    assert value["memory.closed.pss"] < value["memory.peak.pss"]
    assert value["page.first"] > 0 and value["page.rate"] > 0 and value["page.frame.view"] > 0
    assert 0 <= value["popup.letter"] <= value["popup.turn"] < 5000 and value["popup.turn"] > 0
    assert ("page.task.processor" in value) == (browser == "chrome")
    assert (
        data["browser"]["version"]
        and data["runtime"]["threads"] >= 1
        and data["texts"] == {"given": 0}
    )
    assert files["plot"].read_text().startswith("<svg")


@pytest.mark.parametrize("threads", ["2", '"auto"'])
def test_the_threads_of_an_isolated_package_are_told(
    threads: str, repository: Path, tmp_path: Path
) -> None:
    if threads == "2":
        write_tiny_asset(tmp_path / "asset")
        config = write_extension(tmp_path / "extension.toml", "asset")
        config.write_text(f"{config.read_text()}\n[runtime]\nthreads = 2\n")
    else:
        config = repository / "examples/go-emotions/extension.toml"
    out = ["--out", str(tmp_path / "dist")]
    assert (
        CliRunner().invoke(main, ["pack", str(config), *out, "--browser", "chrome"]).exit_code == 0
    )
    told = tmp_path / "told.json"
    result = CliRunner().invoke(
        main,
        ["bench", str(config), *out, "--only", "lengths", "--repeat", "1", "--json", str(told)],
    )
    assert result.exit_code == 0, result.output
    data = json.loads(told.read_text())["data"]
    assert data["browser"]["isolated"] is True
    assert data["runtime"]["threads_wanted"] == "auto"
    assert data["runtime"]["threads"] in ([2] if threads == "2" else [1, 2, 4, 8, 16])


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_another_extension_is_installed_from_its_zip_beside_the_one_that_is_measured(
    browser: str, project: Path
) -> None:
    (ours,) = (project / "dist").glob(f"*-{browser}.zip")
    other = project / f"other-{browser}.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr(
            "manifest.json", json.dumps({"manifest_version": 3, "name": "Other", "version": "1"})
        )
        archive.writestr("page.html", "<!doctype html><p>of the other</p>")
    with Web({}) as web, start(browser, ours, web) as running:
        running.open(f"{running.install(other)}page.html")
        assert running.execute("return document.body.innerText") == "of the other"
        running.open(f"{running.extension_url}ui/about/about.html")
        assert running.execute("return document.querySelector('.brand').textContent") == "Tiny Lens"
