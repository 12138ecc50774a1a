"""Keep a student's checkpoint in recipes/checkpoints: float16 weights, compressed.

Quantizing again, or training on, then never starts from int8 weights::

    .venv/bin/python tools/pack_checkpoint.py runs/emotion/checkpoint recipes/checkpoints/emotion
"""

from __future__ import annotations

from pathlib import Path

import click

from builder.models.checkpoints import pack_checkpoint

LIMIT = 25_000_000  # bytes: what the repository takes as one file


@click.command()
@click.argument("checkpoint", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
def main(checkpoint: Path, out: Path) -> None:
    size = pack_checkpoint(checkpoint, out).stat().st_size
    print(f"{out}: {size / 1e6:.1f} MB")
    if size > LIMIT:
        raise SystemExit(
            f"{out}: over {LIMIT / 1e6:.0f} MB; the recipe has to train it again instead"
        )


if __name__ == "__main__":
    main()
