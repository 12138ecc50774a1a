"""A base that was published as an ONNX file becomes the checkpoint that it was exported from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.conversion.export import load_checkpoint, trace
from builder.models.data.base_onnx import write_checkpoint
from builder.models.data.recipe import Base
from tests.support.checkpoints import write_checkpoint as write_classifier

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.train


@pytest.fixture
def published(tmp_path: Path) -> tuple[Path, Path]:
    """A classifier's folder, and its graph."""
    folder = write_classifier(tmp_path / "like" / "model", "bert")
    model = load_checkpoint(folder)
    with torch.no_grad():
        for value in model.parameters():  # the exporter writes equal tensors once
            value.add_(torch.randn_like(value))
    model.save_pretrained(folder)
    trace(model, tmp_path / "graph.onnx")
    return folder, tmp_path / "graph.onnx"


def test_the_weights_come_back(published: tuple[Path, Path], tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder, graph = published
    write_checkpoint(graph, folder, tmp_path / "out")
    ours = AutoModel.from_pretrained(tmp_path / "out").state_dict()
    theirs = load_checkpoint(folder).base_model.state_dict()
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        if name.startswith("pooler."):  # sentence-transformers publish none
            assert torch.equal(ours[name], torch.eye(len(value)) if value.dim() == 2 else 0 * value)
        else:
            assert torch.equal(ours[name], value), name
    assert AutoTokenizer.from_pretrained(tmp_path / "out")("i feel happy")


def test_a_graph_of_another_shape_is_refused(published: tuple[Path, Path], tmp_path: Path) -> None:
    other = write_classifier(tmp_path / "other", "bert", hidden_size=64)
    with pytest.raises(BuilderError, match=r"graph\.onnx: no embeddings\.word_embeddings\.weight"):
        write_checkpoint(published[1], other, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_graph_is_refused(published: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("not a graph")
    with pytest.raises(BuilderError, match=r"text\.onnx: not a readable ONNX file"):
        write_checkpoint(tmp_path / "text.onnx", published[0], tmp_path / "out")


def test_a_recipe_finds_it_in_its_packages_and_checks_its_hash(
    published: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "like" / "__init__.py").touch()
    package = tmp_path / "a-model-of-onnx"
    (package / "files").mkdir(parents=True)
    (package / "__init__.py").touch()
    graph = published[1].rename(package / "files" / "graph.onnx")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def base(sha256: str) -> Base:
        return Base(
            packages=(package.name,),
            folder="files",
            sha256=sha256,
            source="nobody/nothing",
            licence="CC0-1.0",
            onnx="graph.onnx",
            like="like",
        )

    digest = sha256_of(graph)
    found = base(digest).locate()
    assert (found / "model.safetensors").is_file()
    assert (found / "config.json").is_file()
    before = (found / "model.safetensors").stat().st_mtime_ns
    assert base(digest).locate() == found
    assert (found / "model.safetensors").stat().st_mtime_ns == before, "it was made twice"
    with pytest.raises(BuilderError, match="SHA-256 differs"):
        base("0" * 64).locate()
