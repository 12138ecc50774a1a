"""Check tokens that were added to a vocabulary: their matching rules have to survive the import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tokenizers import Tokenizer

from builder.errors import BuilderError


def check_added_tokens(
    tokenizer: Tokenizer, source: Callable[[str], list[int]], ours: Tokenizer, file: Path
) -> None:
    """Compare the ids of texts that hold an added token in all ways that its flags tell apart.

    :param source: the source's ids of a text.
    :param file: the tokenizer's file, for messages.
    :raises BuilderError: naming the first token whose texts get other ids.
    """
    for added in tokenizer.get_added_tokens_decoder().values():
        for text in _texts(added.content):
            if ours.encode(text).ids != source(text):
                raise BuilderError(
                    f"{file}: the extension cannot match its added token '{added.content}' as the"
                    f" tokenizer does, as in {text!r}",
                    hint=(
                        "train with a token that is matched as it is written:"
                        " AddedToken(TOKEN, normalized=False), without single_word, lstrip or"
                        " rstrip"
                    ),
                    place=str(file),
                )


def _texts(token: str) -> list[str]:
    variants = dict.fromkeys((token, token.lower(), token.upper(), token.title()))
    return [
        *(f"the {variant} is" for variant in variants),
        f"a{token}b",
        f"{token}s",
        f"a  {token}  b",
        f"{token}\n{token}",
    ]
