"""Write what Hugging Face's tokenizer makes of many texts, for the parity tests to compare with.

``python tools/write_tokenizer_oracle.py OUT --random 100000 --data ../shared/data`` writes
OUT/texts.json (strings, with JSON's escapes for what UTF-8 cannot hold), OUT/ids.bin (uint32: for
each text the number of its ids, then the ids) and OUT/offsets.bin (uint32, the same shape with two
numbers an id, in UTF-16 units).
"""

from __future__ import annotations

import argparse
import json
from array import array
from collections.abc import Iterator
from pathlib import Path

from random_texts import SEED, random_texts, seeds
from tokenizers import Tokenizer

from builder.models.asset.asset import load_asset
from builder.models.asset.tokenizer import reference_tokenizer


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


def tokenizer_of(asset_folder: Path) -> Tokenizer:
    asset = load_asset(asset_folder)
    return reference_tokenizer(asset.description["tokenizer"], asset.folder, max_length=None)


def write_oracle(tokenizer: Tokenizer, texts: list[str], out: Path) -> None:
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
    parser.add_argument("--description", type=Path, help="a tokenizer.json in place of the asset's")
    parser.add_argument("--random", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    print("seeds:", json.dumps(seeds(options.seed)))
    real = list(real_texts(options.data))
    random = list(random_texts(options.random, real, options.seed))
    if options.description:
        write_oracle(Tokenizer.from_file(str(options.description)), random, options.out)
        return
    tokenizer = tokenizer_of(options.asset)
    write_oracle(tokenizer, real, options.out / "real")
    write_oracle(tokenizer, random, options.out / "random")


if __name__ == "__main__":
    main()
