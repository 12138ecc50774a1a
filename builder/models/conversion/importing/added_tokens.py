"""Check tokens that were added to a vocabulary: their matching rules have to survive the import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from builder.errors import BuilderError
from builder.models.asset.tokenizer import reference_tokenizer
from builder.models.conversion.importing.browser_tokenizer import browser_ids

MOST = 100
"""Tokens that are checked; some vocabularies reserve hundreds that no text holds."""


def check_added_tokens(
    file: Path,
    tokenizer: Tokenizer,
    source: Callable[[str], list[int]],
    spec: dict[str, Any],
    folder: Path,
) -> bool:
    """Compare the ids of texts that hold an added token in all ways that its flags tell apart: the
    source's, the asset's in Python and, if Node is there, in the browser's code.

    :returns: whether the browser's code was run.

    :param file: the tokenizer's file, for messages.
    :param source: the source's ids of a text.
    :param spec: the ``tokenizer`` entry of model.json.
    :param folder: holds the vocabulary.
    :raises BuilderError: naming the first token whose texts get other ids.
    """
    tokens = [added.content for added in tokenizer.get_added_tokens_decoder().values()][:MOST]
    pairs = [(token, text) for token in tokens for text in _texts(token)]
    texts = [text for _, text in pairs]
    expected = [source(text) for text in texts]
    ours = reference_tokenizer(spec, folder, max_length=None)
    found: list[Sequence[list[int]]] = [[ours.encode(text).ids for text in texts]]
    if (browser := browser_ids(spec, folder, texts)) is not None:
        found.append(browser)
    for ids in found:
        for (token, text), wanted, got in zip(pairs, expected, ids, strict=True):
            if got != wanted:
                raise BuilderError(
                    f"{file}: the extension cannot match its added token '{token}' as the"
                    f" tokenizer does, as in {text!r}",
                    hint=(
                        "train with a token that is matched as it is written:"
                        " AddedToken(TOKEN, normalized=False), without single_word, lstrip or"
                        " rstrip"
                    ),
                    place=str(file),
                )
    return browser is not None


def _texts(token: str) -> list[str]:
    variants = dict.fromkeys((token, token.lower(), token.upper(), token.title()))
    return [
        *(f"the {variant} is" for variant in variants),
        f"a{token}b",
        f"{token}s",
        f"a  {token}  b",
        f"{token}\n{token}",
    ]
