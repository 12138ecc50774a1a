"""Random texts for the tokenizers' parity tests, by generators that each look for other faults."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence

SEED = 20261129
LAST = 0x110000
BLOCK = 0x80
SURROGATES = (0xD800, 0xE000)
MIXED_BLOCKS = (
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
    SURROGATES,
    (0xF900, 0x10000),
    (0x1D150, 0x1D200),
    (0x1F300, 0x1FA00),
    (0x20000, 0x20100),
    (0xE0000, 0xE0100),
    (0, LAST),
)
SPECIAL = ("[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "<s>", "</s>", "<pad>", "<unk>", "<mask>")
SNIPPETS = (
    *SPECIAL,
    *("[cls]", "##ing", " ", "  ", "\n", "\t", "\0", "\u200d", "\ufeff", "İ", "ß", "Ω", "é"),
    *("e\u0301", "\U0001d165", "\U0001d16d", "\u302e", "don't", "feeling", "happiness"),
    *("unbelievable", "a" * 101, "한국어", "日本語", "▁", "Ġ"),
)
SPACES = " \t\n\r\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\u200b"

Generator = Callable[[random.Random, Sequence[str]], str]


def real_text(source: random.Random, real: Sequence[str]) -> str:
    """Words of real texts, some of them changed as people and programs change them."""
    words = [word for _ in range(source.randint(1, 3)) for word in source.choice(real).split(" ")]
    for _ in range(source.randint(0, 4)):
        place = source.randrange(len(words))
        word = words[place] or "a"
        at = source.randrange(len(word) + 1)
        words[place] = source.choice(
            (
                word.upper(),
                word.title(),
                unicodedata.normalize("NFD", word),
                unicodedata.normalize("NFKC", word),
                word[:at] + source.choice("́̈̃.,!?'’-…’😭❤️·_#@") + word[at:],
                word[:at] + source.choice(SPACES) + word[at:],
                word[at:] + word[:at],
                word * 3,
            )
        )
    return source.choice((" ", " ", " ", "  ", "\n")).join(words)


def blocks(source: random.Random, real: Sequence[str]) -> str:
    """Any characters of one to three blocks, with spaces and Latin letters among them."""
    starts = [BLOCK * source.randrange(LAST // BLOCK) for _ in range(source.randint(1, 3))]
    if source.random() < 0.7:  # most of Unicode is empty, and most of what is there comes early
        starts = [BLOCK * source.randrange(0x20000 // BLOCK) for _ in starts]
    characters = []
    for _ in range(source.randint(1, 30)):
        if source.random() < 0.2:
            characters.append(source.choice(SPACES + "aé."))
        else:
            characters.append(chr(source.choice(starts) + source.randrange(BLOCK)))
    return "".join(characters)


def _edges() -> tuple[list[str], list[str]]:
    """Characters that normalization or case changes, and marks that it reorders."""
    changed, marks = [], []
    for code in range(LAST):
        char = chr(code)
        if SURROGATES[0] <= code < SURROGATES[1]:
            continue
        if unicodedata.combining(char):
            marks.append(char)
        elif unicodedata.normalize("NFKD", char) != char or len(char.lower()) > 1:
            changed.append(char)
    return changed, marks


CHANGED, MARKS = _edges()


def normalization(source: random.Random, real: Sequence[str]) -> str:
    """What decomposes, composes, folds and is reordered, with marks in any order."""
    parts = []
    for _ in range(source.randint(1, 10)):
        kind = source.random()
        base = source.choice(CHANGED) if kind < 0.6 else source.choice("aAoOiIıİsſkKñの가ᄀ ")
        parts.append(base + "".join(source.choices(MARKS, k=source.choice((0, 0, 1, 2, 4, 9)))))
        if kind > 0.9:
            parts.append(source.choice(SPACES))
    return "".join(parts)


def long_words(source: random.Random, real: Sequence[str]) -> str:
    """Words around and over the length limit of WordPiece: letters, pieces or one character."""
    words = []
    for _ in range(source.randint(1, 2)):
        length = source.choice((98, 99, 100, 101, 102, source.randint(30, 300)))
        kind = source.randrange(4)
        if kind == 0:
            word = source.choice("aé今😭\u0301가.") * length
        elif kind == 1:
            word = "".join(source.choices("etaoinshrdlué", k=length))
        elif kind == 2:
            word = "".join(source.choice(real).split(" ")[0] for _ in range(length // 4))
        else:
            word = "".join(source.choices("abcABC\u0301ß\u200dİ", k=length))
        words.append(word[:length])
    return " ".join(words)


def special_tokens(source: random.Random, real: Sequence[str]) -> str:
    """Special tokens as they stand, changed, and side by side, in and around words."""
    parts = []
    for _ in range(source.randint(1, 12)):
        token = source.choice(SPECIAL)
        at = source.randrange(len(token))
        parts.append(
            source.choice(
                (
                    token,
                    token,
                    token.lower(),
                    token[:at] + source.choice(SPACES) + token[at:],
                    token[:at] + "\u0301" + token[at:],
                    token[at:],
                    source.choice(SPACES),
                    source.choice(real)[:12],
                    "##" + token,
                )
            )
        )
    return "".join(parts)


def mixed(source: random.Random, real: Sequence[str]) -> str:
    """Up to 40 snippets and code points from blocks where normalization has something to do, lone
    surrogates too.
    """
    of = source.choices(MIXED_BLOCKS, k=source.randint(1, 4))
    parts = []
    for _ in range(source.randint(0, 40)):
        if source.random() < 0.1:
            parts.append(source.choice(SNIPPETS))
        else:
            low, high = source.choice(of)
            parts.append(chr(source.randrange(low, high)))
    return "".join(parts)


GENERATORS: tuple[Generator, ...] = (
    real_text,
    blocks,
    normalization,
    long_words,
    special_tokens,
    mixed,
)


def seeds(seed: int = SEED) -> dict[str, int]:
    """The seed of each generator."""
    return {generator.__name__: seed + index for index, generator in enumerate(GENERATORS)}


def random_texts(count: int, real: Sequence[str], seed: int = SEED) -> Iterator[str]:
    """So many texts, about as many of each generator, in turn."""
    sources = [random.Random(own) for own in seeds(seed).values()]  # noqa: S311 - reproducible, not secret
    for number in range(count):
        index = number % len(GENERATORS)
        yield GENERATORS[index](sources[index], real)
