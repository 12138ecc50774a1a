"""The product's own icons."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from builder.packaging.manifest import ICON_SIZES

ROUNDING = 2  # of a channel, between versions of the renderer


@pytest.mark.parametrize("size", ICON_SIZES)
def test_a_checked_in_icon_is_what_make_icons_draws(
    size: int, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image = pytest.importorskip("PIL.Image")
    from PIL import ImageChops

    monkeypatch.setattr(sys, "path", [str(repository / "tools"), *sys.path])
    from render_icons import render

    kept = Image.open(repository / f"extension/icons/icon-{size}.png")
    assert kept.mode == "RGBA"
    assert kept.size == (size, size)
    difference = ImageChops.difference(kept, render(size))
    assert np.asarray(difference).max() <= ROUNDING
