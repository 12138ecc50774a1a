"""The labels of an imported model, and the activation of its logits."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from builder.config.reader import ConfigReader
from builder.errors import BuilderError

LONGEST = 200
"""Characters of a label; a card has room for far fewer."""
PROBLEMS = {"single_label_classification": "softmax", "multi_label_classification": "sigmoid"}


def configured_labels(config: ConfigReader | None) -> list[str] | None:
    """The labels of ``id2label`` of config.json, in the order of their ids.

    :raises BuilderError: if the ids do not count from 0 without a gap.
    """
    if config is None or "id2label" not in config.values:
        return None
    by_id = config.require("id2label", dict)
    expected = [str(number) for number in range(len(by_id))]
    if sorted(by_id) != sorted(expected):
        found = ", ".join(list(by_id)[:5])
        raise config.error(
            "id2label",
            f"has the keys {found}, and needs 0 to {len(by_id) - 1}",
            hint="name the labels in the order of the scores with --labels one,two,...",
        )
    odd = next((key for key in expected if not isinstance(by_id[key], str | int)), None)
    if odd is not None:
        raise config.error(
            "id2label",
            f"gives {odd} no name",
            hint="name the labels in the order of the scores with --labels one,two,...",
        )
    return [str(by_id[key]) for key in expected] or None


def labels_of(names: Sequence[str] | None, width: int, place: Path) -> list[str]:
    """Check label ids in the order of the logits.

    :param names: None if nothing names them.
    :param width: the number of logits.
    :param place: the model's path, for messages.
    :raises BuilderError: if their number differs from that of the logits, or if a label is unusable
        or repeated.
    """
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
    for number, name in enumerate(names):
        if problem := _problem(name) or ("is there twice" if name in names[:number] else ""):
            shown = f"'{name:.40}'" if name.strip() else f"number {number + 1}"
            raise BuilderError(
                f"{place}: the label {shown} {problem}",
                hint="give other names with --labels",
                place=str(place),
            )
    return list(names)


def _problem(name: str) -> str:
    if not name.strip():
        return "is empty"
    if len(name) > LONGEST:
        return f"has {len(name):,} characters, and may have {LONGEST}"
    if "," in name:
        return "has a comma, which separates labels in data files"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        return "has a control character"
    return ""


def activation_of(
    config: ConfigReader | None, *, in_graph: str | None, multi_label: bool | None
) -> str:
    """``sigmoid`` for several labels, else ``softmax``.

    :param in_graph: the activation that ended the graph, if any.
    :param multi_label: what the author says; None lets the graph decide, then ``problem_type`` of
        config.json.
    :raises BuilderError: if the model is a regression of several values.
    """
    if multi_label is not None:
        return "sigmoid" if multi_label else "softmax"
    if in_graph is not None:
        return in_graph
    problem = config.values.get("problem_type") if config else None
    if config is not None and problem == "regression":
        raise config.error(
            "problem_type",
            "a regression of several values is not supported",
            hint="import a classifier, or a regression with one value",
        )
    if config is not None and problem is not None and problem not in tuple(PROBLEMS):
        raise config.error(
            "problem_type",
            f"{problem!r:.60} is not known",
            hint=f"it may be {', '.join(PROBLEMS)} or regression, or be left out",
        )
    return PROBLEMS.get(str(problem), "softmax")


def scale_of(
    config: ConfigReader | None,
    given: tuple[float, float] | None,
    place: Path,
    *,
    in_graph: str | None,
) -> tuple[float, float]:
    """The values at the two ends of a regression's scale.

    :param given: what the author says; None lets ``scale`` of config.json decide, a list of two
        numbers.
    :param in_graph: the activation that ended the graph, if any.
    :raises BuilderError: if nothing says it, or the one score is a probability.
    """
    if in_graph is not None:
        raise BuilderError(
            f"{place}: gives one score, which is the probability of a positive answer",
            hint="name both answers, the negative one first: --labels no,yes",
            place=str(place),
        )
    if given is None and config is not None and "scale" in config.values:
        found = config.values["scale"]
        if (
            not isinstance(found, list)
            or len(found) != 2
            or not all(_is_number(value) for value in found)
        ):
            raise config.error("scale", "is not a list of two numbers", hint="write [1, 5]")
        given = (float(found[0]), float(found[1]))
    if given is None:
        raise BuilderError(
            f"{place}: gives one score, and nothing says what it means",
            hint=(
                "for a regression, name the ends of its scale: --scale 1,5; for a model that"
                " answers yes or no, name both answers, the negative one first: --labels no,yes"
            ),
            place=str(place),
        )
    low, high = given
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise BuilderError(
            f"{place}: a scale from {low:g} to {high:g} is no scale",
            hint="name the lower end first: --scale 1,5",
            place=str(place),
        )
    return low, high


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
