"""Measure an asset on several data sets at once, and beside another asset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.errors import BuilderError
from builder.models.asset.asset import Asset
from builder.models.asset.scoring import Flags, Scores, Scoring
from builder.models.data.eval_data import mapping_for, read_eval_data
from builder.models.metrics.comparison import (
    CoveragePoint,
    Difference,
    Share,
    compare,
    coverage_curve,
    mean_share,
    measured_share,
    right_answers,
)


@dataclass(frozen=True)
class SetResult:
    """One data set: how many answers are right, where no clear answer is the right one for a text
    without a label.
    """

    data: str
    right: Share
    none_kept: Share | None
    """Texts without a label that get no clear answer; None if every text carries one."""
    omitted: int
    """Texts with several labels that a model of one label is not measured on."""
    difference: Difference | None
    """To the other asset, on the same texts; None without one."""


@dataclass(frozen=True)
class SetResults:
    """Several data sets, each counting alike in the means."""

    sets: tuple[SetResult, ...]
    mean: Share
    none_kept: Share | None
    difference: Difference | None
    """Over all texts of all sets; ``value`` is the mean of the sets' differences."""
    coverage: tuple[CoveragePoint, ...]
    """Over all texts; empty for a model of several labels."""


def evaluate_sets(
    asset: Asset,
    files: Sequence[Path],
    score: Callable[[Asset, Sequence[str]], Scores],
    *,
    map_file: Path | None = None,
    other: Asset | None = None,
) -> SetResults:
    """Measure an asset on each file.

    :param score: gives the scores ``(texts, labels)`` of an asset.
    :param map_file: the model's label for each label of the data, as in ``mapping_for``.
    :param other: an asset with the same labels to compare with, run the same way.
    :raises BuilderError: if a file cannot be read, or the other asset has other labels.
    """
    if other is not None and other.label_ids != asset.label_ids:
        raise BuilderError(
            f"{other.folder}: has other labels than {asset.folder}",
            hint=f"compare assets of the labels {', '.join(asset.label_ids)}",
            place=str(other.folder),
        )
    scoring = Scoring.of(asset.description)
    loaded = [
        read_eval_data(
            file,
            asset.label_ids,
            multi_label=scoring.multi_label,
            mapping=mapping_for(file, map_file, asset.folder),
        )
        for file in files
    ]
    ends = np.cumsum([len(data.texts) for data in loaded])[:-1]
    texts = [text for data in loaded for text in data.texts]
    truth = np.concatenate([data.ground_truth for data in loaded])
    scores = score(asset, texts)
    right = right_answers(scores, truth, scoring)
    others: Flags | None = None
    if other is not None:
        others = right_answers(score(other, texts), truth, Scoring.of(other.description))
    rights, truths = np.split(right, ends), np.split(truth, ends)
    other_rights = [None] * len(loaded) if others is None else np.split(others, ends)
    results = tuple(
        _result(data.file, data.omitted, rights[i], truths[i], other_rights[i])
        for i, data in enumerate(loaded)
    )
    return _summary(results, scores, truth, scoring, right, others)


def _result(
    file: Path, omitted: int, right: Flags, truth: Flags, others: Flags | None
) -> SetResult:
    without = ~truth.any(axis=1)
    return SetResult(
        str(file),
        measured_share(right),
        measured_share(right[without]) if without.any() else None,
        omitted,
        None if others is None else compare(right, others),
    )


def _summary(
    results: tuple[SetResult, ...],
    scores: Scores,
    truth: Flags,
    scoring: Scoring,
    right: Flags,
    others: Flags | None,
) -> SetResults:
    kept = [result.none_kept for result in results if result.none_kept is not None]
    mean = mean_share([result.right for result in results])
    difference = None
    if others is not None:
        pooled = compare(right, others)
        values = [result.difference.value for result in results if result.difference]
        difference = Difference(
            sum(values) / len(values), pooled.only_first, pooled.only_second, pooled.p_value
        )
    return SetResults(
        results,
        mean,
        mean_share(kept) if kept else None,
        difference,
        () if scoring.multi_label else coverage_curve(scores, truth),
    )
