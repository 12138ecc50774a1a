"""A small server that shows a site as its hosts do.

It sends the headers of ``_headers``, and the compressed copies that a browser accepts.
"""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from builder.browsers.proxy import Page
from builder.errors import BuilderError
from builder.site.headers import headers_for, read_headers
from builder.site.precompressed import ENCODINGS

_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".md": "text/markdown",
    ".bin": "application/octet-stream",
}
_PRIVATE = ("/_headers", "/_redirects")


def answer(folder: Path, path: str, accepted: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body for a path of a site.

    :param accepted: the request's ``Accept-Encoding``.
    """
    headers = headers_for(path, read_headers(folder / "_headers"))
    name = unquote(path).lstrip("/") or "index.html"
    file = (folder / name).resolve()
    inside = file.is_relative_to(folder.resolve()) and path not in _PRIVATE
    if not inside or not file.is_file():
        return 404, headers | {"Content-Type": "text/plain; charset=utf-8"}, b"Not found\n"
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "text/plain"
    if kind.startswith("text/") or kind.endswith("json"):
        kind += "; charset=utf-8"
    headers |= {"Content-Type": kind, "Vary": "Accept-Encoding"}
    offered = {part.split(";")[0].strip() for part in accepted.split(",")}
    for ending, encoding in ENCODINGS.items():
        copy = file.with_name(file.name + ending)
        if encoding in offered and copy.is_file():
            return 200, headers | {"Content-Encoding": encoding}, copy.read_bytes()
    return 200, headers, file.read_bytes()


def pages_of(folder: Path, home: str) -> dict[str, Page]:
    """What the site's host answers, by address, for a browser that reaches no other web.

    :param home: the site's address, with a slash at its end.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    paths = [f"/{file.relative_to(folder).as_posix()}" for file in files]
    return {f"{home}{path[1:]}": _page(folder, path) for path in ("/", *paths)}


def _page(folder: Path, path: str) -> Page:
    _, headers, body = answer(folder, path)
    return Page(body, headers.pop("Content-Type", "text/plain"), headers)


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a site on this machine alone; gives its address.

    :param port: 0 for any that is free.
    :raises BuilderError: if something else has the port.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = answer(
                folder, urlsplit(self.path).path, self.headers.get("Accept-Encoding", "")
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise BuilderError(
            f"port {port} cannot be used: {error.strerror}", hint="name another one with --port"
        ) from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
