"""A server of shards that fails in every way that servers and the lines to them do."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

FAULTS = ("drop", "no_answer", "bytes", "longer", "page", "away", "loop", "404", "500", "stall")
STALL_SECONDS = 4


class FaultyServer:
    """Answers ``/DOWNLOAD/NAME`` with the file ``NAME``, or with a fault.

    ``served`` counts the whole, right answers by download and name; ``faults`` what else there was.
    """

    def __init__(self, files: Mapping[str, bytes], *, share: float, seed: int) -> None:
        """:param share: of the answers that are faults, in 0..1."""
        self.served: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[str] = Counter()
        chance = random.Random(seed)  # noqa: S311 - repeatable
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _, download, name = self.path.split("?")[0].split("/")
                body = files[name]
                fault = chance.choice(FAULTS) if chance.random() < share else None
                if fault is not None:
                    server.faults[fault] += 1
                    self.fail(fault, body)
                    return
                self.reply(200, body)
                server.served[(download, name)] += 1

            def reply(self, status: int, body: bytes, **headers: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                for header, value in headers.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(body)

            def fail(self, fault: str, body: bytes) -> None:
                middle = len(body) // 2
                if fault == "bytes":
                    changed = bytearray(body)
                    changed[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
                    self.reply(200, bytes(changed))
                elif fault == "longer":
                    self.reply(200, body + body[:7])
                elif fault == "page":
                    page = b"<!doctype html><title>Sign in to this network</title>"
                    self.reply(200, page, **{"Content-Type": "text/html"})
                elif fault == "away":
                    self.reply(302, b"", Location="http://127.0.0.1:1/elsewhere")
                elif fault == "loop":
                    self.reply(302, b"", Location=self.path)
                elif fault in ("404", "500"):
                    self.reply(int(fault), b"an error page")
                elif fault != "no_answer":
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body[:middle])
                    self.wfile.flush()
                    if fault == "stall":
                        time.sleep(STALL_SECONDS)
                self.close_connection = True

            def handle(self) -> None:
                with suppress(OSError):  # the client has hung up
                    super().handle()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
