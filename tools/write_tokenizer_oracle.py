"""Write what Hugging Face's tokenizer makes of many texts, for the parity tests to compare with.

``python tools/write_tokenizer_oracle.py OUT --random 100000 --data ../shared/data`` writes
OUT/texts.json (strings, with JSON's escapes for what UTF-8 cannot hold), OUT/ids.bin (uint32: for
each text the number of its ids, then the ids) and OUT/offsets.bin (uint32, the same shape with two
numbers an id, in UTF-16 units).
"""

from __future__ import annotations

import argparse
import json
import random
from array import array
from collections.abc import Iterator
from pathlib import Path

from builder.models.asset.asset import load_asset
from builder.models.asset.tokenizer import reference_tokenizer

SEED = 20261124
BLOCKS = (
    (0x20, 0x7F),
    (0x20, 0x250),
    (0x250, 0x530),
    (0x590, 0x7C0),
    (0x900, 0xE00),
    (0x1100, 0x1200),
    (0x1B00, 0x1CC0),
    (0x1DC0, 0x2070),
    (0x2E80, 0x3400),
    (0x4E00, 0x5000),
    (0xAC00, 0xD7B0),
    (0xD800, 0xE000),
    (0xF900, 0x10000),
    (0x1D150, 0x1D200),
    (0x1F300, 0x1FA00),
    (0x20000, 0x20100),
    (0xE0000, 0xE0100),
    (0, 0x110000),
)
SNIPPETS = (
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[UNK]",
    "[PAD]",
    "[cls]",
    "##ing",
    " ",
    "  ",
    "\n",
    "\t",
    "\0",
    "\u200d",
    "\ufeff",
    "İ",
    "ß",
    "Ω",
    "é",
    "e\u0301",
    "\U0001d165",
    "\U0001d16d",
    "\u302e",
    "don't",
    "feeling",
    "happiness",
    "unbelievable",
    "a" * 101,
    "한국어",
    "日本語",
)


def random_texts(count: int) -> Iterator[str]:
    """Strings of 0 to 40 parts: snippets and code points from blocks where normalization has
    something to do, lone surrogates too.
    """
    source = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    for _ in range(count):
        blocks = source.choices(BLOCKS, k=source.randint(1, 4))
        parts = []
        for _ in range(source.randint(0, 40)):
            if source.random() < 0.1:
                parts.append(source.choice(SNIPPETS))
            else:
                low, high = source.choice(blocks)
                parts.append(chr(source.randrange(low, high)))
        yield "".join(parts)


def real_texts(data: Path) -> Iterator[str]:
    """All texts of Emotion and GoEmotions: tweets and comments."""
    for name in ("train", "val"):
        for line in (data / "emotion" / f"{name}.txt").read_text(encoding="utf-8").splitlines()[1:]:
            yield line.rpartition(";")[0]
    for name in ("train", "dev"):
        for line in (data / "goemotions" / f"{name}.tsv").read_text(encoding="utf-8").split("\n"):
            if line:
                yield line.split("\t")[0]


def well_formed(text: str) -> str:
    """Surrogate pairs joined, lone surrogates as U+FFFD: what JavaScript's toWellFormed gives, and
    all that the reference can take.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def write_oracle(asset_folder: Path, texts: list[str], out: Path) -> None:
    asset = load_asset(asset_folder)
    tokenizer = reference_tokenizer(asset.description["tokenizer"], asset.folder, max_length=None)
    ids, offsets = array("I"), array("I")
    for encoding, text in zip(
        tokenizer.encode_batch([well_formed(text) for text in texts]), texts, strict=True
    ):
        ids.append(len(encoding.ids))
        ids.extend(encoding.ids)
        units = utf16_places(well_formed(text))
        offsets.append(len(encoding.ids))
        offsets.extend(units[place] for span in encoding.offsets for place in span)
    out.mkdir(parents=True, exist_ok=True)
    (out / "texts.json").write_text(json.dumps(texts), encoding="ascii")
    (out / "ids.bin").write_bytes(ids.tobytes())
    (out / "offsets.bin").write_bytes(offsets.tobytes())


def utf16_places(text: str) -> list[int]:
    places = [0]
    for char in text:
        places.append(places[-1] + (2 if ord(char) > 0xFFFF else 1))
    return places


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--asset", type=Path, default=Path("model_assets/emotion"))
    parser.add_argument("--random", type=int, default=100_000)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    write_oracle(options.asset, list(real_texts(options.data)), options.out / "real")
    write_oracle(options.asset, list(random_texts(options.random)), options.out / "random")


if __name__ == "__main__":
    main()
