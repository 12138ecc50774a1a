"""``builder site``."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.cli.app import Command
from builder.cli.options import FILE, config_argument, out_option
from builder.config.extension import load_config
from builder.report import Outcome, counted, megabytes

if TYPE_CHECKING:
    from builder.site.build import Site


@click.command(cls=Command)
@config_argument
@out_option
@click.option(
    "--level",
    type=click.IntRange(1, 22),
    default=19,
    show_default=True,
    help="zstd level for the model; lower is faster to build.",
)
@click.option(
    "--key",
    "key_file",
    type=FILE,
    help="Sign the model with the key that `builder key` made, for model.public_key.",
)
@click.option("--serve", is_flag=True, help="Show the site on this machine, until Ctrl-C.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="For --serve."
)
def site(
    config: Path, out: Path, level: int, key_file: Path | None, serve: bool, port: int
) -> Outcome:
    """Write a web app from CONFIG to OUT/site, for any static host.

    It has the engine, the words and the model of the extension: a live text area with the
    chart, the latency and the sentences. After the first visit it works offline. Headers for
    Cloudflare Pages and Netlify are in `_headers`.

    \b
    Example:
      builder site --serve
    """
    from builder.site.build import build_site

    built = build_site(load_config(config), out, level=level, key=key_file)
    if serve:
        _serve(built, port)
    return Outcome(
        data={
            **asdict(built),
            "folder": str(built.folder),
            "delivered": [asdict(file) for file in built.delivered],
        },
        text=_text(built),
    )


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path), default=Path("signing-key.pem"))
def key(file: Path) -> Outcome:
    """Make a key that signs models, and write it to FILE.

    The file is secret: keep it out of the repository, and keep a copy of it. Who loses it can sign
    no model for the extensions in use any more. The printed line goes into extension.toml.

    \b
    Example:
      builder key signing-key.pem
    """
    from builder.site.signing import make_key

    public_key = make_key(file)
    return Outcome(
        data={"file": str(file), "public_key": public_key},
        text=[
            f"{file}: the private key; keep it secret, and a copy of it",
            f'public_key = "{public_key}"',
        ],
    )


def _text(built: Site) -> list[str]:
    lines = [
        f"{built.folder}: {counted(built.files, 'file')}, {megabytes(built.bytes)},"
        f" the largest {megabytes(built.largest)}",
        f"first visit: {megabytes(built.app_bytes + built.model_bytes)}"
        f" (page {megabytes(built.app_bytes)}, model and runtime"
        f" {megabytes(built.model_bytes)}); next visits: 0",
    ]
    if not built.installable:
        lines.append(
            "note: Chromium offers to install it only with icon.svg, or icon-192.png and"
            " icon-512.png, among the icons"
        )
    return lines


def _serve(built: Site, port: int) -> None:
    from builder.site.serve import serving

    with serving(built.folder, port) as address:
        for line in (*_text(built), f"{address}  (Ctrl-C ends it)"):
            click.echo(line, err=True)
        threading.Event().wait()
