"""Families of models, as a table, and one of each made into a package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from builder.cli import main
from builder.models.asset.sample_texts import SAMPLE_TEXTS
from tests.support.checkpoints import write_checkpoint
from tests.support.tiny import write_extension

TEXTS = ["the good and the fine", "bad, bad, bad!", "Grüße aus Köln", "is it poor?"]


@dataclass(frozen=True)
class Family:
    """What comes of a tiny checkpoint. ``longest``: tokens in one go, of 66 positions."""

    tokenizer: str
    longest: int
    fused: bool = True


FAMILIES = {
    "bert": Family("wordpiece", 66),
    "distilbert": Family("wordpiece", 64),
    "electra": Family("wordpiece", 66),
    "roberta": Family("bpe", 64),
    "xlm-roberta": Family("unigram", 64),
    "camembert": Family("unigram", 64),
    "mpnet": Family("wordpiece", 64, fused=False),
    "albert": Family("unigram", 66),
    "deberta-v2": Family("unigram", 66, fused=False),
    "modernbert": Family("bpe", 66, fused=False),
}


def pack_family(name: str, folder: Path, browser: str) -> Path:
    """Import, quantize and pack a tiny checkpoint, as an author does. The assets are in ``fp32``
    and ``asset``.

    :returns: the package.
    """
    write_checkpoint(folder / "checkpoint", name)
    texts = folder / "texts.txt"
    texts.write_text(
        "".join(text.replace("\n", " ") + "\n" for text in SAMPLE_TEXTS), encoding="utf-8"
    )
    _run("model", "import", folder / "checkpoint", "--out", folder / "fp32", "--licence", "mit")
    _run(
        *("model", "quantize", folder / "fp32", "--texts", texts, "--out", folder / "asset"),
        *("--max-loss", "1", "--scheme", "s8-channel+e8x128"),
    )
    config = write_extension(folder / "extension.toml", "asset")
    _run("pack", config, "--out", folder / "dist", "--browser", browser)
    return next((folder / "dist").glob(f"*-{browser}.zip"))


def _run(*arguments: str | Path) -> None:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
