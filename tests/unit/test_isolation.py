"""Which packages' pages are isolated, so that they may use several threads: told from the
configuration and the model.
"""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper

from builder.cli import main
from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.isolation import KEYS, LEAST_WEIGHTS, multiplied_weights, wants_isolation

WIDTH = 100


def graph(file: Path, rows: int, *, packed: bool = False) -> Path:
    """Embeddings of ``rows``, as bytes that are unpacked first if ``packed``, and one product with
    a matrix of ``WIDTH`` x ``WIDTH``.
    """
    kind, size = (TensorProto.INT8, 1) if packed else (TensorProto.FLOAT, 4)
    table = helper.make_tensor("table", kind, [rows, WIDTH], bytes(rows * WIDTH * size), raw=True)
    scale = helper.make_tensor("scale", TensorProto.FLOAT, [], [1.0])
    matrix = helper.make_tensor(
        "matrix", TensorProto.FLOAT, [WIDTH, WIDTH], bytes(WIDTH * WIDTH * 4), raw=True
    )
    nodes = [
        helper.make_node("Gather", ["unpacked" if packed else "table", "ids"], ["rows"]),
        helper.make_node("MatMul", ["rows", "matrix"], ["logits"]),
    ]
    if packed:
        nodes.insert(0, helper.make_node("DequantizeLinear", ["table", "scale"], ["unpacked"]))
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", WIDTH])],
        [table, matrix, *([scale] if packed else [])],
    )
    onnx.save(helper.make_model(made), str(file))
    return file


@pytest.mark.parametrize("packed", [False, True])
def test_weights_that_are_only_looked_up_do_not_count(packed: bool, tmp_path: Path) -> None:
    assert multiplied_weights(graph(tmp_path / "a.onnx", 2000, packed=packed)) == WIDTH * WIDTH


def test_weights_in_a_file_beside_the_graph_count(tmp_path: Path) -> None:
    model = onnx.load(str(graph(tmp_path / "a.onnx", 2)))
    onnx.save_model(
        model,
        str(tmp_path / "b.onnx"),
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    (tmp_path / "weights.bin").unlink()
    assert multiplied_weights(tmp_path / "b.onnx") == WIDTH * WIDTH


def test_a_graph_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"no graph")
    with pytest.raises(BuilderError, match=r"a\.onnx: cannot be read as an ONNX model"):
        multiplied_weights(tmp_path / "a.onnx")


@pytest.mark.parametrize(
    ("threads", "weights", "isolated"),
    [
        ('"auto"', LEAST_WEIGHTS - 1, False),
        ('"auto"', LEAST_WEIGHTS, True),
        ("1", LEAST_WEIGHTS, False),
        ("2", 0, True),
    ],
)
def test_pages_are_isolated_in_chrome_where_several_threads_are_wanted_or_a_model_is_big(
    threads: str,
    weights: int,
    isolated: bool,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builder.packaging.isolation.multiplied_weights", lambda _: weights)
    project.write_text(f"{project.read_text()}\n[runtime]\nthreads = {threads}\n")
    config = load_config(project)
    asset = load_asset(config.asset)
    assert wants_isolation(config, asset, "chrome") is isolated
    assert wants_isolation(config, asset, "firefox") is False


@pytest.mark.parametrize(
    ("name", "isolated"), [("extension.toml", False), ("examples/go-emotions/extension.toml", True)]
)
def test_of_the_packages_here_the_one_with_the_bigger_model_is_isolated(
    name: str, isolated: bool, repository: Path
) -> None:
    config = load_config(repository / name)
    assert wants_isolation(config, load_asset(config.asset), "chrome") is isolated


def test_a_build_writes_the_manifest_so_and_tells(project: Path, tmp_path: Path) -> None:
    def built() -> tuple[str, list[bool], list[set[str]]]:
        result = CliRunner().invoke(
            main,
            [
                "build",
                str(project),
                "--out",
                str(tmp_path / "dist"),
                "--json",
                str(tmp_path / "told.json"),
            ],
        )
        assert result.exit_code == 0, result.output
        told = json.loads((tmp_path / "told.json").read_text())["data"]["bundles"]
        manifests = [
            json.loads((tmp_path / "dist" / browser / "manifest.json").read_text())
            for browser in ("chrome", "firefox")
        ]
        return (
            result.stdout,
            [bundle["isolated"] for bundle in told],
            [set(KEYS) & set(manifest) for manifest in manifests],
        )

    assert built()[1:] == ([False, False], [set(), set()])
    project.write_text(f"{project.read_text()}\n[runtime]\nthreads = 2\n")
    text, *found = built()
    assert found == [[True, False], [set(KEYS), set()]]
    assert text.count("pages isolated for several threads") == 1
