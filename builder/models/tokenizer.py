"""The reference tokenizer of an asset: Hugging Face's Rust library, set up from model.json alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

SPECIAL_ROLES = {"unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "pad": "[PAD]"}


def describe_wordpiece(checkpoint: Path) -> dict[str, Any]:
    """The ``tokenizer`` entry of model.json for a checkpoint whose tokenizer.json is a BERT WordPiece."""
    described = json.loads((checkpoint / "tokenizer.json").read_text(encoding="utf-8"))
    normalizer, model = described["normalizer"], described["model"]
    vocabulary = model["vocab"]
    return {
        "kind": "wordpiece",
        "vocabulary": "vocab.txt",
        "lowercase": normalizer["lowercase"],
        "strip_accents": normalizer["strip_accents"],
        "handle_chinese_chars": normalizer["handle_chinese_chars"],
        "clean_text": normalizer["clean_text"],
        "continuing_prefix": model["continuing_subword_prefix"],
        "max_word_chars": model["max_input_chars_per_word"],
        "special_tokens": {role: {"token": token, "id": vocabulary[token]} for role, token in SPECIAL_ROLES.items()},
        "added_tokens": [{"token": added["content"], "id": added["id"]} for added in described["added_tokens"]],
    }


def write_vocabulary(checkpoint: Path, target: Path) -> None:
    """Write the vocabulary of a checkpoint's tokenizer.json, one token a line in the order of its ids."""
    vocabulary = Tokenizer.from_file(str(checkpoint / "tokenizer.json")).get_vocab(with_added_tokens=False)
    target.write_text("".join(f"{token}\n" for token in sorted(vocabulary, key=vocabulary.__getitem__)), encoding="utf-8")


def reference_tokenizer(spec: dict[str, Any], folder: Path, *, max_length: int | None) -> Tokenizer:
    """Set up the Rust tokenizer from the ``tokenizer`` entry of model.json.

    :param max_length: truncate to so many tokens, special ones counted; ``None`` leaves the length alone.
    """
    if spec["kind"] != "wordpiece":
        tokenizer = Tokenizer.from_file(str(folder / spec["vocabulary"]))
        return _truncating(tokenizer, max_length)
    lines = (folder / spec["vocabulary"]).read_text(encoding="utf-8").split("\n")
    vocabulary = {token: index for index, token in enumerate(lines) if token}
    special = spec["special_tokens"]
    tokenizer = Tokenizer(WordPiece(
        vocabulary, unk_token=special["unk"]["token"],
        max_input_chars_per_word=spec["max_word_chars"], continuing_subword_prefix=spec["continuing_prefix"],
    ))
    tokenizer.normalizer = BertNormalizer(
        clean_text=spec["clean_text"], handle_chinese_chars=spec["handle_chinese_chars"],
        strip_accents=spec["strip_accents"], lowercase=spec["lowercase"],
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.add_special_tokens([AddedToken(added["token"], special=True, normalized=False) for added in spec["added_tokens"]])
    cls, sep = special["cls"], special["sep"]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{cls['token']} $A {sep['token']}",
        special_tokens=[(cls["token"], cls["id"]), (sep["token"], sep["id"])],
    )
    return _truncating(tokenizer, max_length)


def _truncating(tokenizer: Tokenizer, max_length: int | None) -> Tokenizer:
    tokenizer.no_padding()
    if max_length is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_length)
    return tokenizer
