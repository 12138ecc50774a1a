"""Checkpoints and ONNX files as people have them. Each report is one row of a table."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from builder.cli import main
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.models.asset.tokenizer import reference_tokenizer
from builder.models.conversion.importing.browser_tokenizer import browser_ids
from builder.models.conversion.importing.importer import ImportOptions, import_model
from tests.support.checkpoints import LABELS, write_checkpoint

pytestmark = pytest.mark.train
TEXTS = ("the good", "a bad one?", "fine, fine")
LONG = " ".join(["the good bad fine"] * 50)

Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("models") / "ticket-bert", "bert")


def exported(folder: Path, out: Path, *, batch: int = 1, dynamic: bool = True) -> Path:
    """The checkpoint as torch's exporter writes it, with its tokenizer and its config."""
    import torch

    from builder.models.conversion.export import load_checkpoint

    out.mkdir(exist_ok=True)
    model = load_checkpoint(folder)
    ids = torch.full((batch, 8), 5, dtype=torch.int64)
    names = ["input_ids", "attention_mask"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shape checks in the tracer
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(out / "model.onnx"),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "length"} for name in names} if dynamic else None,
            dynamo=False,
        )
    for name in ("tokenizer.json", "config.json"):
        shutil.copyfile(folder / name, out / name)
    return out


@pytest.fixture(scope="module")
def onnx_folder(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(checkpoint, tmp_path_factory.mktemp("exported") / "model")


def logits(asset: Path) -> NDArray[np.float32]:
    loaded = load_asset(asset)
    return Scorer(loaded.folder, loaded.description).logits(TEXTS)


def saved_as(precision: str) -> Change:
    def change(folder: Path) -> None:
        import torch
        from transformers import AutoModelForSequenceClassification

        model = AutoModelForSequenceClassification.from_pretrained(folder)
        model.to(getattr(torch, precision)).save_pretrained(folder)

    return change


@pytest.mark.parametrize("precision", ["bfloat16", "float16", "float64"])
def test_weights_of_any_precision_become_an_fp32_asset(
    precision: str, checkpoint: Path, tmp_path: Path
) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = shutil.copytree(checkpoint, tmp_path / "model")
    saved_as(precision)(folder)
    import_model(str(folder), tmp_path / "asset", ImportOptions())
    graph = onnx.load(str(tmp_path / "asset/model.onnx")).graph
    kinds = {tensor.data_type for tensor in graph.initializer} | {
        graph.output[0].type.tensor_type.elem_type
    }
    assert not kinds & {TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE}
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        expected = [
            model(**tokenizer(text, return_tensors="pt")).logits[0].numpy() for text in TEXTS
        ]
    np.testing.assert_allclose(logits(tmp_path / "asset"), expected, atol=1e-3)


POSITIONS: dict[str, tuple[str, dict[str, Any], int]] = {
    "BERT": ("bert", {}, 66),
    "RoBERTa": ("roberta", {}, 64),
    "RoBERTa with the padding id 3": ("roberta", {"pad_token_id": 3}, 62),
    "CamemBERT": ("camembert", {}, 64),
    "MPNet": ("mpnet", {}, 64),
}


@pytest.mark.parametrize("way", ["checkpoint", "onnx", "onnx without config.json"])
@pytest.mark.parametrize("case", POSITIONS)
def test_the_longest_text_is_what_the_position_table_takes(
    case: str, way: str, tmp_path: Path
) -> None:
    family, settings, expected = POSITIONS[case]
    folder = write_checkpoint(tmp_path / "model", family, **settings)
    options = ImportOptions()
    if way != "checkpoint":
        folder = exported(folder, tmp_path / "exported")
    if way == "onnx without config.json":
        (folder / "config.json").unlink()
        options = ImportOptions(labels=LABELS)
    import_model(str(folder), tmp_path / "asset", options)
    asset = load_asset(tmp_path / "asset")
    assert asset.description["max_length"] == expected
    scores = Scorer(asset.folder, asset.description).scores([LONG])
    assert np.isfinite(scores).all()


def add_tokens(*tokens: Any) -> Change:
    def change(folder: Path) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(folder)
        tokenizer.add_tokens(list(tokens))
        model = AutoModelForSequenceClassification.from_pretrained(folder)
        model.resize_token_embeddings(len(tokenizer))
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)

    return change


def added(content: str, **flags: bool) -> Any:
    from tokenizers import AddedToken

    return AddedToken(content, **flags)


def configured(**values: object) -> Change:
    def change(folder: Path) -> None:
        file = folder / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | values))

    return change


def without(*keys: str) -> Change:
    def change(folder: Path) -> None:
        file = folder / "config.json"
        values = json.loads(file.read_text())
        file.write_text(json.dumps({key: values[key] for key in values if key not in keys}))

    return change


def written(name: str, content: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def instead_of_weights(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / "model.safetensors").rename(folder / name)

    return change


def not_a_number(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] = weights["classifier.bias"] * np.float32(np.nan)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def without_a_part(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    parts = {"weight_map": {"classifier.weight": "model-00001.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(parts), encoding="utf-8")


def half_of_the_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def larger_vocabulary(folder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([added("zz", normalized=False)])
    tokenizer.save_pretrained(folder)


def named(*labels: str) -> dict[str, str]:
    return {str(number): label for number, label in enumerate(labels)}


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
REFUSED_CHECKPOINTS: dict[str, tuple[Callable[[], Change], dict[str, Any], str]] = {
    "a token that matches whole words": (
        lambda: add_tokens(added("fine", single_word=True, normalized=False)),
        {},
        "'fine'",
    ),
    "labels from 1": (
        lambda: configured(id2label={"1": "a", "2": "b", "3": "c", "4": "d"}, label2id={}),
        {},
        "id2label: has the keys 1, 2, 3, 4, and needs 0 to 3",
    ),
    "labels with a gap": (
        lambda: configured(id2label={"0": "a", "1": "b", "2": "c", "4": "d"}, label2id={}),
        {},
        "id2label: has the keys 0, 1, 2, 4, and needs 0 to 3",
    ),
    "words for ids": (
        lambda: configured(id2label={"a": 0, "b": 1, "c": 2, "d": 3}, label2id={}),
        {},
        "id2label: has the keys a, b, c, d, and needs 0 to 3",
    ),
    "an empty label": (
        lambda: configured(id2label=named("a", " ", "c", "d"), label2id={}),
        {},
        "the label number 2 is empty",
    ),
    "a comma in a label": (
        lambda: configured(id2label=named("a, or b", "b", "c", "d"), label2id={}),
        {},
        "the label 'a, or b' has a comma",
    ),
    "a NUL in a label": (
        lambda: configured(id2label=named("a\0", "b", "c", "d"), label2id={}),
        {},
        "has a control character",
    ),
    "half a surrogate pair in a label": (
        lambda: configured(id2label=named("\ud83d", "b", "c", "d"), label2id={}),
        {},
        "is half of a surrogate pair",
    ),
    "an empty label on the command line": (
        lambda: configured(),
        {"labels": "a,,c,d"},
        "the label number 2 is empty",
    ),
    "more tokens than embeddings": (
        lambda: larger_vocabulary,
        {},
        "the model has no embedding for the last of them",
    ),
    "config.json nested deeply": (
        lambda: written("config.json", b'{"a":' * 100_000),
        {},
        "config.json: nests too deeply",
    ),
    "a number of 5,000 digits": (
        lambda: written("config.json", b'{"a": ' + b"9" * 5000 + b"}"),
        {},
        "config.json: holds a number of thousands of digits",
    ),
    "weights that are a Git LFS pointer": (
        lambda: written("model.safetensors", POINTER),
        {},
        "model.safetensors: is a Git LFS pointer",
    ),
    "a tokenizer that is a Git LFS pointer": (
        lambda: written("tokenizer.json", POINTER),
        {},
        "tokenizer.json: is a Git LFS pointer",
    ),
    "weights that are NaN": (lambda: not_a_number, {}, "gives a score that is not a number"),
    "an adapter": (
        lambda: instead_of_weights("adapter_config.json"),
        {},
        "adapter_config.json: is an adapter (LoRA)",
    ),
    "weights for TensorFlow": (
        lambda: instead_of_weights("tf_model.h5"),
        {},
        "tf_model.h5: holds weights for TensorFlow",
    ),
    "a list for a configuration": (
        lambda: written("config.json", b"[]"),
        {},
        "config.json: expected one JSON object",
    ),
    "a configuration in UTF-16": (
        lambda: written("config.json", "{}".encode("utf-16")),
        {},
        "config.json: UTF-16 text",
    ),
    "a family that is a list": (
        lambda: configured(model_type=["bert"]),
        {},
        "model_type: expected a string",
    ),
    "labels as a list": (
        lambda: configured(id2label=list("abcd")),
        {},
        "id2label: expected a table",
    ),
    "a label that is null": (
        lambda: configured(id2label={"0": None, "1": "b", "2": "c", "3": "d"}, label2id={}),
        {},
        "id2label: gives 0 no name",
    ),
    "a label of 10,000 characters": (
        lambda: configured(id2label=named("x" * 10_000, "b", "c", "d"), label2id={}),
        {},
        "has 10,000 characters, and may have 200",
    ),
    "a problem that nobody knows": (
        lambda: configured(problem_type="ranking"),
        {},
        "problem_type: 'ranking' is not known",
    ),
    "a milliard layers": (
        lambda: configured(num_hidden_layers=10**9),
        {},
        "num_hidden_layers: 1000000000 is no size",
    ),
    "a billion words": (
        lambda: configured(vocab_size=10**12),
        {},
        "vocab_size: 1000000000000 is no size",
    ),
    "a size in words": (
        lambda: configured(hidden_size="32"),
        {},
        "hidden_size: '32' is no size",
    ),
    "negative heads": (
        lambda: configured(num_attention_heads=-2),
        {},
        "num_attention_heads: -2 is no size",
    ),
    "another width than the weights have": (
        lambda: configured(hidden_size=64),
        {},
        "and config.json asks for (64,",
    ),
    "fewer positions than the weights have": (
        lambda: configured(max_position_embeddings=4),
        {},
        "has the shape (66, 32), and config.json asks for (4, 32)",
    ),
    "more layers than the weights have": (
        lambda: configured(num_hidden_layers=5),
        {},
        "lacks weights that config.json asks for",
    ),
    "an unknown activation": (
        lambda: configured(hidden_act="frob"),
        {},
        "its weights cannot be read: 'frob' is not known",
    ),
    "a part of the weights that is missing": (
        lambda: without_a_part,
        {},
        "names the file 'model-00001.safetensors', which is not there",
    ),
    "half of the weights": (
        lambda: half_of_the_weights,
        {},
        "its weights cannot be read",
    ),
    "a tokenizer that is a list": (
        lambda: written("tokenizer.json", b"[]"),
        {},
        "its tokenizer cannot be read",
    ),
    "front matter nested deeply": (
        lambda: written("README.md", b"---\na: " + b"[" * 20_000 + b"\n---\n"),
        {},
        "README.md: its front matter nests too deeply",
    ),
}


def refused(source: Path, out: Path, options: dict[str, Any], message: str) -> None:
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    result = CliRunner().invoke(
        main, ["model", "import", str(source), "--out", str(out), *arguments]
    )
    assert result.exit_code == 2, (result.output, result.exception)
    errors = [line for line in result.stderr.splitlines() if line.startswith(("error:", "hint:"))]
    assert len(errors) == 2, result.stderr
    assert message in errors[0]
    assert "Traceback" not in result.output and not out.exists()


@pytest.mark.parametrize("case", REFUSED_CHECKPOINTS)
def test_a_checkpoint_that_would_answer_otherwise_is_refused_in_one_sentence(
    case: str, checkpoint: Path, tmp_path: Path
) -> None:
    change, options, message = REFUSED_CHECKPOINTS[case]
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    change()(folder)
    refused(folder, tmp_path / "asset", options, message)


AS_WRITTEN, IN_ANY_CASE = "wordpiece", "wordpiece_json"
ADDED_TOKENS: dict[str, tuple[str, dict[str, bool], str]] = {
    "matched as it is written": ("GoodBad", {"normalized": False}, AS_WRITTEN),
    "special": ("GoodBad", {"special": True}, AS_WRITTEN),
    "with the space before it": ("GoodBad", {"normalized": False, "lstrip": True}, AS_WRITTEN),
    "with the space after it": ("GoodBad", {"normalized": False, "rstrip": True}, AS_WRITTEN),
    "in any case": ("GoodBad", {}, IN_ANY_CASE),
    "in lower case": ("covid", {}, IN_ANY_CASE),
}


@pytest.mark.parametrize("case", ADDED_TOKENS)
def test_an_added_token_keeps_its_ids_in_python_and_in_the_browsers_code(
    case: str, checkpoint: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    token, flags, kind = ADDED_TOKENS[case]
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    add_tokens(added(token, **flags))(folder)
    import_model(str(folder), tmp_path / "asset", ImportOptions())
    asset = load_asset(tmp_path / "asset")
    spec = asset.description["tokenizer"]
    assert spec["kind"] == kind
    texts = [f"the {token}", f"the {token.lower()}", f"{token.upper()} is", f"a{token}s"]
    theirs = [AutoTokenizer.from_pretrained(folder)(text)["input_ids"] for text in texts]
    ours = reference_tokenizer(spec, asset.folder, max_length=None)
    assert [ours.encode(text).ids for text in texts] == theirs
    assert browser_ids(spec, asset.folder, texts) == theirs


def test_without_node_a_token_that_matches_in_any_case_is_refused(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LENSMITH_NODE", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    add_tokens("GoodBad")(folder)
    refused(folder, tmp_path / "asset", {}, "cannot match its added token 'GoodBad'")


def test_the_number_of_labels_comes_from_the_weights_where_config_says_nothing(
    tmp_path: Path,
) -> None:
    labels: dict[str, Any] = {
        "id2label": named("a", "b", "c"),
        "label2id": {"a": 0, "b": 1, "c": 2},
    }
    folder = write_checkpoint(tmp_path / "model", "distilbert", **labels)
    without("id2label", "label2id", "num_labels")(folder)
    refused(folder, tmp_path / "none", {}, "nothing says what its 3 scores mean")
    imported = import_model(
        str(folder), tmp_path / "asset", ImportOptions(labels=["one", "two", "three"])
    )
    assert imported.labels == ["one", "two", "three"]


REFUSED_ONNX: dict[str, tuple[dict[str, Any], str]] = {
    "a fixed length": ({"dynamic": False}, "input_ids takes exactly 8 tokens"),
    "a fixed batch": (
        {"dynamic": False, "batch": 2},
        "input_ids takes exactly 2 texts of exactly 8 tokens",
    ),
}


@pytest.mark.parametrize("case", REFUSED_ONNX)
def test_an_onnx_file_of_fixed_shape_is_refused_in_one_sentence(
    case: str, checkpoint: Path, tmp_path: Path
) -> None:
    settings, message = REFUSED_ONNX[case]
    folder = exported(checkpoint, tmp_path / "exported", **settings)
    refused(folder, tmp_path / "asset", {}, message)


def test_an_onnx_file_that_is_a_git_lfs_pointer_is_refused(
    onnx_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(onnx_folder, tmp_path / "model")
    (folder / "model.onnx").write_bytes(POINTER)
    refused(folder, tmp_path / "one", {}, "model.onnx: is a Git LFS pointer")
    refused(folder / "model.onnx", tmp_path / "two", {}, "model.onnx: is a Git LFS pointer")


def test_inputs_without_shapes_are_taken(onnx_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(onnx_folder, tmp_path / "model")
    model = onnx.load(str(folder / "model.onnx"))
    for entry in (*model.graph.input, *model.graph.output):
        entry.type.tensor_type.ClearField("shape")
    onnx.save(model, str(folder / "model.onnx"))
    assert import_model(str(folder), tmp_path / "asset", ImportOptions()).labels == list(LABELS)
    assert load_asset(tmp_path / "asset").label_ids == list(LABELS)


def with_final(operator: str, **attributes: int) -> Callable[[onnx.ModelProto], None]:
    def change(model: onnx.ModelProto) -> None:
        for node in model.graph.node:
            node.output[:] = ["raw" if name == "logits" else name for name in node.output]
        model.graph.node.append(helper.make_node(operator, ["raw"], ["logits"], **attributes))

    return change


def halved(model: onnx.ModelProto) -> None:
    """The weights and the output in float16, as converters write them."""
    wanted = TensorProto.FLOAT16
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = wanted
            if attribute.HasField("t") and attribute.t.data_type == TensorProto.FLOAT:
                values = numpy_helper.to_array(attribute.t)
                with np.errstate(over="ignore"):
                    halves = np.clip(values, -60000, 60000).astype(np.float16)
                attribute.t.CopyFrom(numpy_helper.from_array(halves, attribute.t.name))
    del model.graph.value_info[:]
    model.graph.output[0].type.tensor_type.elem_type = wanted


CHANGED_ONNX: dict[str, tuple[Callable[[onnx.ModelProto], None], str, float]] = {
    "a softmax in the graph": (with_final("Softmax", axis=-1), "softmax", 1e-4),
    "a log-softmax in the graph": (with_final("LogSoftmax", axis=1), "softmax", 1e-4),
    "a sigmoid in the graph": (with_final("Sigmoid"), "sigmoid", 1e-4),
    "float16": (halved, "softmax", 0.1),
}


@pytest.mark.parametrize("case", CHANGED_ONNX)
def test_an_onnx_file_gives_raw_fp32_logits_whatever_it_ends_with(
    case: str, checkpoint: Path, onnx_folder: Path, tmp_path: Path
) -> None:
    change, activation, tolerance = CHANGED_ONNX[case]
    folder = shutil.copytree(onnx_folder, tmp_path / "model")
    model = onnx.load(str(folder / "model.onnx"))
    change(model)
    onnx.save(model, str(folder / "model.onnx"))
    imported = import_model(str(folder), tmp_path / "asset", ImportOptions())
    assert imported.activation == activation
    import_model(str(checkpoint), tmp_path / "plain", ImportOptions())
    np.testing.assert_allclose(
        logits(tmp_path / "asset"), logits(tmp_path / "plain"), atol=tolerance
    )


def test_the_tokenizer_may_be_above_the_folder_onnx_and_the_logits_behind_another_output(
    onnx_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(onnx_folder, tmp_path / "model")
    model = onnx.load(str(folder / "model.onnx"))
    model.graph.node.append(helper.make_node("Identity", ["logits"], ["scores"]))
    other = onnx.ValueInfoProto.FromString(model.graph.output[0].SerializeToString())
    other.name = "scores"
    model.graph.output.insert(0, other)
    (folder / "onnx").mkdir()
    onnx.save(model, str(folder / "onnx/model.onnx"))
    (folder / "model.onnx").unlink()
    import_model(str(folder / "onnx/model.onnx"), tmp_path / "asset", ImportOptions())
    asset = load_asset(tmp_path / "asset")
    assert asset.description["output"] == {"name": "logits"}
    assert asset.label_ids == list(LABELS)


def test_weights_beside_the_graph_may_have_any_name(onnx_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(onnx_folder, tmp_path / "model")
    model = onnx.load(str(folder / "model.onnx"))
    onnx.save(
        model,
        str(folder / "model.onnx"),
        save_as_external_data=True,
        location="the weights.data",
        size_threshold=0,
    )
    imported = import_model(str(folder), tmp_path / "asset", ImportOptions())
    assert {file.path for file in load_asset(imported.asset).files} == {
        "model.onnx",
        "weights.bin",
        "vocab.txt",
    }


def test_one_logit_becomes_two_answers_where_both_are_named(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}
    folder = write_checkpoint(tmp_path / "model", "bert", num_labels=1, **settings)
    refused(folder, tmp_path / "none", {}, "gives one score, and nothing says what it means")
    import_model(str(folder), tmp_path / "asset", ImportOptions(labels=["no", "yes"]))
    found = logits(tmp_path / "asset")
    assert found.shape == (len(TEXTS), 2) and not found[:, 0].any() and found[:, 1].any()
    asset = load_asset(tmp_path / "asset")
    scores = Scorer(asset.folder, asset.description).scores(TEXTS)
    np.testing.assert_allclose(scores[:, 1], 1 / (1 + np.exp(-found[:, 1])), atol=1e-6)


def test_the_author_says_that_several_labels_apply(checkpoint: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main,
        ["model", "import", str(checkpoint), "--out", str(tmp_path / "asset"), "--multi-label"],
    )
    assert result.exit_code == 0, result.output
    assert load_asset(tmp_path / "asset").description["activation"] == "sigmoid"
