"""``builder edge``."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path

import click

from builder.cli.app import Command
from builder.cli.options import config_argument, out_option
from builder.config.extension import load_config
from builder.report import Outcome, counted, megabytes


@click.command(cls=Command)
@config_argument
@out_option
@click.option("--serve", is_flag=True, help="Run the worker on this machine, until Ctrl-C.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="For --serve."
)
def edge(config: Path, out: Path, serve: bool, port: int) -> Outcome:
    """Write a worker to OUT/edge that answers texts at the edge of a network, for Cloudflare
    Workers and for workerd.

    It has the engine and the model of CONFIG's extension, for devices that cannot run them. It
    answers as Hugging Face's inference API does: `{"inputs": "a text"}` gives labels with scores.

    \b
    Example:
      builder edge --serve
    """
    from builder.site.edge import build_edge

    built = build_edge(load_config(config), out)
    text = [
        f"{built.folder}: {counted(built.modules, 'module')}, {megabytes(built.worker_bytes)}"
        f" ({megabytes(built.compressed_bytes)} with gzip),"
        f" model {megabytes(built.asset_bytes)}",
    ]
    if serve:
        _serve(built.folder, port, text)
    text.append(f"next, in {built.folder}: npx wrangler deploy, or npx workerd serve workerd.capnp")
    return Outcome(data=asdict(built) | {"folder": str(built.folder)}, text=text)


def _serve(folder: Path, port: int, text: list[str]) -> None:
    from builder.site.workerd import serving

    with serving(folder, port) as worker:
        for line in (*text, f"{worker.url}  (Ctrl-C ends it)"):
            click.echo(line, err=True)
        threading.Event().wait()
