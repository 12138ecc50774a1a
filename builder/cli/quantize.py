"""Making a model small."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.cli.app import Command
from builder.cli.options import FILE
from builder.errors import Problem
from builder.report import Outcome, megabytes

if TYPE_CHECKING:
    from builder.models.quantization.search import Quantized


@click.command(cls=Command)
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, help="Asset folder to write.")
@click.option(
    "--data",
    type=FILE,
    help=(
        "Labelled texts to judge by (.txt, .tsv, .csv or .jsonl); with a recipe: the folder of its"
        " data."
    ),
)
@click.option(
    "--texts",
    "texts_file",
    type=FILE,
    help="Without labelled texts: texts of yours, one a line, to compare with fp32 on.",
)
@click.option(
    "--map",
    "map_file",
    type=FILE,
    help="TOML file whose table [labels] gives the model's label for each label of the data.",
)
@click.option("--run", type=FILE, help="With a recipe: the folder with checkpoint/ and fp32.onnx.")
@click.option(
    "--max-loss",
    type=click.FloatRange(0, 1),
    default=0.001,
    show_default=True,
    help="Largest loss of the deciding metric.",
)
@click.option(
    "--scheme",
    "names",
    multiple=True,
    metavar="NAME",
    help="Quantization scheme, like s8-channel+e4x64  [default: ten schemes]",
)
@click.option(
    "--calibrate",
    is_flag=True,
    help="Find temperature and thresholds on the labelled texts, too (a recipe always does).",
)
@click.option(
    "--force",
    is_flag=True,
    help="If all schemes lose too much, write the one with the smallest loss.",
)
def quantize(
    source: Path,
    out: Path,
    data: Path | None,
    texts_file: Path | None,
    map_file: Path | None,
    run: Path | None,
    max_loss: float,
    names: tuple[str, ...],
    calibrate: bool,
    force: bool,
) -> Outcome:
    """Quantize a model: measure quantization schemes, and write the smallest one whose loss is
    within the limit.

    SOURCE is an asset that `builder model import` wrote, or a recipe.toml with --run and --data.
    Each scheme is measured for size, raw and zipped, for accuracy (macro F1 with several labels) on
    labelled texts, for agreement with fp32 and for time. Without labelled texts, agreement decides.
    If every scheme loses too much, nothing is written and the exit code is 1.

    \b
    Example:
      builder model quantize runs/my-model --data reviews.csv --out assets/my-model
      builder model quantize model_assets/emotion/recipe.toml --run runs/emotion \\
        --data ../shared/data --out model_assets/emotion
    """
    from builder.models.asset.asset import load_asset
    from builder.models.conversion.importing.importer import read_texts
    from builder.models.data.eval_data import mapping_for, read_eval_data
    from builder.models.quantization import search as quantizing
    from builder.models.quantization.schemes import DEFAULTS

    candidates = names or DEFAULTS
    if source.suffix == ".toml":
        if run is None or data is None:
            raise click.UsageError("a recipe needs --run and --data")
        outcome = quantizing.quantize(
            source, run, data, out, max_loss=max_loss, candidates=candidates, force=force
        )
    else:
        if (data is None) == (texts_file is None):
            raise click.UsageError("an asset needs either --data or --texts")
        asset = load_asset(source)
        eval_data = None
        if data is not None and asset.description["activation"] == "regression":
            raise click.UsageError("a regression needs --texts: its agreement with fp32 decides")
        if data is not None:
            eval_data = read_eval_data(
                data,
                asset.label_ids,
                multi_label=asset.description["activation"] == "sigmoid",
                mapping=mapping_for(data, map_file, source),
            )
        outcome = quantizing.quantize_asset(
            source,
            out,
            eval_data=eval_data,
            texts=read_texts(texts_file) if texts_file else None,
            max_loss=max_loss,
            candidates=candidates,
            calibrate=calibrate,
            force=force,
        )
    return _quantized(outcome)


def _quantized(outcome: Quantized) -> Outcome:
    from rich.table import Table

    search = outcome.search
    table = Table(title=f"{search.metric} on {search.data}, {search.texts} texts")
    for heading in ("scheme", "MB", "MB zipped", search.metric, "lost", "agreement", "ms"):
        table.add_column(heading, justify="left" if heading == "scheme" else "right")
    shipped = search.kept or (search.closest if outcome.asset else None)
    for row in (search.fp32, *search.candidates):
        table.add_row(
            row.name,
            f"{row.bytes / 1e6:.2f}",
            f"{row.zipped_bytes / 1e6:.2f}",
            f"{row.value:.4f}",
            f"{row.loss:.4f}",
            f"{row.agreement:.4f}",
            f"{row.latency_ms:.1f}",
            style="bold" if row == shipped else None,
        )
    least = search.closest
    if search.kept:
        verdict = (
            f"{outcome.asset}: {search.kept.name}, {megabytes(search.kept.bytes)},"
            f" {megabytes(search.kept.zipped_bytes)} zipped"
        )
    elif outcome.asset:
        verdict = (
            f"{outcome.asset}: {least.name}, the smallest loss: {least.loss:.4f} of"
            f" {search.metric}, and {search.max_loss} is allowed"
        )
    else:
        verdict = (
            f"every scheme loses more than {search.max_loss} of {search.metric} ({least.name}"
            f" {least.loss:.4f}): nothing was written"
        )
    problems = (
        []
        if search.kept
        else [
            Problem(
                "check-failed",
                verdict,
                "allow a larger loss with --max-loss, or write the best scheme with --force",
                "",
            )
        ]
    )
    data = {
        "asset": str(outcome.asset) if outcome.asset else None,
        "kept": search.kept.name if search.kept else None,
    } | asdict(search)
    return Outcome(data=data, text=[table, verdict], problems=problems, ok=search.kept is not None)
