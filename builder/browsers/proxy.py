"""A small web in this process: test pages under any host name, and a record of every request that
leaves the browser.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

# A site's icon, and what Chromium asks its maker for whatever the flags: sign-in state, time,
# component updates, hints.
_HOUSEKEEPING = re.compile(
    r"/favicon\.ico$| (https?://)?(accounts\.google\.com|clients2\.google\.com"
    r"|update\.googleapis\.com|optimizationguide-pa\.googleapis\.com"
    r"|content-autofill\.googleapis\.com|android\.clients\.google\.com|mtalk\.google\.com"
    r"|redirector\.gvt1\.com)[:/]",
)


@dataclass(frozen=True)
class Page:
    """What an address answers with."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class Web:
    """A proxy that answers by itself; a browser that uses it can reach nothing else.

    ``pages`` maps addresses like ``http://page.test/`` to what they give. ``requests`` lists what
    was asked for, in order, as ``METHOD address``; addresses that ``pages`` lacks answer 404, and
    encrypted connections (``CONNECT``) are refused.
    """

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = dict(pages)
        self.requests: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = (
                    self.path
                    if "://" in self.path
                    else f"http://{self.headers.get('Host', '')}{self.path}"
                )
                web.requests.append(f"{self.command} {url}")
                parts = urlsplit(url)
                page = web.pages.get(f"{parts.scheme}://{parts.netloc}{parts.path}")
                self.send_response(200 if page else 404)
                body = page.body if page else b""
                self.send_header("Content-Type", page.content_type if page else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (page.headers if page else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_PUT = do_HEAD = do_OPTIONS = do_GET

            def do_CONNECT(self) -> None:
                web.requests.append(f"CONNECT {self.path}")
                self.send_error(502)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def unexpected(self) -> list[str]:
        """Requests for anything but ``pages``, without those that the browser makes with no
        extension installed too.
        """
        known = {f"GET {url}" for url in self.pages}
        return [
            request
            for request in self.requests
            if request not in known and not _HOUSEKEEPING.search(request)
        ]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
