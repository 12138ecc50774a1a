"""A small web in this process: test pages under any host name, and a record of every request that
leaves the browser.
"""

from __future__ import annotations

import re
import select
import socket
import threading
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
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

_SERVER_TIMEOUT_S = 30
_LOOK_S = 0.2


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

    ``server``: the address of a real server that may be reached beside them, until ``cut_off``.
    """

    def __init__(self, pages: Mapping[str, Page], *, server: str | None = None) -> None:
        self.pages = dict(pages)
        self._server_host = urlsplit(server).netloc if server else None
        self._server_address = server
        self._cut = threading.Event()
        self.server_requests = 0
        self.requests: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = (
                    self.path
                    if "://" in self.path
                    else f"http://{self.headers.get('Host', '')}{self.path}"
                )
                page = web.from_server(url) if self.command == "GET" else None
                if page is None:
                    web.requests.append(f"{self.command} {url}")
                parts = urlsplit(url)
                page = page or web.pages.get(f"{parts.scheme}://{parts.netloc}{parts.path}")
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
                if web.may_reach(self.path):
                    web.server_requests += 1
                    self.send_response(200)
                    self.end_headers()
                    web.tunnel(self.connection, self.path)
                    self.close_connection = True
                    return
                web.requests.append(f"CONNECT {self.path}")
                self.send_error(502)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def may_reach(self, host: str) -> bool:
        """Whether a host with its port is the real server's."""
        if self._server_host is None or self._cut.is_set():
            return False
        known = self._server_host if ":" in self._server_host else f"{self._server_host}:443"
        return host == known

    def from_server(self, url: str) -> Page | None:
        """What the real server answers; None where it is not asked."""
        if self._cut.is_set() or not self._server_address:
            return None
        if not url.startswith(self._server_address):
            return None
        self.server_requests += 1
        try:
            with urllib.request.urlopen(url, timeout=_SERVER_TIMEOUT_S) as answer:  # noqa: S310 - of the package
                return Page(
                    answer.read(),
                    answer.headers.get("Content-Type", "application/octet-stream"),
                    {
                        name: value
                        for name, value in answer.headers.items()
                        if name.lower().startswith("access-control-")
                    },
                )
        except OSError:
            return None

    def tunnel(self, browser: socket.socket, host: str) -> None:
        """Pass on what goes between a browser and the real server, until one of them ends it."""
        name, port = host.rsplit(":", 1)
        with (
            suppress(OSError),
            socket.create_connection((name, int(port)), _SERVER_TIMEOUT_S) as far,
        ):
            ends = {browser: far, far: browser}
            while not self._cut.is_set():
                ready, _, _ = select.select(list(ends), [], [], _LOOK_S)
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)

    def cut_off(self) -> None:
        """From now on the real server is out of reach; ``requests`` lists what asks for it."""
        self._cut.set()

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
