"""The labels of an imported model, and the activation of its logits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from builder.config.reader import ConfigReader
from builder.errors import BuilderError
from builder.models.conversion.importing.opened import OpenedModel


def labels_of(
    config: ConfigReader | None, given: Sequence[str] | None, model: OpenedModel, place: Path
) -> list[str]:
    """Label ids in the order of the logits: ``given``, or else ``id2label`` of config.json.

    :param place: the model's path, for messages.
    :raises BuilderError: if their number differs from that of the logits, or if a label is missing
        or repeated.
    """
    width = len(model.logits(model.ids("one")))
    names = list(given) if given else []
    if not names and config is not None and "id2label" in config.values:
        by_id = config.require("id2label", dict)
        names = [str(by_id[key]) for key in sorted(by_id, key=int)]
    if not names:
        raise BuilderError(
            f"{place}: nothing says what its {width} scores mean",
            hint="name them in order: --labels one,two,...",
            place=str(place),
        )
    if len(names) != width:
        raise BuilderError(
            f"{place}: {len(names)} labels, but the model gives {width} scores",
            hint="name one label for each score, in the order of the scores",
            place=str(place),
        )
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BuilderError(
            f"{place}: the label '{twice}' is there twice",
            hint="give other names with --labels",
            place=str(place),
        )
    if width < 2:
        raise BuilderError(
            f"{place}: gives one score, as a regression does",
            hint="a classifier has two labels at least",
            place=str(place),
        )
    return names


def activation_of(config: ConfigReader | None) -> str:
    """``sigmoid`` for several labels, else ``softmax``, by ``problem_type`` of config.json.

    :raises BuilderError: if the model is a regression.
    """
    problem = config.values.get("problem_type") if config else None
    if config is not None and problem == "regression":
        raise config.error("problem_type", "a regression has no labels", hint="import a classifier")
    return "sigmoid" if problem == "multi_label_classification" else "softmax"
