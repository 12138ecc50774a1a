"""Browsers for development: the extension in them is installed, reloaded and listened to from
outside, unchanged.

Neither needs a driver or a package: Chromium is spoken to through its debugging pipe, Firefox
through its debugger's socket.
"""

from __future__ import annotations

from builder.live.base import Listener, LiveBrowser


def start_live(browser: str, listener: Listener, *, headless: bool = False) -> LiveBrowser:
    """Start ``chrome`` or ``firefox`` with a profile of its own, which is deleted at the end.

    :raises BuilderError: if the browser is missing or does not answer.
    """
    if browser == "chrome":
        from builder.live.chrome import LiveChrome

        return LiveChrome(listener, headless=headless)
    from builder.live.firefox import LiveFirefox

    return LiveFirefox(listener, headless=headless)
