"""Making and measuring models."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.cli.app import Group
from builder.cli.evaluate import evaluate_command
from builder.cli.hub import push
from builder.cli.options import FILE
from builder.cli.quantize import quantize
from builder.report import Outcome, megabytes

if TYPE_CHECKING:
    from builder.models.training.result import Trained

data_option = click.option(
    "--data", type=FILE, required=True, help="Folder that the recipe's data files are relative to."
)
recipe_argument = click.argument("recipe", type=FILE)
teacher_option = partial(click.option, "--teacher", type=FILE)


@click.group(cls=Group)
def model() -> None:
    """Make and measure the model that an extension ships."""


model.add_command(evaluate_command)
model.add_command(quantize)
model.add_command(push)


@model.command()
@recipe_argument
@data_option
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="Folder for checkpoints; an interrupted run goes on from there.",
)
@click.option(
    "--start", type=FILE, help="Checkpoint to go on from  [default: the base that RECIPE names]"
)
def train_command(recipe: Path, data: Path, out: Path, start: Path | None) -> Outcome:
    """Fine-tune the base model that RECIPE names; keeps the epoch that does best on the validation
    texts.

    A recipe that names tasks makes a teacher: one model that learns them all, saved once for each
    of them.

    \b
    Example:
      builder model train recipes/teacher.toml --data ../shared/data --out runs/teacher
    """
    from builder.models.data.recipe import read_recipe
    from builder.models.training.trainer import train

    return _trained(train(read_recipe(recipe), data, out, start=start))


@model.command("soft-labels")
@recipe_argument
@click.option(
    "--teacher",
    "teachers",
    metavar="[SOURCE=]FOLDER",
    multiple=True,
    required=True,
    help=(
        "Checkpoint of a teacher, perhaps for one of RECIPE's data only; several answer by the mean"
        " of their logits."
    ),
)
@data_option
def soft_labels(recipe: Path, teachers: tuple[str, ...], data: Path) -> Outcome:
    """Let teachers answer all training texts; writes the file that RECIPE's student learns from.

    \b
    Example:
      builder model soft-labels model_assets/emotion/recipe.toml --data ../shared/data \\
        --teacher runs/emotion-teacher/checkpoint
    """
    from builder.models.data.recipe import Recipe
    from builder.models.training.distill import Teacher, write_soft_labels

    file, count = write_soft_labels(
        Recipe.read(recipe), [Teacher.parse(text) for text in teachers], data
    )
    return Outcome(
        data={"file": str(file), "texts": count},
        text=[f"{file}: answers to {count} texts, {megabytes(file.stat().st_size)}"],
    )


@model.command()
@recipe_argument
@data_option
@teacher_option(
    required=False,
    help="Checkpoint whose layers and embeddings to start from  [default: RECIPE's base]",
)
@click.option("--start", type=FILE, help="Student of the same shape whose training to continue")
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="Folder for checkpoints; an interrupted run goes on from there.",
)
def distill_command(
    recipe: Path, data: Path, teacher: Path | None, start: Path | None, out: Path
) -> Outcome:
    """Train the small student that RECIPE describes to answer as its teacher does.

    \b
    Example:
      builder model distill model_assets/emotion/recipe.toml --data ../shared/data \\
        --out runs/emotion
    """
    from builder.models.data.recipe import Recipe
    from builder.models.training.distill import distill

    return _trained(distill(Recipe.read(recipe), data, out, teacher=teacher, start=start))


def _trained(trained: Trained) -> Outcome:
    return Outcome(
        data=asdict(trained) | {"checkpoints": [str(folder) for folder in trained.checkpoints]},
        text=[
            *(
                f"{folder}: learned from {trained.train_examples} texts"
                for folder in trained.checkpoints
            ),
            "best epoch on the validation texts:",
            *(f"  {name.replace('_', ' ')} {value:.4f}" for name, value in trained.metrics.items()),
        ],
    )


@model.command()
@click.argument("checkpoint", type=FILE)
@click.option("--out", type=FILE, required=True, help="The ONNX file to write.")
def export_command(checkpoint: Path, out: Path) -> Outcome:
    """Write a Hugging Face CHECKPOINT folder as a fused fp32 ONNX file.

    \b
    Example:
      builder model export runs/emotion/checkpoint --out runs/emotion/fp32.onnx
    """
    from builder.models.conversion.export import export

    written = export(checkpoint, out)
    size = written.stat().st_size
    return Outcome(
        data={"file": str(written), "bytes": size}, text=[f"{written}: {megabytes(size)}"]
    )


def _scale(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[float, float] | None:
    if value is None:
        return None
    try:
        low, high = map(float, value.split(","))
    except ValueError:
        raise click.BadParameter(f"'{value}' is not LOW,HIGH, like 1,5") from None
    return low, high


@model.command("import")
@click.argument("source")
@click.option("--out", type=FILE, required=True, help="Asset folder to write, with fp32 weights.")
@click.option(
    "--name", metavar="NAME", help="The model's name  [default: its folder's or its id's]"
)
@click.option(
    "--labels",
    metavar="A,B,...",
    help="Label ids in the order of the scores  [default: as config.json says]",
)
@click.option(
    "--licence",
    metavar="NAME",
    help="The model's licence, like apache-2.0  [default: as its README says]",
)
@click.option(
    "--texts",
    "texts_file",
    type=FILE,
    help="Texts of yours, one a line, to compare asset and source on  [default: ours]",
)
@click.option(
    "--revision",
    metavar="REVISION",
    help="Branch, tag or commit on the hub  [default: its main branch]",
)
@click.option(
    "--allow-pickle",
    is_flag=True,
    help="Load weights that are a pickle: it can run any code that its maker put in.",
)
@click.option(
    "--multi-label/--single-label",
    default=None,
    help="Whether several labels can apply  [default: as config.json or the graph says]",
)
@click.option(
    "--scale",
    metavar="LOW,HIGH",
    callback=_scale,
    help="Of a regression: the ends of its scale, like 1,5  [default: scale in config.json]",
)
def import_(
    source: str,
    out: Path,
    name: str | None,
    labels: str | None,
    scale: tuple[float, float] | None,
    licence: str | None,
    texts_file: Path | None,
    revision: str | None,
    allow_pickle: bool,
    multi_label: bool | None,
) -> Outcome:
    """Make an asset of a model that you bring, and compare it with its source: same token ids, same
    logits within 0.001.

    SOURCE is a checkpoint folder as transformers saves it, an ONNX file with its tokenizer.json
    beside it, or the id of a model on the Hugging Face hub. BERT and MiniLM, DistilBERT, ELECTRA,
    RoBERTa, XLM-RoBERTa, CamemBERT, MPNet, ALBERT, DeBERTa v2 and v3 and ModernBERT are supported,
    with one label or several, or one value on a scale; weights have to be safetensors. Checkpoints
    need the extra 'train'; ONNX files need nothing more. `builder model quantize` then makes it
    small.

    \b
    Example:
      builder model import my-checkpoint --out runs/my-model
    """
    from builder.models.conversion.importing.importer import ImportOptions, import_model, read_texts

    imported = import_model(
        source,
        out,
        ImportOptions(
            name=name,
            labels=[label.strip() for label in labels.split(",")] if labels else None,
            licence=licence,
            revision=revision,
            allow_pickle=allow_pickle,
            multi_label=multi_label,
            scale=scale,
            texts=read_texts(texts_file) if texts_file else None,
        ),
    )
    check = imported.check
    kind = {"sigmoid": "several labels of", "regression": "a value, number"}.get(
        imported.activation, "one label of"
    )
    return Outcome(
        data=asdict(imported) | {"asset": str(imported.asset)},
        text=[
            (
                f"{imported.asset}: {imported.family}, {imported.tokenizer}, {kind}"
                f" {len(imported.labels)}, {megabytes(imported.bytes)}"
            ),
            (
                f"  compared with its source on {check.texts} texts: same ids for all, logits"
                f" differ by {check.largest_difference:.2g} at most"
            ),
            *(f"note: {note}" for note in imported.notes),
            f"next: builder model quantize {imported.asset} --texts FILE --out ASSET",
        ],
    )
