"""Making and measuring models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.cli.app import Group
from builder.cli.hub import push
from builder.cli.options import FILE
from builder.config.extension import BROWSERS
from builder.errors import Problem
from builder.report import Outcome, megabytes

if TYPE_CHECKING:
    from builder.models.asset.asset import Asset
    from builder.models.metrics.comparison import Difference, Share
    from builder.models.metrics.evaluate import Evaluation
    from builder.models.metrics.evaluate_sets import SetResults
    from builder.models.quantization.search import Quantized
    from builder.models.training.result import Trained

data_option = click.option(
    "--data", type=FILE, required=True, help="Folder that the recipe's data files are relative to."
)
recipe_argument = click.argument("recipe", type=FILE)
teacher_option = partial(click.option, "--teacher", type=FILE)


@click.group(cls=Group)
def model() -> None:
    """Make and measure the model that an extension ships."""


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


@model.command()
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


@model.command()
@click.argument("asset", type=FILE)
@click.option(
    "--data",
    "data_files",
    type=FILE,
    required=True,
    multiple=True,
    help="Labelled texts: .txt, .tsv, .csv or .jsonl; give it once for each data set.",
)
@click.option(
    "--compare",
    "other",
    type=FILE,
    metavar="ASSET",
    help="Another asset of the same labels: print the differences, with McNemar's test.",
)
@click.option(
    "--runtime",
    type=click.Choice(["onnx", *BROWSERS]),
    default="onnx",
    show_default=True,
    help="Python's onnxruntime, or the bundle that ships in a real browser.",
)
@click.option(
    "--map",
    "map_file",
    type=FILE,
    help=(
        "TOML file whose table [labels] gives the model's label for each label of the data"
        "  [default: its recipe]"
    ),
)
@click.option(
    "--plot",
    type=FILE,
    metavar="FOLDER",
    help="Draw the confusion matrix and the reliability diagram there, as SVG.",
)
def evaluate_command(
    asset: Path,
    data_files: tuple[Path, ...],
    other: Path | None,
    runtime: str,
    map_file: Path | None,
    plot: Path | None,
) -> Outcome:
    """Measure an ASSET on labelled texts.

    The file name's ending tells the format. .txt: `text;label`, split at the last semicolon. .tsv:
    text and label names or ids separated by commas, no header; a labels.txt beside it names the
    ids. .csv and .jsonl: text and label or labels under a header, as names or ids; a text without
    a label has nothing there, or `none`. A model of one label is not measured on texts that carry
    several.

    For a regression, the label is a number, and the result is the mean absolute error and the
    Pearson correlation.

    With several `--data`, each set gets one row with its 95 % interval, and the mean counts all
    sets alike. An answer is right if it is the label, or no clear answer for a text without one.

    \b
    Example:
      builder model evaluate model_assets/emotion --data ../shared/data/emotion/val.txt \\
        --runtime chrome
      builder model evaluate model_assets/emotion --data ../shared/data/goemotions/dev.tsv \\
        --plot plots
      builder model evaluate mine --data news.csv --data chat.csv --compare model_assets/emotion
    """
    from builder.browsers.evaluate_in_browser import score_texts
    from builder.models.asset.asset import load_asset
    from builder.models.asset.scoring import Scoring
    from builder.models.data.eval_data import mapping_for, read_eval_data
    from builder.models.metrics.evaluate import evaluate
    from builder.models.metrics.evaluate_sets import evaluate_sets
    from builder.models.metrics.plots import write_plots

    loaded = load_asset(asset)
    if Scoring.of(loaded.description).is_regression:
        if plot is not None or other is not None or map_file is not None:
            raise click.UsageError("--plot, --compare and --map are for classifiers")
        return _regression(loaded, data_files, runtime)
    if len(data_files) > 1 or other is not None:
        if plot is not None:
            raise click.UsageError("--plot draws one data set: give --data once, without --compare")
        results = evaluate_sets(
            loaded,
            data_files,
            partial(score_texts, runtime=runtime),
            map_file=map_file,
            other=None if other is None else load_asset(other),
        )
        return Outcome(
            data={"runtime": runtime, "accuracy": results.mean.value} | asdict(results),
            text=_set_table(results),
        )
    data_file = data_files[0]
    scoring = Scoring.of(loaded.description)
    data = read_eval_data(
        data_file,
        loaded.label_ids,
        multi_label=scoring.multi_label,
        mapping=mapping_for(data_file, map_file, asset),
    )
    metrics = evaluate(
        score_texts(loaded, data.texts, runtime), data.ground_truth, loaded.label_ids, scoring
    )
    plots = write_plots(metrics, loaded.label_ids, plot) if plot else []
    return Outcome(
        data={
            "runtime": runtime,
            "data": str(data_file),
            "omitted": data.omitted,
            "plots": [str(file) for file in plots],
        }
        | asdict(metrics),
        text=_metrics_lines(
            metrics, several=scoring.multi_label, omitted=data.omitted, files=plots
        ),
    )


def _regression(asset: Asset, files: Sequence[Path], runtime: str) -> Outcome:
    from rich.table import Table

    from builder.browsers.evaluate_in_browser import score_texts
    from builder.models.metrics.regression import evaluate_regression

    results = evaluate_regression(asset, files, partial(score_texts, runtime=runtime))
    table = Table("data", "texts", "mean absolute error", "Pearson correlation")
    for result in results:
        correlation = "none" if result.pearson is None else f"{result.pearson:.4f}"
        table.add_row(result.data, str(result.n), f"{result.mean_absolute_error:.4f}", correlation)
    return Outcome(
        data={"runtime": runtime, "sets": [asdict(result) for result in results]}, text=[table]
    )


def _set_table(results: SetResults) -> list[Any]:
    from rich.table import Table

    compared = results.difference is not None
    table = Table("data", "texts", "right answers", "no label, no clear answer")
    if compared:
        for title in ("difference", "McNemar's p"):
            table.add_column(title)

    def row(
        name: str, right: Share, none_kept: Share | None, difference: Difference | None
    ) -> None:
        cells = [name, str(right.n), _interval(right), _interval(none_kept) if none_kept else ""]
        if difference is not None:
            cells += [f"{difference.value:+.4f}", f"{difference.p_value:.2g}"]
        table.add_row(*cells)

    for result in results.sets:
        row(result.data, result.right, result.none_kept, result.difference)
    row("mean", results.mean, results.none_kept, results.difference)
    lines: list[Any] = [table]
    omitted = sum(result.omitted for result in results.sets)
    if omitted:
        lines.append(f"{omitted} more texts carry several labels and are omitted")
    if results.coverage:
        curve = Table("answers from a score of", "texts answered", "answers right")
        for point in results.coverage[::2]:
            right = "" if point.accuracy is None else f"{point.accuracy:.3f}"
            curve.add_row(f"{point.min_score:.2f}", f"{point.coverage:.3f}", right)
        lines.append(curve)
    return lines


def _interval(share: Share) -> str:
    return f"{share.value:.4f} ({share.low:.3f}-{share.high:.3f})"


def _metrics_lines(
    metrics: Evaluation, *, several: bool, omitted: int, files: Sequence[Path]
) -> list[Any]:
    from rich.table import Table

    lines: list[Any] = [
        f"accuracy {metrics.accuracy:.4f}, macro F1 {metrics.macro_f1:.4f}, {metrics.n} texts"
    ]
    if omitted:
        lines.append(f"{omitted} more texts carry several labels and are omitted")
    lines.append(f"expected calibration error {metrics.calibration.expected_error:.4f}")
    if several and metrics.macro_f1_halves:
        first, second = metrics.macro_f1_halves
        lines.append(
            f"macro F1 of each half with thresholds tuned on the other: {first:.4f} and"
            f" {second:.4f}"
        )
    if not several:
        lines.append(f"accuracy if no clear answer is an error {metrics.accuracy_if_clear:.4f}")
    lines.append(
        f"no clear answer: {metrics.no_clear_share:.1%} of all texts,"
        f" {metrics.no_clear_share_of_labelled:.1%} of those that carry a label",
    )
    if metrics.none:
        lines.append(
            f"{metrics.none.n} texts without a label: {metrics.none.no_clear_share:.1%} get no"
            " clear answer"
        )
        if metrics.none.auroc is not None:
            lines.append(
                "AUROC of the highest score, texts with a label from those without:"
                f" {metrics.none.auroc:.4f}"
            )
    table = Table()
    for heading in ("label", "precision", "recall", "F1", "texts"):
        table.add_column(heading, justify="left" if heading == "label" else "right")
    for row in metrics.classes:
        table.add_row(
            row.label,
            f"{row.precision:.3f}",
            f"{row.recall:.3f}",
            f"{row.f1:.3f}",
            str(row.support),
        )
    return [*lines, table, *(f"{file}" for file in files)]
