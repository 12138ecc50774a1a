"""The web pages that the browser tests visit."""

from __future__ import annotations

from pathlib import Path

from builder.browsers.proxy import Page

PAGE = "http://page.test/"
STRICT_PAGE = "http://strict.test/"
ISOLATED_PAGE = "http://isolated.test/"
HOSTILE_PAGE = "http://hostile.test/"
FOLDER = Path(__file__).parent.parent / "browser"

BODY = (FOLDER / "page.html").read_bytes()
PAGES = {
    PAGE: Page(BODY),
    STRICT_PAGE: Page(
        BODY,
        headers={
            "Content-Security-Policy": (
                "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
            )
        },
    ),
    ISOLATED_PAGE: Page(
        BODY,
        headers={
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    ),
    HOSTILE_PAGE: Page((FOLDER / "hostile.html").read_bytes()),
}
