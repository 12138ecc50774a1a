"""``builder doctor``: each broken link of the chain is found, with its fix."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import onnx
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper

from builder.cli import main
from builder.config.extension import load_config
from builder.models.asset.operators import MAX_OPSET, graph_problems
from builder.packaging.pack import pack_extension
from builder.packaging.runtime import runtime_files
from builder.project.doctor import Finding, examine


@pytest.fixture
def wasm() -> Path:
    return next(path for name, path in runtime_files().items() if name.endswith(".wasm"))


def program(folder: Path, name: str, says: str) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{says}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def found(findings: list[Finding], what: str) -> Finding:
    return next(finding for finding in findings if finding.what == what)


@pytest.mark.slow
def test_a_whole_project_passes_link_by_link(project: Path, tmp_path: Path) -> None:
    pack_extension(load_config(project), tmp_path / "dist", ("chrome",))
    findings = examine(project, tmp_path / "dist")
    for what in ("Python", "ONNX Runtime Web", "project", "asset", "operators", "last pack"):
        assert found(findings, what).state == "pass", found(findings, what)


def test_nothing_on_the_path_is_told_with_what_brings_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    findings = examine(project, tmp_path / "dist")
    assert found(findings, "Node").state == "skip"
    assert [
        (found(findings, name).state, found(findings, name).fix) for name in ("Chromium", "Firefox")
    ] == [("warn", "apt-get install chromium"), ("warn", "apt-get install firefox-esr")]
    assert found(findings, "display").state == "warn"


@pytest.mark.parametrize(
    ("names", "what", "state", "says"),
    [
        (
            {"chromium": "echo Chromium 90.0.1", "chromedriver": "echo ChromeDriver 90.0.1"},
            "Chromium",
            "fail",
            "older than 116",
        ),
        (
            {"chromium": "echo Chromium 156.0", "chromedriver": "echo ChromeDriver 150.0"},
            "Chromium's driver",
            "fail",
            "ChromeDriver 150.0",
        ),
        ({"chromium": "echo Chromium 156.0"}, "Chromium's driver", "fail", "no chromedriver"),
        (
            {
                "chromium": (
                    'case "$*" in --version) echo Chromium 156.0;; *) echo "No usable sandbox!"'
                    " >&2; exit 1;; esac"
                )
            },
            "Chromium starts",
            "fail",
            "its sandbox is refused",
        ),
        ({"firefox": "echo Mozilla Firefox 115.0"}, "Firefox", "fail", "older than 140"),
        ({"node": "echo v12.22.0"}, "Node", "warn", "v12.22.0"),
    ],
)
def test_a_tool_that_does_not_fit_is_told(  # type: ignore[no-untyped-def]
    names,
    what: str,
    state: str,
    says: str,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, script in names.items():
        program(tmp_path / "bin", name, script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    if Path("/bin").resolve() == Path(
        "/usr/bin"
    ):  # the real browsers lie there; the shell of the scripts is named by its path
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    finding = found(examine(project, tmp_path / "dist"), what)
    assert finding.state == state
    assert says in finding.found
    assert finding.fix


def test_a_broken_project_fails_with_its_own_sentence_and_exit_code(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "asset" / "vocab.txt").unlink()
    result = CliRunner().invoke(main, ["doctor", str(project), "--json"])
    assert result.exit_code == 1
    envelope = json.loads(result.stdout)
    assert any("vocab.txt: missing" in problem["message"] for problem in envelope["problems"])


@pytest.mark.slow
def test_a_version_below_the_last_pack_fails_and_a_changed_project_of_the_same_one_warns(
    project: Path, tmp_path: Path
) -> None:
    pack_extension(load_config(project), tmp_path / "dist", ("chrome",))
    original = project.read_text()
    project.write_text(original.replace("Says how", "Tells how"))
    assert found(examine(project, tmp_path / "dist"), "last pack").state == "warn"
    project.write_text(original.replace("1.2.3", "1.2.2"))
    assert found(examine(project, tmp_path / "dist"), "last pack").state == "fail"
    project.write_text(original.replace("1.2.3", "1.10.0"))
    assert found(examine(project, tmp_path / "dist"), "last pack").state == "pass"


def graph(folder: Path, operator: str, *, domain: str = "", opset: int = 17) -> Path:
    node = helper.make_node(operator, ["x"], ["y"], domain=domain)
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    opsets = [helper.make_opsetid("", opset), *([helper.make_opsetid(domain, 1)] if domain else [])]
    model = helper.make_model(
        helper.make_graph([node], "g", values[:1], values[1:]), opset_imports=opsets, ir_version=9
    )
    onnx.save(model, str(folder / "g.onnx"))
    return folder / "g.onnx"


def test_operators_and_opsets_that_the_runtime_lacks_are_named(tmp_path: Path, wasm: Path) -> None:
    assert graph_problems(graph(tmp_path, "Gelu", domain="com.microsoft"), wasm) == []
    assert graph_problems(graph(tmp_path, "Constant"), wasm) == []
    assert graph_problems(graph(tmp_path, "Softmax", opset=MAX_OPSET), wasm) == []
    newer = graph_problems(graph(tmp_path, "Softmax", opset=MAX_OPSET + 1), wasm)
    assert newer == [f"opset {MAX_OPSET + 1} (up to {MAX_OPSET} can be run)"]
    assert graph_problems(graph(tmp_path, "Invented"), wasm) == ["Invented: no kernel"]
    assert graph_problems(graph(tmp_path, "Gelu", opset=17), wasm) == [
        "Gelu: no kernel for opset 17"
    ]


def test_the_runtime_can_run_the_shipped_model(repository: Path, wasm: Path) -> None:
    assert graph_problems(repository / "model_assets/emotion/model.onnx", wasm) == []
