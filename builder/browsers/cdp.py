"""A client of the DevTools protocol (chromedevtools.github.io/devtools-protocol), over a websocket
or the browser's debugging pipe.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol, Self

from builder.errors import missing_extra

ANSWER_TIMEOUT_S = 240
"""Generous: a busy machine takes its time, and a browser that has gone is noticed at once."""

Message = dict[str, Any]


class CdpError(Exception):
    """The browser refused what was asked."""


class TargetGone(CdpError):
    """The page, the worker or the browser closed before it answered."""


class Transport(Protocol):
    def send(self, message: str) -> None:
        """:raises OSError: if the other end has gone."""

    def messages(self) -> Iterator[str]:
        """What the browser sends, until one of both ends closes."""

    def close(self) -> None: ...


class PipeTransport:
    """Messages end with a zero byte."""

    def __init__(self, outgoing: BinaryIO, incoming: BinaryIO) -> None:
        self._outgoing, self._incoming = outgoing, incoming

    def send(self, message: str) -> None:
        try:
            self._outgoing.write(message.encode() + b"\0")
        except ValueError as error:  # the pipe is closed on our side
            raise OSError(str(error)) from None

    def messages(self) -> Iterator[str]:
        rest = b""
        while chunk := self._incoming.read(1 << 16):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from (message.decode() for message in whole)

    def close(self) -> None:
        self._outgoing.close()


class WebSocketTransport:
    def __init__(self, url: str) -> None:
        """:raises TargetGone: if nothing listens at the address."""
        try:
            import websocket
        except ImportError:
            raise missing_extra("selenium", "browsers") from None
        self._closed = websocket.WebSocketException
        try:
            self._socket = websocket.create_connection(
                url, timeout=ANSWER_TIMEOUT_S, suppress_origin=True
            )
        except (websocket.WebSocketException, OSError, ValueError) as error:
            raise TargetGone(str(error)) from None
        self._socket.settimeout(None)  # each question has its own time limit

    def send(self, message: str) -> None:
        try:
            self._socket.send(message)
        except self._closed as error:
            raise OSError(str(error)) from None

    def messages(self) -> Iterator[str]:
        with contextlib.suppress(self._closed, OSError, ValueError):
            while message := self._socket.recv():
                yield message

    def close(self) -> None:
        with contextlib.suppress(OSError, AttributeError):  # it may be closed already
            self._socket.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads
        self._socket.shutdown()


class Connection:
    """Answers go to the caller that asked; events go to ``on_event``, on a thread of their own."""

    def __init__(
        self, transport: Transport, on_event: Callable[[Message], None] = lambda _: None
    ) -> None:
        self._transport = transport
        self._on_event = on_event
        self._lock = threading.Lock()
        self._sending = (
            threading.Lock()
        )  # apart, as a full pipe must not keep answers from arriving
        self._last = 0
        self._waiting: dict[int, tuple[str | None, queue.Queue[Message]]] = {}
        self._ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def ask(
        self, method: str, params: Message | None = None, session: str | None = None
    ) -> Message:
        """Send a message and wait for its result.

        :raises CdpError: if the browser refuses.
        :raises TargetGone: if the target or the browser goes away before it answers.
        """
        answers: queue.Queue[Message] = queue.Queue()
        self._send(method, params, session, answers)
        try:
            answer = answers.get(timeout=ANSWER_TIMEOUT_S)
        except queue.Empty:
            raise TargetGone(f"no answer to {method} within {ANSWER_TIMEOUT_S} s") from None
        if "gone" in answer:
            raise TargetGone(answer["gone"])
        if "error" in answer:
            raise CdpError(answer["error"]["message"])
        result: Message = answer["result"]
        return result

    def post(self, method: str, params: Message | None = None, session: str | None = None) -> None:
        """Send a message whose answer nobody needs."""
        self._send(method, params, session, None)

    def evaluate(self, expression: str, session: str | None = None) -> Any:
        """The value of an expression in the target; promises are awaited.

        :raises RuntimeError: if the expression throws.
        :raises TargetGone: if the target closes first.
        """
        params = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        try:
            answer = self.ask("Runtime.evaluate", params, session)
        except CdpError as error:  # also what a page answers that navigates while it is asked
            raise TargetGone(str(error)) from None
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"].get("exception", {})
            raise RuntimeError(thrown.get("description", "script failed"))
        return answer["result"].get("value")

    def session_gone(self, session: str) -> None:
        """End the waiting of those who asked a target that has detached: it answers no more."""
        with self._lock:
            lost = [number for number, (of, _) in self._waiting.items() if of == session]
            unanswered = [self._waiting.pop(number)[1] for number in lost]
        for answers in unanswered:
            answers.put({"gone": "the page went away"})

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(
        self,
        method: str,
        params: Message | None,
        session: str | None,
        answers: queue.Queue[Message] | None,
    ) -> None:
        with self._lock:
            if self._ended:
                raise TargetGone("the browser has gone")
            self._last += 1
            message: Message = {"id": self._last, "method": method, "params": params or {}}
            if session:
                message["sessionId"] = session
            if answers is not None:
                self._waiting[self._last] = (session, answers)
        try:
            with self._sending:
                self._transport.send(json.dumps(message))
        except OSError as error:
            with self._lock:
                self._waiting.pop(message["id"], None)
            raise TargetGone(str(error)) from None

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError, TargetGone):
            for text in self._transport.messages():
                message = json.loads(text)
                if "id" not in message:
                    self._on_event(message)
                    continue
                with self._lock:
                    waiting = self._waiting.pop(message["id"], None)
                if waiting is not None:
                    waiting[1].put(message)
        with self._lock:
            self._ended = True
            unanswered = [answers for _, answers in self._waiting.values()]
            self._waiting.clear()
        for answers in unanswered:
            answers.put({"gone": "the browser has gone"})


def connect(websocket_url: str, on_event: Callable[[Message], None] = lambda _: None) -> Connection:
    """Attach to a target by its address. :raises TargetGone: if it is not there any more."""
    return Connection(WebSocketTransport(websocket_url), on_event)


def evaluate(websocket_url: str, expression: str) -> Any:
    """As ``Connection.evaluate``, over a connection of its own."""
    with connect(websocket_url) as connection:
        return connection.evaluate(expression)
