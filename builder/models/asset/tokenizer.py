"""An asset's tokenizer: the entry of model.json for a tokenizer.json, and Hugging Face's Rust
library set up from that entry.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from builder.config.reader import parse_json, read_text
from builder.errors import BuilderError

TOKENIZER = "tokenizer.json"
VOCABULARY = "vocab.txt"
SUPPORTED = "supported: WordPiece as BERT uses it, BPE, Unigram"
TRIAL = "a word, \u2603 \u4e2d\u6587 \U0001f600 \u0634"
"""A text with characters that few vocabularies hold: a broken tokenizer fails on it."""
LARGEST_JSON = 5_000_000
"""Bytes; addons.mozilla.org refuses larger files that are called .json."""


def describe_tokenizer(source: Path) -> dict[str, Any]:
    """The ``tokenizer`` entry of model.json for a tokenizer.json.

    :raises BuilderError: if the file cannot be read, or the extension cannot run its kind.
    """
    tokenizer = read_tokenizer(source)
    described = parse_json(read_text(source), source)
    kind = described["model"].get("type")
    frame = _frame(tokenizer, source)
    if kind == "WordPiece":
        try:
            return _describe_wordpiece(described, frame, source)
        except (KeyError, TypeError, AttributeError) as error:
            raise BuilderError(
                f"{source}: lacks a part of a WordPiece tokenizer: {error}",
                hint=SUPPORTED,
                place=str(source),
            ) from None
    if kind in ("BPE", "Unigram"):
        return _describe_whole(kind.lower(), described)
    raise BuilderError(
        f"{source}: its tokenizer is of the kind {kind}", hint=SUPPORTED, place=str(source)
    )


def describe_wordpiece_json(source: Path) -> dict[str, Any]:
    """The ``tokenizer`` entry of model.json for a WordPiece that Hugging Face's library has to run:
    our own matches added tokens only as they are written.

    :raises BuilderError: if the file cannot be read.
    """
    return _describe_whole("wordpiece_json", parse_json(read_text(source), source))


def _describe_whole(kind: str, described: dict[str, Any]) -> dict[str, Any]:
    large = len(_minified(described)) > LARGEST_JSON
    return {"kind": kind, "vocabulary": f"{TOKENIZER}.txt" if large else TOKENIZER}


def read_tokenizer(source: Path) -> Tokenizer:
    """The Rust tokenizer of a tokenizer.json, without padding and truncation.

    :raises BuilderError: if the file is missing or is no tokenizer.
    """
    if not source.is_file():
        raise BuilderError(
            f"{source}: no such file",
            place=str(source),
            hint="save the tokenizer beside the model: tokenizer.save_pretrained(FOLDER)",
        )
    text = read_text(source)
    parse_json(text, source)
    with _rust(source, "tokenizer", SUPPORTED):
        tokenizer = Tokenizer.from_str(text)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode(TRIAL)
    return tokenizer


@contextmanager
def _rust(file: Path, what: str, hint: str) -> Iterator[None]:
    """The Rust library raises plain exceptions, and where it panics, one that is no Exception. A
    panic also writes to the standard error stream, which is closed for that time.
    """
    with TemporaryFile() as nowhere:
        stderr = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        except (BuilderError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            raise BuilderError(
                f"{file}: cannot be read as a {what}: {error}", hint=hint, place=str(file)
            ) from None
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def _frame(tokenizer: Tokenizer, source: Path) -> tuple[str, str]:
    """The special tokens before and after every text."""
    tokens = tokenizer.encode("").tokens
    if len(tokens) != 2:
        raise BuilderError(
            f"{source}: puts {len(tokens)} special tokens around a text instead of two",
            place=str(source),
            hint=(
                "the extension runs models that expect one token before a text and one after it,"
                " like [CLS] ... [SEP]"
            ),
        )
    return tokens[0], tokens[1]


def _describe_wordpiece(
    described: dict[str, Any], frame: tuple[str, str], source: Path
) -> dict[str, Any]:
    normalizer, model = described["normalizer"] or {}, described["model"]
    for part, expected in (("normalizer", "BertNormalizer"), ("pre_tokenizer", "BertPreTokenizer")):
        found = (described[part] or {}).get("type", "none")
        if found != expected:
            raise BuilderError(
                f"{source}: its {part} is {found} instead of {expected}",
                hint=SUPPORTED,
                place=str(source),
            )
    vocabulary: dict[str, int] = model["vocab"]
    if sorted(vocabulary.values()) != list(range(len(vocabulary))):
        raise BuilderError(
            f"{source}: its vocabulary omits ids",
            hint="ids have to go from 0 on without a gap",
            place=str(source),
        )
    added = {entry["content"]: entry["id"] for entry in described["added_tokens"]}
    pad = next((token for token in ("[PAD]", "<pad>") if token in vocabulary), model["unk_token"])
    roles = {"unk": model["unk_token"], "cls": frame[0], "sep": frame[1], "pad": pad}
    return {
        "kind": "wordpiece",
        "vocabulary": VOCABULARY,
        "lowercase": normalizer["lowercase"],
        "strip_accents": normalizer["strip_accents"],
        "handle_chinese_chars": normalizer["handle_chinese_chars"],
        "clean_text": normalizer["clean_text"],
        "continuing_prefix": model["continuing_subword_prefix"],
        "max_word_chars": model["max_input_chars_per_word"],
        "special_tokens": {
            role: {"token": token, "id": {**vocabulary, **added}[token]}
            for role, token in roles.items()
        },
        "added_tokens": [{"token": token, "id": number} for token, number in added.items()],
    }


def write_vocabulary(source: Path, spec: dict[str, Any], folder: Path) -> None:
    """Write the file that ``spec`` names as its vocabulary, from a tokenizer.json.

    WordPiece: one token a line, in the order of their ids. Other kinds: the tokenizer.json without
    padding and truncation.
    """
    described = parse_json(read_text(source), source)
    if spec["kind"] == "wordpiece":
        vocabulary: dict[str, int] = described["model"]["vocab"]
        text = "".join(f"{token}\n" for token in sorted(vocabulary, key=vocabulary.__getitem__))
    else:
        text = _minified(described)
    (folder / spec["vocabulary"]).write_text(text, encoding="utf-8")


def _minified(described: dict[str, Any]) -> str:
    return (
        json.dumps(
            described | {"truncation": None, "padding": None},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
    )


def reference_tokenizer(spec: dict[str, Any], folder: Path, *, max_length: int | None) -> Tokenizer:
    """Set up the Rust tokenizer from the ``tokenizer`` entry of model.json.

    :param max_length: truncate to this number of tokens, special tokens included; None does not
        truncate.
    :raises BuilderError: if the vocabulary cannot be read.
    """
    file = folder / spec["vocabulary"]
    with _rust(file, "vocabulary", "import the model again: builder model import"):
        if spec["kind"] == "wordpiece":
            tokenizer = _reference_wordpiece(spec, file)
        else:
            tokenizer = Tokenizer.from_file(str(file))
            tokenizer.no_padding()
        if max_length is None:
            tokenizer.no_truncation()
        else:
            tokenizer.enable_truncation(max_length)
        tokenizer.encode(TRIAL)
    return tokenizer


def _reference_wordpiece(spec: dict[str, Any], file: Path) -> Tokenizer:
    lines = file.read_bytes().decode("utf-8").split("\n")
    vocabulary = {token: index for index, token in enumerate(lines) if token}
    special = spec["special_tokens"]
    tokenizer = Tokenizer(
        WordPiece(
            vocabulary,
            unk_token=special["unk"]["token"],
            max_input_chars_per_word=spec["max_word_chars"],
            continuing_subword_prefix=spec["continuing_prefix"],
        )
    )
    tokenizer.normalizer = BertNormalizer(
        clean_text=spec["clean_text"],
        handle_chinese_chars=spec["handle_chinese_chars"],
        strip_accents=spec["strip_accents"],
        lowercase=spec["lowercase"],
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.add_special_tokens(
        [
            AddedToken(added["token"], special=True, normalized=False)
            for added in spec["added_tokens"]
        ]
    )
    cls, sep = special["cls"], special["sep"]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{cls['token']} $A {sep['token']}",
        special_tokens=[(cls["token"], cls["id"]), (sep["token"], sep["id"])],
    )
    return tokenizer
