"""Real browsers with the extension in them, behind one interface."""

from __future__ import annotations

from pathlib import Path

from builder.browsers.base import Browser
from builder.browsers.proxy import Web


def start(name: str, bundle: Path, web: Web, *, headless: bool = True) -> Browser:
    """Start ``chrome`` or ``firefox`` with a fresh profile and ``bundle`` (folder or zip) installed; all its traffic goes through ``web``.

    :raises BuilderError: if the browser, its driver or the Python package for it is missing.
    """
    if name == "chrome":
        from builder.browsers.chrome import Chrome

        return Chrome(bundle, web, headless=headless)
    from builder.browsers.firefox import Firefox

    return Firefox(bundle, web, headless=headless)
