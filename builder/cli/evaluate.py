"""Measuring a model on labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.cli.app import Command
from builder.cli.options import FILE
from builder.config.extension import BROWSERS
from builder.report import Outcome

if TYPE_CHECKING:
    from builder.models.asset.asset import Asset
    from builder.models.metrics.comparison import Difference, Share
    from builder.models.metrics.evaluate import Evaluation
    from builder.models.metrics.evaluate_sets import SetResults


@click.command(cls=Command)
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
