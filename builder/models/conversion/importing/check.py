"""Compare an imported asset with its source: the same token ids, and the same logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builder.errors import CheckFailed
from builder.models.asset.sample_texts import SAMPLE_TEXTS
from builder.models.asset.scorer import Scorer
from builder.models.asset.tokenizer import reference_tokenizer
from builder.models.conversion.importing.browser_tokenizer import browser_ids
from builder.models.conversion.importing.opened import OpenedModel
from builder.progress import work

TOLERANCE = 1e-3
"""The largest difference of a logit: fused operators add in another order."""
ALLOWED_SHARE = 0.1
"""Share of texts whose ids may differ: the browser's library normalizes some rare characters
differently.
"""


@dataclass(frozen=True)
class Check:
    """The result of a comparison."""

    texts: int
    built_in: bool
    """Whether the texts are ours or the author's."""
    same_ids: int
    """Texts with the same token ids."""
    largest_difference: float
    """Of any logit."""
    tolerance: float
    browser_same_ids: int | None = None
    """Texts with the same token ids in the extension's own code; None if Node is missing."""
    text_ms: float | None = None
    """The median time of a text in onnxruntime for Python, in milliseconds."""


def compare(
    source: OpenedModel, folder: Path, description: dict[str, Any], given: Sequence[str] | None
) -> Check:
    """Run the asset in ``folder`` and its source on some texts.

    :param given: the author's texts; ours by default.
    :raises CheckFailed: if token ids or logits differ.
    """
    texts = list(given) if given else list(SAMPLE_TEXTS)
    tokenizer = reference_tokenizer(description["tokenizer"], folder, max_length=None)
    ids = {text: source.ids(text) for text in texts}
    differing = [text for text in texts if tokenizer.encode(text).ids != ids[text]]
    if differing:
        raise CheckFailed(
            f"the asset's tokenizer gives other ids than its source for {len(differing)} of"
            f" {len(texts)} texts, first for {differing[0][:60]!r}: nothing was written",
            hint="report it with the model's name: this is ours to fix",
        )
    browser = browser_ids(description["tokenizer"], folder, texts)
    fitting = [text for text in texts if len(ids[text]) <= description["max_length"]]
    largest = 0.0
    with work("Comparing with the source", len(fitting)) as advance:
        scorer = Scorer(folder, description)
        for text in fitting:
            difference = np.abs(scorer.logits([text])[0] - source.logits(ids[text]))
            largest = float(np.maximum(largest, difference.max()))  # keeps NaN, unlike max
            advance(1)
    if not largest <= TOLERANCE:
        raise CheckFailed(
            f"a logit of the asset is {largest:.4g} off its source's, more than {TOLERANCE}:"
            " nothing was written",
            hint="report it with the model's name: this is ours to fix",
        )
    same = None if browser is None else _same(texts, ids, browser)
    median = round(float(np.median(scorer.run_ms)), 2) if scorer.run_ms else None
    return Check(len(texts), not given, len(texts), largest, TOLERANCE, same, median)


def _same(texts: Sequence[str], ids: dict[str, list[int]], browser: list[list[int]]) -> int:
    """The number of texts with the same ids in the browser's code.

    :raises CheckFailed: if too many differ.
    """
    differing = [text for text, found in zip(texts, browser, strict=True) if found != ids[text]]
    if len(differing) > ALLOWED_SHARE * len(texts):
        raise CheckFailed(
            f"the browser's tokenizer gives other ids than the source for {len(differing)} of"
            f" {len(texts)} texts, first for {differing[0][:60]!r}: nothing was written",
            hint="report it with the model's name: this is ours to fix",
        )
    return len(texts) - len(differing)
