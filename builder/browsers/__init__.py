"""Real browsers with the extension in them, behind one interface."""

from __future__ import annotations

from pathlib import Path

from builder.browsers.driver import Browser
from builder.browsers.proxy import Web


def start(
    name: str,
    bundle: Path,
    web: Web,
    *,
    headless: bool = True,
    language: str = "en-US",
    scale: float = 1,
    forced_colours: bool = False,
) -> Browser:
    """Start ``chrome`` or ``firefox`` with a fresh profile and ``bundle`` (folder or zip)
    installed; all its traffic goes through ``web``.

    ``language``: of the browser and so of the extension. (Firefox has only those that are installed
    with it.) ``scale``: of the screen, in its pixels for one of CSS. ``forced_colours``: of the
    system alone, as readers have them who need a high contrast.

    :raises BuilderError: if the browser, its driver or the Python package for it is missing.
    """
    if name == "chrome":
        from builder.browsers.chrome import Chrome

        return Chrome(
            bundle,
            web,
            headless=headless,
            language=language,
            scale=scale,
            forced_colours=forced_colours,
        )
    from builder.browsers.firefox import Firefox

    return Firefox(
        bundle,
        web,
        headless=headless,
        language=language,
        scale=scale,
        forced_colours=forced_colours,
    )
