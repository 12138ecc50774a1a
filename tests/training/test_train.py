"""The whole way of a model on a handful of texts: train, export, quantize, evaluate."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

import numpy as np
import pytest
import torch

from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.models.checkpoints import pack_checkpoint
from builder.models.conversion.export import export
from builder.models.data.recipe import Recipe, TrainingOptions, read_recipe
from builder.models.data.splits import read_splits
from builder.models.quantization.search import quantize
from builder.models.training.distill import (
    Teacher,
    answers,
    distill,
    read_soft_labels,
    student_loss,
    student_texts,
    write_soft_labels,
)
from builder.models.training.heads import Task, restore_task, save_task
from builder.models.training.result import Trained
from builder.models.training.trainer import (
    balanced,
    checkpoint_folder,
    task_metrics,
    train,
)
from builder.models.training.weight_interpolation import train_then_continue

transformers = pytest.importorskip("transformers")
load_file = pytest.importorskip("safetensors.numpy").load_file
save_file = pytest.importorskip("safetensors.torch").save_file
AutoModelForSequenceClassification = transformers.AutoModelForSequenceClassification
AutoTokenizer = transformers.AutoTokenizer

TEXTS = (
    ("i feel lost and alone", "sadness"),
    ("i feel happy today", "joy"),
    ("i adore you", "love"),
    ("i am furious", "anger"),
    ("i am scared of it", "fear"),
    ("i am amazed by this", "surprise"),
)


COMMENTS = (
    ("What a lovely day", "17"),
    ("This is wrong", "2,10"),
    ("The bus stops here", "27"),
    ("Odd but nice", "4,26"),
    ("Oh no", "14"),
)

EARLIER_DATA = """[[earlier_data]]
name = "Emotion"
source = "tweets"
licence = "research and education only"
restricts_use = true

"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "emotion").mkdir()
    (folder / "goemotions").mkdir()
    (folder / "emotion/train.txt").write_text(
        "".join(f"{text} number {n};{label}\n" for n in range(4) for text, label in TEXTS)
    )
    (folder / "emotion/val.txt").write_text("".join(f"{text};{label}\n" for text, label in TEXTS))
    shutil.copyfile(data / "goemotions/labels.txt", folder / "goemotions/labels.txt")
    (folder / "goemotions/train.tsv").write_text(
        "".join(f"{text} {n}\t{ids}\tx{n}\n" for n in range(2) for text, ids in COMMENTS)
    )
    (folder / "goemotions/dev.tsv").write_text(
        "".join(f"{text}\t{ids}\tx\n" for text, ids in COMMENTS)
    )
    return folder


@pytest.fixture(scope="module")
def recipe(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recipes")
    emotion = "model_assets/emotion/recipe.toml"
    for file, source in (
        ("recipes/teacher.toml", "recipes/teacher.toml"),
        (emotion, "tests/data/two_sources_recipe.toml"),
        ("model_assets/go-emotions/recipe.toml", "model_assets/go-emotions/recipe.toml"),
    ):
        text = (repository / source).read_text(encoding="utf-8")
        text = text.replace('"tweets.toml"', f'"../{emotion}"')
        (folder / file).parent.mkdir(parents=True)
        text = text.replace("../../tests/data/web_sentences.txt", "held_out.txt")
        text = text.replace("variants = { Emotion = 5 }", "variants = { Emotion = 1 }")
        (folder / file).write_text(
            re.sub(r"(?m)^epochs = [\d.]+$", "epochs = 1", text), encoding="utf-8"
        )
    (folder / "model_assets/emotion/held_out.txt").write_text(
        "what a day;joy\nthe bus is red;none\n"
    )
    return folder / "model_assets/emotion/recipe.toml"


@pytest.fixture(scope="module")
def trained(recipe: Path, data: Path) -> Trained:
    return train(
        read_recipe(recipe.parents[2] / "recipes/teacher.toml"), data, recipe.parents[2] / "run"
    )


@pytest.fixture(scope="module")
def run(recipe: Path, trained: Trained) -> Path:
    folder = recipe.parents[2] / "run"
    assert trained.train_examples == 24 + 10
    assert trained.checkpoints == [folder / "emotion/checkpoint", folder / "go-emotions/checkpoint"]
    assert set(trained.metrics) == {
        "emotion_Emotion_accuracy",
        "emotion_GoEmotions_accuracy",
        "emotion_GoEmotions_labelled_macro_f1",
        "emotion_GoEmotions_auroc",
        "go-emotions_GoEmotions_macro_f1",
        "score",
    }
    for checkpoint in trained.checkpoints:
        export(checkpoint, checkpoint.parent / "fp32.onnx")
    return folder / "emotion"


def test_the_figures_are_those_of_the_checkpoint(
    recipe: Path, data: Path, trained: Trained
) -> None:
    task = Task.of([Recipe.read(recipe)])[0]
    _, validation = read_splits(task.recipe, data)
    checkpoint = trained.checkpoints[0]
    model, tokenizer = (
        AutoModelForSequenceClassification.from_pretrained(checkpoint),
        AutoTokenizer.from_pretrained(checkpoint),
    )
    logits = answers(model, tokenizer, validation.texts, max_length=96)
    metrics = task_metrics([task], np.pad(logits, ((0, 0), (0, 1))), validation)
    del metrics["score"]  # of this task only
    assert metrics.items() <= trained.metrics.items()


def test_a_trained_model_becomes_an_asset_that_loads(recipe: Path, data: Path, run: Path) -> None:
    outcome = quantize(
        recipe, run, data, recipe.parent / "asset", max_loss=1, candidates=["s8-channel+e4x64"]
    )
    assert outcome.asset is not None and outcome.int8 is not None
    asset = load_asset(outcome.asset)
    assert asset.label_ids == [label for _, label in TEXTS]
    assert asset.description["activation"] == "softmax_with_none"
    assert {file.path for file in asset.files} == {"model.onnx", "weights.bin", "vocab.txt"}
    assert 17e6 < sum(file.bytes for file in asset.files) < 19e6  # 90 MB as fp32
    card = (asset.folder / "README.md").read_text(encoding="utf-8")
    assert "research and education only" in card.lower()
    assert f"{outcome.int8.value:.4f}" in card
    held_out = asset.description["metrics"][-1]
    answers = Scorer(asset.folder, asset.description).scores(["what a day", "the bus is red"])
    counts = answers.max(axis=1) >= asset.description["min_score"]
    assert held_out["right"] == int(counts[0] and answers[0].argmax() == 1) + int(not counts[1])
    assert f"{held_out['right']} of 2 answers are right" in card


@pytest.fixture(scope="module")
def soft_labels(recipe: Path, data: Path, run: Path) -> Path:
    teacher = run / "checkpoint"
    file, count = write_soft_labels(
        Recipe.read(recipe),
        [Teacher(teacher), Teacher(teacher, "Emotion"), Teacher(teacher, "Emotion")],
        data,
    )
    assert count == 24 + 10 + 24  # each text, and a variant of each tweet
    return file


def test_a_student_starts_from_its_teacher_and_learns_from_its_soft_labels(
    recipe: Path, data: Path, run: Path, soft_labels: Path
) -> None:
    folder = recipe.parents[2] / "student"
    described = Recipe.read(recipe)
    assert described.training.average_last == 2  # of which there is only one here
    distilled = distill(described, data, folder, teacher=run / "checkpoint")
    assert distilled.checkpoints == [folder / "checkpoint"]
    weights = load_file(folder / "checkpoint/model.safetensors")
    assert weights["electra.embeddings.word_embeddings.weight"].shape == (30522, 256)
    assert weights["classifier.out_proj.weight"].shape == (
        6,
        384,
    )  # "none of them" was folded into the six
    learned, teachers = (
        weights["electra.encoder.layer.0.intermediate.dense.weight"],
        load_file(run / "checkpoint/model.safetensors"),
    )
    assert abs(learned - teachers["bert.encoder.layer.1.intermediate.dense.weight"]).max() < 0.01
    assert described.weight_interpolation is not None
    assert (folder / "first/checkpoint/model.safetensors").is_file()


def test_a_student_continues_from_another_of_its_shape(
    recipe: Path, data: Path, run: Path, soft_labels: Path, tmp_path: Path
) -> None:
    described = replace(Recipe.read(recipe), weight_interpolation=None)
    first = distill(described, data, tmp_path / "first", teacher=run / "checkpoint")
    still = replace(described, training=replace(described.training, learning_rate=0.0))
    second = distill(still, data, tmp_path / "second", teacher=None, start=first.checkpoints[0])
    before, after = (
        load_file(trained.checkpoints[0] / "model.safetensors") for trained in (first, second)
    )
    assert before.keys() == after.keys()
    for name, value in before.items():
        assert np.allclose(value, after[name], atol=1e-6), name
    with pytest.raises(BuilderError, match="another shape"):
        distill(still, data, tmp_path / "third", teacher=None, start=run / "checkpoint")


def test_a_packed_checkpoint_is_read_like_the_one_that_it_was_made_from(
    run: Path, tmp_path: Path
) -> None:
    packed = pack_checkpoint(run / "checkpoint", tmp_path / "packed")
    assert packed.stat().st_size < 0.51 * (run / "checkpoint/model.safetensors").stat().st_size
    before = load_file(run / "checkpoint/model.safetensors")
    after = load_file(checkpoint_folder(tmp_path / "packed") / "model.safetensors")
    assert before.keys() == after.keys()
    for name, value in before.items():
        assert np.allclose(value, after[name], atol=1e-3, rtol=1e-3), name
    (tmp_path / "packed/model.safetensors").unlink()
    packed.write_bytes(packed.read_bytes()[:-1000])
    with pytest.raises(BuilderError, match="damaged"):
        checkpoint_folder(tmp_path / "packed")
    assert not (tmp_path / "packed/model.safetensors").exists()


def test_weights_are_interpolated_between_the_first_and_the_continued_training(
    recipe: Path, run: Path, tmp_path: Path
) -> None:
    (task,) = Task.of([Recipe.read(recipe)])
    continued = task.recipe.weight_interpolation
    assert continued is not None
    asked = []

    def learn(model: Any, options: TrainingOptions, out: Path) -> Trained:
        asked.append((options.epochs, options.learning_rate, out))
        folder = out / "checkpoint"
        shutil.copytree(run / "checkpoint", folder)
        save_file({"weight": torch.full((2,), float(len(asked)))}, folder / "model.safetensors")
        return Trained([folder], {}, 1)

    with patch(
        "builder.models.training.weight_interpolation.restored"
    ):  # the weights above are no model's
        train_then_continue(learn, MagicMock(), task, tmp_path)
    assert asked == [
        (1, task.recipe.training.learning_rate, tmp_path / "first"),
        (continued.epochs, continued.learning_rate, tmp_path),
    ]
    assert load_file(tmp_path / "checkpoint/model.safetensors")["weight"].tolist() == pytest.approx(
        [1 + continued.alpha] * 2
    )
    assert load_file(tmp_path / "first/checkpoint/model.safetensors")["weight"].tolist() == [1, 1]


def test_each_text_gets_the_mean_of_the_teachers_of_its_data(
    recipe: Path, data: Path, run: Path, soft_labels: Path
) -> None:
    described, checkpoint = Recipe.read(recipe), run / "checkpoint"
    assert described.student is not None
    split = student_texts(described, described.student, data)[0]
    model, tokenizer = (
        AutoModelForSequenceClassification.from_pretrained(checkpoint),
        AutoTokenizer.from_pretrained(checkpoint),
    )
    alone = answers(model, tokenizer, split.texts, max_length=96)
    assert (
        np.abs(read_soft_labels(soft_labels, described, split.texts)[:, :6] - alone).max() < 0.05
    )  # bfloat16, in other company
    with pytest.raises(BuilderError, match="no teacher answers its texts"):
        write_soft_labels(described, [Teacher.parse(f"Emotion={checkpoint}")], data)
    with pytest.raises(BuilderError, match="no data of that name"):
        write_soft_labels(described, [Teacher.parse(f"Tweets={checkpoint}")], data)


def test_soft_labels_of_other_texts_are_refused(recipe: Path, soft_labels: Path) -> None:
    described = Recipe.read(recipe)
    with pytest.raises(BuilderError, match="soft labels of other texts"):
        read_soft_labels(soft_labels, described, ["one", "two"])
    soft_labels.with_name("broken.npz").write_bytes(b"PK")
    with pytest.raises(BuilderError, match="no soft labels"):
        read_soft_labels(soft_labels.with_name("broken.npz"), described, ["one"])


def test_a_saved_task_gets_its_last_layer_back_and_none_of_them_beside_it(
    recipe: Path, run: Path
) -> None:
    checkpoint, task = run / "checkpoint", Task.of([Recipe.read(recipe)])[0]
    saved = AutoModelForSequenceClassification.from_pretrained(checkpoint).eval()
    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint, num_labels=task.end, ignore_mismatched_sizes=True
    ).eval()
    restore_task(model, saved, task)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    logits = answers(model, tokenizer, ["what a day"], max_length=96)
    assert logits[0, -1] == 0
    assert np.allclose(
        logits[:, :-1], answers(saved, tokenizer, ["what a day"], max_length=96), atol=1e-4
    )


def test_a_training_goes_on_from_a_checkpoint(recipe: Path, data: Path, run: Path) -> None:
    several = Recipe.read(recipe.parents[1] / "go-emotions/recipe.toml")
    folder, start = recipe.parents[2] / "further", run.parent / "go-emotions/checkpoint"
    (further,) = train(several, data, folder, start=start).checkpoints
    name = "classifier.weight"
    before, after = (load_file(folder / "model.safetensors")[name] for folder in (start, further))
    assert abs(before - after).max() < 0.01  # a new layer would differ by ten times as much
    with pytest.raises(BuilderError, match=r"holds no model\.safetensors"):
        train(several, data, recipe.parents[2] / "nowhere", start=recipe.parent)


def test_a_model_of_several_labels_has_a_threshold_for_each(
    recipe: Path, data: Path, run: Path
) -> None:
    several = recipe.parents[1] / "go-emotions/further.toml"
    text = several.with_name("recipe.toml").read_text(encoding="utf-8")
    several.write_text(text.replace("[training]", EARLIER_DATA + "[training]"), encoding="utf-8")
    outcome = quantize(
        several,
        run.parent / "go-emotions",
        data,
        several.parent / "asset",
        max_loss=1,
        candidates=["s8-channel+e8x128"],
    )
    assert outcome.asset is not None and outcome.int8 is not None
    asset = load_asset(outcome.asset)
    assert asset.description["activation"] == "sigmoid"
    assert asset.description["thresholds"] == list(outcome.int8.scoring.thresholds or ())
    assert len(asset.description["thresholds"]) == 28
    assert outcome.int8.halves is not None
    assert outcome.int8.value == pytest.approx(sum(outcome.int8.halves) / 2)
    assert 22e6 < sum(file.bytes for file in asset.files) < 24e6
    assert asset.description["licence"][
        "restricts_use"
    ]  # by the data that what it starts from has learned from
    assert "trained on Emotion" in (asset.folder / "README.md").read_text(encoding="utf-8")


def test_a_model_that_loses_more_than_it_may_is_not_written(
    recipe: Path, data: Path, run: Path
) -> None:
    outcome = quantize(
        recipe, run, data, recipe.parent / "refused", max_loss=-1, candidates=["s8-channel+e4x64"]
    )  # none gains as much
    assert outcome.asset is None and outcome.search.kept is None
    assert not (recipe.parent / "refused").exists()


def test_a_folder_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match=r"holds no model\.safetensors"):
        export(tmp_path, tmp_path / "out.onnx")


def test_a_recipe_with_an_unknown_key_is_refused(recipe: Path, tmp_path: Path) -> None:
    changed = tmp_path / "recipe.toml"
    changed.write_text(
        recipe.read_text(encoding="utf-8").replace("seed = 7", "seed = 7\nlerning_rate = 1"),
        encoding="utf-8",
    )
    with pytest.raises(BuilderError, match=r"training\.lerning_rate: unknown key"):
        Recipe.read(changed)


def test_a_student_learns_from_what_is_known_of_each_text(recipe: Path) -> None:
    described = Recipe.read(recipe)
    assert described.student is not None
    (task,), student = Task.of([described]), described.student
    logits, soft = torch.randn(3, 7), torch.randn(3, 7)
    hard = torch.eye(7)[:3].clone()
    soft[0], hard[2] = (
        torch.nan,
        torch.nan,
    )  # one text without a teacher's answer, one without a true label
    true = torch.nn.functional.cross_entropy(logits, torch.arange(3), reduction="none")
    taught = [(values / student.temperature).softmax(1) for values in (soft, logits)]
    teachers = student.temperature**2 * (taught[0] * (taught[0].log() - taught[1].log())).sum(1)
    expected = (true[0] + student.hard_weight * true[1] + teachers[1] + teachers[2]) / 3
    assert student_loss(task, student, logits, torch.cat([hard, soft], dim=1)) == pytest.approx(
        float(expected), rel=1e-5
    )
    assert student_loss(task, student, logits[:2], hard[:2]) == pytest.approx(
        float(true[:2].mean()), rel=1e-5
    )  # validation


def test_a_student_of_several_labels_learns_each_label_by_itself(recipe: Path) -> None:
    student = Recipe.read(recipe).student
    assert student is not None
    (task,) = Task.of([Recipe.read(recipe.parents[1] / "go-emotions/recipe.toml")])
    logits, soft, hard = torch.randn(2, 28), torch.randn(2, 28), (torch.rand(2, 28) < 0.1).float()
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    expected = (
        entropy(logits, soft.sigmoid(), reduction="sum")
        + student.hard_weight * entropy(logits, hard, reduction="sum")
    ) / 2
    assert student_loss(task, student, logits, torch.cat([hard, soft], dim=1)) == pytest.approx(
        float(expected), rel=1e-5
    )
    assert student_loss(task, student, logits, hard) == pytest.approx(
        float(entropy(logits, hard, reduction="sum") / 2), rel=1e-5
    )


def test_weighing_rare_labels_more_leaves_their_scores_probabilities(
    recipe: Path, data: Path, run: Path
) -> None:
    several = Recipe.read(recipe.parents[1] / "go-emotions/recipe.toml")
    training, _ = read_splits(several, data)
    task = balanced(Task.of([several])[0], training)
    carried = training.targets.sum(axis=0)
    assert task.positive_weights == pytest.approx(
        ((10 - np.maximum(carried, 1)) / np.maximum(carried, 1)) ** several.training.balance
    )
    checkpoint = run.parent / "go-emotions/checkpoint"
    model, tokenizer = (
        AutoModelForSequenceClassification.from_pretrained(checkpoint),
        AutoTokenizer.from_pretrained(checkpoint),
    )
    save_task(model, tokenizer, task, run.parent / "corrected")
    biases = [
        load_file(folder / "model.safetensors")["classifier.bias"]
        for folder in (checkpoint, run.parent / "corrected")
    ]
    assert np.log(task.positive_weights) == pytest.approx(biases[0] - biases[1], abs=1e-5)
    restore_task(
        model, AutoModelForSequenceClassification.from_pretrained(run.parent / "corrected"), task
    )
    assert model.classifier.bias.detach().numpy() == pytest.approx(biases[0], abs=1e-5)


def test_the_example_recipe_trains_a_model_of_its_labels(repository: Path, tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(
        (repository / "recipes/example.toml")
        .read_text(encoding="utf-8")
        .replace("epochs = 4", "epochs = 1"),
        encoding="utf-8",
    )
    for name in ("train.txt", "val.txt"):
        (tmp_path / name).write_text(f"a fine film of {name};good\na poor film of {name};bad\n")
    (checkpoint,) = train(Recipe.read(file), tmp_path, tmp_path / "run").checkpoints
    export(checkpoint, tmp_path / "run/fp32.onnx")
    outcome = quantize(
        file,
        tmp_path / "run",
        tmp_path,
        tmp_path / "asset",
        max_loss=1,
        candidates=["s8-channel+e4x64"],
    )
    assert outcome.asset is not None
    asset = load_asset(outcome.asset)
    assert asset.label_ids == ["bad", "good"]
    assert (asset.description["activation"], asset.description["min_score"]) == ("softmax", 0)


def test_the_last_epochs_can_be_averaged(repository: Path, tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    text = (repository / "recipes/example.toml").read_text(encoding="utf-8")
    file.write_text(text.replace("epochs = 4", "epochs = 2\naverage_last = 2"), encoding="utf-8")
    for name in ("train.txt", "val.txt"):
        (tmp_path / name).write_text(f"a fine film of {name};good\na poor film of {name};bad\n")
    (checkpoint,) = train(Recipe.read(file), tmp_path, tmp_path / "run").checkpoints
    name = "bert.encoder.layer.0.output.dense.weight"
    epochs = [
        load_file(folder / "model.safetensors")[name]
        for folder in (tmp_path / "run/epochs").glob("checkpoint-*")
    ]
    assert len(epochs) == 2
    assert load_file(checkpoint / "model.safetensors")[name] == pytest.approx(
        (epochs[0] + epochs[1]) / 2, abs=1e-6
    )
