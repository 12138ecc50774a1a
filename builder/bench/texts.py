"""What the engine is asked: no text twice, as it may remember what it was asked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from builder.config.reader import read_text
from builder.errors import BuilderError

FRAME = 2
"""Tokens around every text, one before and one after."""
TRIES = 2000

TEMPLATES = (
    "Number {n}, please!",
    "I can't believe that it is {n} already.",
    "She was so happy about gift {n} that she cried.",
    "The train on platform {n} leaves at nine, as it always did.",
    "We waited for {n} minutes, nobody came, and in the end we went home angry and wet.",
    (
        "Room {n} has a view of the sea; the bed is a little hard, but the people at the desk were"
        " kind and the coffee was good."
    ),
    "What a terrible way to treat customer {n}.",
    (
        "On day {n} of the trip my brother was afraid of the dark, of the dog next door, of the"
        " stairs, and most of all of being left alone in a house that made noises whenever the wind"
        " came up from the river."
    ),
    "Page {n} surprised me.",
    (
        "The committee will meet {n} days from now in the room above the library, and whoever wants"
        " to speak should say so before Friday."
    ),
    (
        "I miss her every one of these {n} days, and I do not know what to do with all the time"
        " that we used to spend together."
    ),
    "Thanks for {n} wonderful years of friendship, love and patience!",
)
"""Sentences as pages have them, of 5 to 50 tokens."""


class Texts:
    """Texts to ask for: those of a file, one a line, or built-in ones. None comes twice out of one
    object.
    """

    def __init__(self, tokenizer: Tokenizer, lines: Sequence[str] = ()) -> None:
        """:param tokenizer: the model's, which neither truncates nor pads."""
        self.given = tuple(lines)
        self._tokenizer = tokenizer
        self._random = random.Random(7)  # noqa: S311 - the same texts in each run, for comparison
        self._count = 0
        self._asked: set[str] = set()
        self._words = self._single_tokens()

    def warm(self, limit: int) -> list[str]:
        """What single texts are timed on: the lines of the file in their order, else sentences; at
        most ``limit``.
        """
        return list(self.given[:limit]) or self.sentences(limit)

    def sentences(self, count: int) -> list[str]:
        """Of mixed length; lines of the file that come again carry a number."""
        return [self._sentence() for _ in range(count)]

    def _sentence(self) -> str:
        number = self._count
        self._count += 1
        if not self.given:
            return TEMPLATES[number % len(TEMPLATES)].format(n=number)
        line = self.given[number % len(self.given)]
        again = number // len(self.given)
        return f"{line} {again}" if again else line

    def of_length(self, tokens: int) -> str:
        """A text of exactly so many tokens, the two around it counted.

        :raises BuilderError: if the vocabulary makes that impossible.
        """
        if tokens <= FRAME:
            raise ValueError(f"a text has more than {FRAME} tokens")
        for _ in range(TRIES):
            words = self._random.choices(self._words, k=tokens - FRAME)
            while (
                words and (surplus := len(self._tokenizer.encode(" ".join(words)).ids) - tokens) > 0
            ):
                del words[-surplus:]
            text = " ".join(words)
            if len(self._tokenizer.encode(text).ids) == tokens and text not in self._asked:
                self._asked.add(text)
                return text
        raise BuilderError(
            f"no text of {tokens} tokens could be made of the model's vocabulary",
            hint="give texts with --texts",
        )

    def _single_tokens(self) -> list[str]:
        """Words that are one token each, wherever they stand."""
        words = sorted(
            {
                word
                for text in (*self.given[:2000], *TEMPLATES)
                for word in text.split()
                if word.isalpha()
            }
        )
        single = [
            word for word in words if len(self._tokenizer.encode(f"{word} {word}").ids) == 2 + FRAME
        ]
        return single or words


def read_lines(file: Path) -> list[str]:
    """The texts of a file, one a line; empty lines count for nothing.

    :raises BuilderError: if it cannot be read or holds none.
    """
    lines = [line.strip() for line in read_text(file).splitlines()]
    texts = [line for line in lines if line]
    if not texts:
        raise BuilderError(f"{file}: holds no text", hint="write one text a line", place=str(file))
    return texts
