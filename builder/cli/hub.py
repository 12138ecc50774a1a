"""``builder model push``."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from builder.cli.app import Command
from builder.cli.options import FILE
from builder.report import Outcome, counted, megabytes


@click.command(cls=Command)
@click.argument("asset", type=FILE)
@click.argument("repository", required=False, metavar="[OWNER/NAME]")
@click.option("--out", type=FILE, help="Write the repository's files to this folder.")
@click.option("--private", is_flag=True, help="Make a new repository private.")
def push(asset: Path, repository: str | None, out: Path | None, private: bool) -> Outcome:
    """Put an ASSET with its model card into a repository of the Hugging Face hub.

    The repository has what transformers.js and optimum look for: config.json, the tokenizer and
    onnx/. Softmax or sigmoid of its logits are the scores of the extension. asset/ holds the asset
    itself. A file that names a path of your machine is refused.

    HF_TOKEN is the token, or that of `hf auth login`. Without OWNER/NAME nothing is uploaded, and
    --out has to name a folder.

    \b
    Example:
      builder model push model_assets/emotion-open --out dist/hub
      builder model push model_assets/emotion-open me/emotion-open --private
    """
    if repository is None and out is None:
        raise click.UsageError("name a repository, like OWNER/NAME, or a folder with --out")
    from builder.files import replacing
    from builder.models.asset.asset import load_asset
    from builder.stores.hub.layout import refuse_to_overwrite, write_layout
    from builder.stores.hub.upload import upload

    if out is not None:
        refuse_to_overwrite(out)
    loaded = load_asset(asset)
    name = repository or f"OWNER/{loaded.name}"
    message = f"{loaded.name} {loaded.description['version']}"
    address = None
    with tempfile.TemporaryDirectory() as scratch:
        folder = out or Path(scratch) / "repository"
        with replacing(folder) as new:
            layout = write_layout(loaded, new, name)
        if repository is not None:
            address = upload(folder, repository, private=private, message=message)
    text = [
        f"{address or out}: {counted(len(layout.files), 'file')}, {megabytes(layout.bytes)},"
        f" licence {layout.licence}"
    ]
    if layout.restricts_use:
        text.append(
            "note: the licence restricts the use of the weights, or is unknown; LICENSE.md says so"
        )
    return Outcome(
        data=asdict(layout)
        | {"folder": None if out is None else str(out), "commit": address, "bytes": layout.bytes},
        text=text,
    )
