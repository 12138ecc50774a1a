"""Making and measuring models."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.commands.base import FILE, Group
from builder.report import Outcome, megabytes

if TYPE_CHECKING:
    from builder.models.train import Trained

data_option = click.option("--data", type=FILE, required=True, help="Folder that the recipe's data files are relative to.")
recipe_argument = click.argument("recipe", type=FILE)
teacher_option = partial(click.option, "--teacher", type=FILE)


@click.group(cls=Group)
def model() -> None:
    """Make and measure the model that an extension ships."""


@model.command()
@recipe_argument
@data_option
@click.option("--out", type=FILE, required=True, help="Folder for checkpoints; an interrupted run goes on from there.")
@click.option("--start", type=FILE, help="Checkpoint to go on from  [default: the base that RECIPE names]")
def train(recipe: Path, data: Path, out: Path, start: Path | None) -> Outcome:
    """Fine-tune the base model that RECIPE names; keeps the epoch that does best on the validation texts.

    A recipe that names tasks makes a teacher: one model that learns them all, saved once for each of them.

    \b
    Example:
      builder model train recipes/teacher.toml --data ../shared/data --out runs/teacher
    """
    from builder.models.recipe import read_recipe
    from builder.models.train import train as run

    return _trained(run(read_recipe(recipe), data, out, start=start))


@model.command("soft-labels")
@recipe_argument
@teacher_option(required=True, help="The teacher's checkpoint for the recipe's task.")
@data_option
def soft_labels(recipe: Path, teacher: Path, data: Path) -> Outcome:
    """Let a teacher answer all training texts; writes the file that RECIPE's student learns from.

    \b
    Example:
      builder model soft-labels model_assets/emotion/recipe.toml --teacher runs/teacher/emotion/checkpoint --data ../shared/data
    """
    from builder.models.distill import write_soft_labels
    from builder.models.recipe import Recipe

    file, count = write_soft_labels(Recipe.read(recipe), teacher, data)
    return Outcome(data={"file": str(file), "texts": count}, text=[f"{file}: answers to {count} texts, {megabytes(file.stat().st_size)}"])


@model.command()
@recipe_argument
@data_option
@teacher_option(required=False, help="Checkpoint whose layers and embeddings to start from  [default: RECIPE's base]")
@click.option("--out", type=FILE, required=True, help="Folder for checkpoints; an interrupted run goes on from there.")
def distill(recipe: Path, data: Path, teacher: Path | None, out: Path) -> Outcome:
    """Train the small student that RECIPE describes to answer as its teacher does.

    \b
    Example:
      builder model distill model_assets/emotion/recipe.toml --teacher runs/teacher/emotion/checkpoint --data ../shared/data --out runs/emo
    """
    from builder.models.distill import distill as run
    from builder.models.recipe import Recipe

    return _trained(run(Recipe.read(recipe), data, out, teacher=teacher))


def _trained(trained: Trained) -> Outcome:
    return Outcome(
        data=asdict(trained) | {"checkpoints": [str(folder) for folder in trained.checkpoints]},
        text=[
            *(f"{folder}: learned from {trained.train_examples} texts" for folder in trained.checkpoints),
            *(f"  {name.replace('_', ' ')} {value:.4f}" for name, value in trained.figures.items()),
        ],
    )


@model.command()
@click.argument("checkpoint", type=FILE)
@click.option("--out", type=FILE, required=True, help="The ONNX file to write.")
def export(checkpoint: Path, out: Path) -> Outcome:
    """Write a Hugging Face CHECKPOINT folder as a fused fp32 ONNX file.

    \b
    Example:
      builder model export runs/emotion/checkpoint --out runs/emotion/fp32.onnx
    """
    from builder.models.export import export as run

    written = run(checkpoint, out)
    size = written.stat().st_size
    return Outcome(data={"file": str(written), "bytes": size}, text=[f"{written}: {megabytes(size)}"])


@model.command()
@recipe_argument
@click.option("--run", type=FILE, required=True, help="Folder with checkpoint/ and fp32.onnx.")
@data_option
@click.option("--out", type=FILE, required=True, help="Asset folder to write.")
@click.option("--max-loss", type=click.FloatRange(0, 1), default=0.001, show_default=True, help="What int8 may lose of its figure.")
@click.option("--embedding-bits", type=click.Choice(["4", "8"]), default="4", show_default=True, help="Bits of a word embedding's values.")
def quantize(recipe: Path, run: Path, data: Path, out: Path, max_loss: float, embedding_bits: str) -> Outcome:
    """Quantize to int8, calibrate, and write the asset, unless it loses more than it may of accuracy, or macro F1 with several labels.

    \b
    Example:
      builder model quantize model_assets/emotion/recipe.toml --run runs/emotion --data ../shared/data --out model_assets/emotion
    """
    from builder.models.quantize import quantize as run_quantize

    outcome = run_quantize(recipe, run, data, out, max_loss=max_loss, embedding_bits=int(embedding_bits))
    return Outcome(
        data={"asset": str(outcome.asset), "int8": asdict(outcome.int8), "fp32": asdict(outcome.fp32)},
        text=[f"{outcome.asset}: validation {outcome.int8.metric} {outcome.int8.value:.4f} as int8, {outcome.fp32.value:.4f} as fp32"],
    )


@model.command()
@click.argument("asset", type=FILE)
@click.option("--data", "data_file", type=FILE, required=True, help="File of 'text;label' lines.")
def evaluate(asset: Path, data_file: Path) -> Outcome:
    """Measure an ASSET on labelled texts, with Python's onnxruntime.

    \b
    Example:
      builder model evaluate model_assets/emotion --data ../shared/data/emotion/val.txt
    """
    from builder.models.asset import load_asset
    from builder.models.dataset import read_examples
    from builder.models.evaluate import Scorer
    from builder.models.evaluate import evaluate as run

    loaded = load_asset(asset)
    figures = run(Scorer(loaded.folder, loaded.description), read_examples(data_file, loaded.label_ids))
    fp32 = next((entry["accuracy"] for entry in loaded.description.get("metrics", []) if entry["precision"] == "fp32"), None)
    recorded = f" (fp32 on validation when the asset was made: {fp32:.4f})" if fp32 is not None else ""
    return Outcome(data=asdict(figures), text=[
        f"accuracy {figures.accuracy:.4f}, macro F1 {figures.macro_f1:.4f}, {figures.n} texts{recorded}",
        *(f"  {row.label:<16} precision {row.precision:.3f}  recall {row.recall:.3f}  F1 {row.f1:.3f}  n {row.support}"
          for row in figures.classes),
    ])
