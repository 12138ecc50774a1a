"""Render the model card from model.json and the measured metrics; no part is written by hand."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from builder.models.data.recipe import Recipe
from builder.models.metrics.comparison import wilson_interval
from builder.models.metrics.validation import Validation


def render_card(
    recipe: Recipe, description: dict[str, Any], int8: Validation, fp32: Validation
) -> str:
    """The card of a model that a recipe makes, as Markdown."""
    return (
        _environment()
        .get_template("card.md.jinja")
        .render(recipe=recipe, model=description, int8=int8, fp32=fp32)
    )


def render_imported(description: dict[str, Any]) -> str:
    """The card of an imported model, as Markdown. It calls facts unknown that the source omits."""
    return _environment().get_template("imported.md.jinja").render(model=description)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("builder.models.asset"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, from our own recipe
    )
    environment.globals["interval"] = _interval
    return environment


def _interval(value: float, n: int) -> str:
    low, high = wilson_interval(value, n)
    return f"{low:.3f}-{high:.3f}"
