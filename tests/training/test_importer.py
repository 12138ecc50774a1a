"""Models that authors bring: every family comes through the same door, and what cannot is refused
in one clear sentence.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.errors import BuilderError, CheckFailed
from builder.models.asset.asset import load_asset
from builder.models.asset.sample_texts import SAMPLE_TEXTS
from builder.models.asset.scorer import Scorer
from builder.models.conversion.importing.importer import ImportOptions, import_model
from builder.models.quantization.search import quantize_asset
from tests.support.checkpoints import LABELS, write_checkpoint

FAMILIES = {
    "bert": "wordpiece",
    "distilbert": "wordpiece",
    "electra": "wordpiece",
    "roberta": "bpe",
    "xlm-roberta": "unigram",
    "camembert": "unigram",
    "mpnet": "wordpiece",
    "albert": "unigram",
    "deberta-v2": "unigram",
    "modernbert": "bpe",
}
OFFSET = ("roberta", "xlm-roberta", "camembert", "mpnet")
"""Families that count positions from behind the padding id."""
UNFUSED = ("distilbert", "mpnet", "deberta-v2", "modernbert")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("models") / "ticket-bert", "bert")


@pytest.fixture(scope="module")
def onnx_folder(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as others export it: an ONNX file, tokenizer.json and config.json, no
    checkpoint.
    """
    folder = tmp_path_factory.mktemp("exported")
    imported = import_model(str(checkpoint), folder / "asset", ImportOptions())
    onnx.save(onnx.load(str(imported.asset / "model.onnx")), str(folder / "model.onnx"))
    for name in ("tokenizer.json", "config.json"):
        shutil.copyfile(checkpoint / name, folder / name)
    return folder


@pytest.mark.parametrize("family", FAMILIES)
def test_a_checkpoint_of_every_family_becomes_an_asset_that_answers_as_it_does(
    family: str, tmp_path: Path
) -> None:
    folder = write_checkpoint(tmp_path / "model", family, several=family == "electra")
    imported = import_model(str(folder), tmp_path / "asset", ImportOptions())
    asset = load_asset(imported.asset)
    assert asset.label_ids == list(LABELS)
    assert asset.description["activation"] == ("sigmoid" if family == "electra" else "softmax")
    assert asset.description["tokenizer"]["kind"] == imported.tokenizer == FAMILIES[family]
    assert asset.description["max_length"] == 66 - 2 * (family in OFFSET) - 2 * (
        family == "distilbert"
    )
    assert (imported.check.same_ids, imported.check.texts) == (len(SAMPLE_TEXTS), len(SAMPLE_TEXTS))
    assert imported.check.largest_difference < 1e-3
    assert asset.description["imported"]["fused"] or family in UNFUSED
    card = (asset.folder / "README.md").read_text()
    assert "Bug report" in card and "training data | unknown" in card


def test_the_shape_of_the_articles_model_comes_through(tmp_path: Path) -> None:
    shape: dict[str, Any] = {
        "hidden_size": 256,
        "num_hidden_layers": 6,
        "num_attention_heads": 8,
        "intermediate_size": 1024,
    }
    folder = write_checkpoint(tmp_path / "xtremedistil", "bert", initializer_range=0.02, **shape)
    imported = import_model(
        str(folder), tmp_path / "asset", ImportOptions(texts=["the good, the bad", "fine!"])
    )
    assert (imported.check.texts, imported.check.built_in) == (2, False)
    assert load_asset(imported.asset).description["imported"]["hidden"] == 256


def test_an_onnx_file_gives_what_its_checkpoint_gives(
    checkpoint: Path, onnx_folder: Path, tmp_path: Path
) -> None:
    import_model(str(checkpoint), tmp_path / "one", ImportOptions())
    import_model(str(onnx_folder / "model.onnx"), tmp_path / "two", ImportOptions(licence="mit"))
    one, two = (load_asset(tmp_path / name) for name in ("one", "two"))
    assert one.label_ids == two.label_ids
    texts = ["the good", "a bad one?"]
    ours, theirs = (Scorer(asset.folder, asset.description).scores(texts) for asset in (one, two))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert two.description["licence"] == {
        "name": "mit",
        "restricts_use": False,
        "reason": "as its importer says",
    }


def test_the_licence_of_the_readme_is_recorded_and_what_restricts_use_is_said(
    checkpoint: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n# A model\n")
    imported = import_model(str(folder), tmp_path / "asset", ImportOptions())
    assert imported.licence.restricts_use
    assert "cc-by-nc-4.0" in (imported.asset / "README.md").read_text()


def test_an_imported_model_shrinks_by_agreement_and_its_card_says_by_what(
    checkpoint: Path, tmp_path: Path
) -> None:
    import_model(str(checkpoint), tmp_path / "fp32", ImportOptions())
    outcome = quantize_asset(
        tmp_path / "fp32",
        tmp_path / "asset",
        eval_data=None,
        texts=SAMPLE_TEXTS,
        max_loss=0.2,
        candidates=["s8-channel+e8x128", "u8-tensor+e32+float-last"],
    )
    assert outcome.asset is not None and outcome.search.kept is not None
    described = load_asset(outcome.asset).description["quantization"]
    assert described["metric"] == "agreement with fp32"
    assert [row["name"] for row in described["candidates"]] == [
        row.name for row in outcome.search.candidates
    ]
    assert all(row.bytes > row.zipped_bytes > 0 for row in outcome.search.candidates)
    assert "agreement with fp32 on the author's texts" in (outcome.asset / "README.md").read_text()
    with pytest.raises(BuilderError, match="is quantized already"):
        quantize_asset(outcome.asset, tmp_path / "again", eval_data=None, texts=SAMPLE_TEXTS)


def test_where_every_scheme_loses_too_much_nothing_is_written_unless_forced(
    checkpoint: Path, tmp_path: Path
) -> None:
    import_model(str(checkpoint), tmp_path / "fp32", ImportOptions())
    (tmp_path / "data.csv").write_text("text,label\nthe good,praise\nthe bad,bug_report\n")
    command = [
        "model",
        "quantize",
        str(tmp_path / "fp32"),
        "--data",
        str(tmp_path / "data.csv"),
        "--out",
        str(tmp_path / "asset"),
        "--scheme",
        "s8-tensor+e8x128",
    ]
    impossible = pytest.MonkeyPatch()
    impossible.setattr(
        "builder.models.quantization.search.ROUNDING", -2
    )  # no scheme loses as little as minus two
    try:
        refused = CliRunner().invoke(main, command)
        assert refused.exit_code == 1, refused.output
        assert "nothing was written" in refused.output and not (tmp_path / "asset").exists()
        forced = CliRunner().invoke(
            main, [*command, "--force", "--json", str(tmp_path / "report.json")]
        )
    finally:
        impossible.undo()
    assert forced.exit_code == 1
    assert (
        load_asset(tmp_path / "asset").description["quantization"]["candidate"]
        == "s8-tensor+e8x128"
    )
    envelope = json.loads((tmp_path / "report.json").read_text())
    assert (envelope["ok"], envelope["data"]["kept"], envelope["problems"][0]["code"]) == (
        False,
        None,
        "check-failed",
    )


def test_thresholds_are_found_on_the_authors_texts(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "model", "electra", several=True)
    import_model(str(folder), tmp_path / "fp32", ImportOptions())
    (tmp_path / "data.jsonl").write_text(
        "".join(
            json.dumps({"text": text, "labels": labels}) + "\n"
            for text, labels in (
                ("the good", ["praise"]),
                ("bad, bad", ["bug_report", "other"]),
                ("poor", []),
                ("fine", ["billing"]),
            )
        )
    )
    result = CliRunner().invoke(
        main,
        [
            "model",
            "quantize",
            str(tmp_path / "fp32"),
            "--data",
            str(tmp_path / "data.jsonl"),
            "--out",
            str(tmp_path / "asset"),
            "--calibrate",
            "--max-loss",
            "1",
            "--scheme",
            "s8-channel+e8x128",
        ],
    )
    assert result.exit_code == 0, result.output
    assert "macro F1 on data.jsonl, 4 texts" in result.output
    assert len(load_asset(tmp_path / "asset").description["thresholds"]) == len(LABELS)


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def configured(**values: object) -> object:
    def spoil(folder: Path) -> None:
        file = folder / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | values))

    return spoil


def pickled(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def broken_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"not weights")


def no_head(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file(
        {name: value for name, value in weights.items() if not name.startswith("classifier")},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def another_pre_tokenizer(folder: Path) -> None:
    file = folder / "tokenizer.json"
    file.write_text(
        json.dumps(json.loads(file.read_text()) | {"pre_tokenizer": {"type": "Whitespace"}})
    )


@pytest.mark.parametrize(
    ("spoil", "message", "hint"),
    [
        (no_config, "config.json: no such file", "save_pretrained"),
        (
            configured(model_type="t5"),
            "config.json: model_type: the family 't5' is not supported",
            "DistilBERT",
        ),
        (
            configured(architectures=["BertForMaskedLM"]),
            "architectures: BertForMaskedLM is no classifier",
            "ForSequenceClassification",
        ),
        (
            pickled,
            "pytorch_model.bin: is a pickle, and loading a pickle can run any code",
            "--allow-pickle",
        ),
        (broken_weights, "its weights cannot be read", "save_pretrained"),
        (
            no_head,
            "lacks weights that config.json asks for, classifier.bias for one",
            "fine-tune it",
        ),
        (no_weights, "holds neither model.safetensors nor an ONNX file", "save_pretrained"),
        (
            configured(problem_type="regression"),
            "problem_type: a regression of several values is not supported",
            "classifier",
        ),
        (
            configured(id2label={"0": "same", "1": "same", "2": "b", "3": "c"}, label2id={}),
            "the label 'same' is there twice",
            "--labels",
        ),
        (no_tokenizer, "holds no tokenizer", "tokenizer.save_pretrained"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_checkpoint_that_cannot_be_imported_is_refused_in_one_sentence(
    spoil: object,
    message: str,
    hint: str,
    checkpoint: Path,
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    spoil(folder)  # type: ignore[operator]
    result = CliRunner().invoke(
        main, ["model", "import", str(folder), "--out", str(tmp_path / "asset")]
    )
    assert result.exit_code == 2, result.output
    errors = [line for line in result.stderr.splitlines() if line.startswith(("error:", "hint:"))]
    assert len(errors) == 2, result.stderr
    assert message in errors[0] and hint in errors[1]
    assert not (tmp_path / "asset").exists()


def test_a_pickle_is_loaded_where_its_author_trusts_it(checkpoint: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    pickled(folder)
    assert import_model(
        str(folder), tmp_path / "asset", ImportOptions(allow_pickle=True)
    ).labels == list(LABELS)


@pytest.mark.parametrize(
    ("spoil", "options", "message"),
    [
        (
            lambda folder: (folder / "model.onnx").write_bytes(b"?"),
            {},
            "cannot be run as an ONNX model",
        ),
        (lambda folder: (folder / "tokenizer.json").unlink(), {}, "tokenizer.json: no such file"),
        (
            lambda folder: (folder / "tokenizer.json").write_text("{}"),
            {},
            "cannot be read as a tokenizer",
        ),
        (another_pre_tokenizer, {}, "its pre_tokenizer is Whitespace instead of BertPreTokenizer"),
        (
            lambda folder: (folder / "config.json").unlink(),
            {},
            "nothing says what its 4 scores mean",
        ),
        (lambda folder: None, {"labels": ["one", "two"]}, "2 labels, but the model gives 4 scores"),
    ],
)
def test_an_onnx_file_that_cannot_be_imported_is_refused(
    spoil: object,
    options: dict[str, object],
    message: str,
    onnx_folder: Path,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        shutil.copyfile(onnx_folder / name, folder / name)
    spoil(folder)  # type: ignore[operator]
    with pytest.raises(BuilderError) as caught:
        import_model(str(folder / "model.onnx"), tmp_path / "asset", ImportOptions(**options))  # type: ignore[arg-type]
    assert message in str(caught.value) and caught.value.hint
    assert not (tmp_path / "asset").exists()


def test_an_asset_that_would_answer_otherwise_is_not_written(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.models.conversion.importing.check.TOLERANCE", -1.0)
    with pytest.raises(CheckFailed, match="off its source's"):
        import_model(str(checkpoint), tmp_path / "asset", ImportOptions(texts=["fine"]))
    assert not (tmp_path / "asset").exists()


def test_a_name_that_is_neither_here_nor_an_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="no such file or folder"):
        import_model("./nowhere", tmp_path / "asset", ImportOptions())


def test_a_quantization_scheme_that_does_not_exist_is_named_with_those_that_do(
    checkpoint: Path, tmp_path: Path
) -> None:
    with pytest.raises(BuilderError, match="'int3' is no quantization scheme") as caught:
        quantize_asset(
            checkpoint, tmp_path / "asset", eval_data=None, texts=["a"], candidates=["int3"]
        )
    assert "+e4xBLOCK" in caught.value.hint
