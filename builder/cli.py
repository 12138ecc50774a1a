"""The command ``builder``: each command names its inputs, calls one function and prints."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from builder import __version__
from builder.config import BROWSERS, load_config
from builder.errors import BuilderError
from builder.report import STANDARD_OUTPUT, megabytes, write_envelope

FILE = click.Path(path_type=Path)
INTERRUPTED = 130


class Main(click.Group):
    """The one place where errors become sentences and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BuilderError as error:
            failed = ctx.meta.get("builder.json")
            if failed is not None:
                write_envelope(failed[0], failed[1], {}, error)
            click.echo(f"error: {error}", err=True)
            if error.hint:
                click.echo(f"hint: {error.hint}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)


def _remember_json(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        ctx.meta["builder.json"] = (value, ctx.info_name)
    return value


json_option = click.option(
    "--json", "json_target", metavar="[FILE]", is_flag=False, flag_value=STANDARD_OUTPUT, callback=_remember_json,
    help="Report as JSON, to FILE or to standard output.",
)
browser_option = click.option(
    "--browser", type=click.Choice([*BROWSERS, "all"]), default="all", show_default=True, help="What to build for; chrome is any Chromium.",
)
config_argument = click.argument("config", type=FILE, default=Path("extension.toml"))
out_option = click.option("--out", type=FILE, default=Path("dist"), show_default=True, help="Folder for the output.")
data_option = click.option("--data", type=FILE, required=True, help="Folder that the recipe's data files are relative to.")
recipe_argument = click.argument("recipe", type=FILE)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="builder")
def main() -> None:
    """Package a text classifier into a browser extension that runs it on the user's own device."""


@main.command()
@config_argument
@browser_option
@out_option
@json_option
def build(config: Path, browser: str, out: Path, json_target: str | None) -> None:
    """Write the extension that CONFIG describes, unpacked, as a browser loads it.

    \b
    Example:
      builder build extension.toml --browser chrome
    """
    from builder.bundle import build_extension

    bundles = build_extension(load_config(config), out, _browsers(browser))
    if json_target is not None:
        data = {"bundles": [{"browser": b.browser, "folder": str(b.folder), "files": len(b.files), "bytes": b.bytes} for b in bundles]}
        write_envelope(json_target, "build", data)
    if json_target != STANDARD_OUTPUT:
        for bundle in bundles:
            click.echo(f"{bundle.folder}: {len(bundle.files)} files, {megabytes(bundle.bytes)}")


@main.command()
@config_argument
@browser_option
@out_option
@json_option
def pack(config: Path, browser: str, out: Path, json_target: str | None) -> None:
    """Build the extension that CONFIG describes and pack a store zip for each browser.

    \b
    Example:
      builder pack extension.toml
    """
    from builder.bundle import pack_extension

    bundles, packages, asset = pack_extension(load_config(config), out, _browsers(browser))
    licence = asset.description["licence"]
    if json_target is not None:
        write_envelope(json_target, "pack", {
            "bundles": [{"browser": b.browser, "folder": str(b.folder), "files": len(b.files), "bytes": b.bytes} for b in bundles],
            "packages": [asdict(package) | {"file": str(package.file)} for package in packages],
            "asset": {"name": asset.name, "version": asset.description["version"], "licence": licence},
        })
    if json_target != STANDARD_OUTPUT:
        for bundle, package in zip(bundles, packages, strict=True):
            click.echo(f"{bundle.folder}: {len(bundle.files)} files, {megabytes(bundle.bytes)}, ready to load unpacked")
            click.echo(f"{package.file}: {megabytes(package.bytes)}\n  sha256 {package.sha256}")
        if licence.get("restricts_use"):
            click.echo(f"note: the licence of the model '{asset.name}' restricts its use: {licence['name']} (see its card)")


@main.group()
def model() -> None:
    """Make and measure the model that an extension ships."""


@model.command()
@recipe_argument
@data_option
@click.option("--out", type=FILE, required=True, help="Folder for checkpoints; an interrupted run goes on from there.")
def train(recipe: Path, data: Path, out: Path) -> None:
    """Fine-tune the base model that RECIPE names; keeps the epoch with the best validation accuracy.

    \b
    Example:
      builder model train model_assets/emotion/recipe.toml --data ../shared/data --out runs/emotion
    """
    from builder.models.recipe import Recipe
    from builder.models.train import train as run

    trained = run(Recipe.read(recipe), data, out)
    accuracy = f"validation accuracy {trained.validation_accuracy:.4f}"
    click.echo(f"{trained.checkpoint}: {accuracy} (fp32, {trained.train_examples} training texts)")


@model.command()
@click.argument("checkpoint", type=FILE)
@click.option("--out", type=FILE, required=True, help="The ONNX file to write.")
def export(checkpoint: Path, out: Path) -> None:
    """Write a Hugging Face CHECKPOINT folder as a fused fp32 ONNX file.

    \b
    Example:
      builder model export runs/emotion/checkpoint --out runs/emotion/fp32.onnx
    """
    from builder.models.export import export as run

    written = run(checkpoint, out)
    click.echo(f"{written}: {megabytes(written.stat().st_size)}")


@model.command()
@recipe_argument
@click.option("--run", type=FILE, required=True, help="Folder with checkpoint/ and fp32.onnx.")
@data_option
@click.option("--out", type=FILE, required=True, help="Asset folder to write.")
@click.option("--max-loss", type=click.FloatRange(0, 1), default=0.001, show_default=True, help="Validation accuracy that int8 may lose.")
def quantize(recipe: Path, run: Path, data: Path, out: Path, max_loss: float) -> None:
    """Quantize to int8 and write the asset, unless it loses more accuracy than it may.

    \b
    Example:
      builder model quantize model_assets/emotion/recipe.toml --run runs/emotion --data ../shared/data --out model_assets/emotion
    """
    from builder.models.quantize import quantize as run_quantize

    outcome = run_quantize(recipe, run, data, out, max_loss=max_loss)
    click.echo(f"{outcome.asset}: validation accuracy {outcome.int8.accuracy:.4f} as int8, {outcome.fp32.accuracy:.4f} as fp32")


@model.command()
@click.argument("asset", type=FILE)
@click.option("--data", "data_file", type=FILE, required=True, help="File of 'text;label' lines.")
@json_option
def evaluate(asset: Path, data_file: Path, json_target: str | None) -> None:
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
    if json_target is not None:
        write_envelope(json_target, "evaluate", asdict(figures))
    if json_target != STANDARD_OUTPUT:
        fp32 = next((entry["accuracy"] for entry in loaded.description.get("metrics", []) if entry["precision"] == "fp32"), None)
        recorded = f" (fp32 on validation when the asset was made: {fp32:.4f})" if fp32 is not None else ""
        click.echo(f"accuracy {figures.accuracy:.4f}, macro F1 {figures.macro_f1:.4f}, {figures.n} texts{recorded}")
        for row in figures.classes:
            click.echo(f"  {row.label:<16} precision {row.precision:.3f}  recall {row.recall:.3f}  F1 {row.f1:.3f}  n {row.support}")


def _browsers(choice: str) -> tuple[str, ...]:
    return BROWSERS if choice == "all" else (choice,)
