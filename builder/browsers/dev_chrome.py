"""Chromium through its debugging pipe (chromedevtools.github.io/devtools-protocol): two pipes,
messages ended by a zero byte.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from builder.browsers.dev_session import ConsoleLine, DevSession, Listener, part_of
from builder.browsers.driver import CHROMIUMS, find_program
from builder.errors import BuilderError

ANSWER_TIMEOUT = 60
FLAGS = (
    "--remote-debugging-pipe",
    "--enable-unsafe-extension-debugging",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-default-apps",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-search-engine-choice-screen",
)
_LEVELS = {
    "warning": "warning",
    "error": "error",
    "assert": "error",
    "info": "info",
    "debug": "debug",
}


class ChromeDevSession(DevSession):
    def __init__(self, listener: Listener, *, headless: bool = False) -> None:
        program = find_program("Chromium", *CHROMIUMS)
        self._listener = listener
        self._profile = tempfile.mkdtemp(prefix="builder-chrome-")
        self._folder = Path()
        self._answers: dict[int, tuple[str | None, queue.Queue[dict[str, Any]]]] = {}
        """By number of the message: the session that it went to, and who waits."""
        self._sessions: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._last = 0
        flags = [*FLAGS, f"--user-data-dir={self._profile}"]
        if headless:
            flags.append("--headless=new")
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium's sandbox does not work for root
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4. By path, because some shells duplicate
        # descriptors of one digit only.
        self._process = subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                f'exec "$0" "$@" 3</dev/fd/{theirs_in} 4>/dev/fd/{theirs_out}',
                program,
                *flags,
                "about:blank",
            ],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours to handle
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._out = os.fdopen(ours_out, "wb", buffering=0)
        threading.Thread(
            target=self._read, args=(os.fdopen(ours_in, "rb", buffering=0),), daemon=True
        ).start()
        try:
            self._send("Target.setDiscoverTargets", {"discover": True})
            self._attach_below(None)
        except BaseException:
            self.close()
            raise

    def load(self, folder: Path) -> None:
        self._folder = folder.resolve()
        answer = self._send("Extensions.loadUnpacked", {"path": str(self._folder)})
        self.extension_url = f"chrome-extension://{answer['id']}/"

    def reload(self) -> None:
        before = self._pages()
        self._send("Extensions.loadUnpacked", {"path": str(self._folder)})
        for url in before:
            open_now = self._pages()
            if url in open_now:
                self._in_page(url, "location.reload()")
            else:
                self.open(url)

    def open(self, url: str) -> None:
        self._send("Target.createTarget", {"url": self.address(url)})

    def evaluate(self, page: str, expression: str) -> object:
        return self._in_page(self.extension_url + page, expression)

    def is_open(self) -> bool:
        try:
            return any(
                target["type"] == "page"
                for target in self._send("Target.getTargets")["targetInfos"]
            )
        except BuilderError:  # it went meanwhile
            return False

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _pages(self) -> list[str]:
        targets = self._send("Target.getTargets")["targetInfos"]
        return [
            target["url"]
            for target in targets
            if target["type"] == "page" and target["url"].startswith(self.extension_url)
        ]

    def _in_page(self, url: str, expression: str) -> object:
        with self._lock:
            found = [
                key
                for key, target in self._sessions.items()
                if target["type"] == "page" and target["url"].split("#")[0] == url
            ]
        for session in found:
            try:
                answer = self._send(
                    "Runtime.evaluate",
                    {"expression": expression, "returnByValue": True, "awaitPromise": True},
                    session,
                )
            except BuilderError:  # the page went away meanwhile
                continue
            return answer.get("result", {}).get("value")
        return None

    def _attach_below(self, session: str | None) -> None:
        """Also attach to what a target starts: workers, frames."""
        everything = [{"type": "browser", "exclude": True}, {"type": "tab", "exclude": True}, {}]
        self._post(
            "Target.setAutoAttach",
            {
                "autoAttach": True,
                "waitForDebuggerOnStart": False,
                "flatten": True,
                "filter": everything,
            },
            session,
        )

    def _post(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        session: str | None = None,
        answers: queue.Queue[dict[str, Any]] | None = None,
    ) -> None:
        """Send a message; the answer goes to ``answers``, or is dropped."""
        with self._lock:
            self._last += 1
            if answers is not None:
                self._answers[self._last] = (session, answers)
            message: dict[str, Any] = {"id": self._last, "method": method, "params": params or {}}
            if session:
                message["sessionId"] = session
            try:
                self._out.write(json.dumps(message).encode() + b"\0")
            except (OSError, ValueError):
                raise BuilderError(
                    "Chromium has gone", hint="it was closed, or could not start: builder doctor"
                ) from None

    def _send(
        self, method: str, params: dict[str, Any] | None = None, session: str | None = None
    ) -> dict[str, Any]:
        """Send a message and wait for its result."""
        answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._post(method, params, session, answers)
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while True:
            try:
                answer = answers.get(timeout=0.5)
                break
            except queue.Empty:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise BuilderError(
                        "Chromium does not answer", hint="builder doctor tells what is missing"
                    ) from None
        if "error" in answer:
            raise BuilderError(
                f"Chromium: {answer['error']['message']}",
                hint="correct what it names",
                place=str(self._folder),
            )
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self, pipe: BinaryIO) -> None:
        rest = b""
        while chunk := pipe.read(1 << 16):
            *messages, rest = (rest + chunk).split(b"\0")
            for message in messages:
                self._take(json.loads(message))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            waiting = self._answers.pop(message["id"], None)
            if waiting is not None:
                waiting[1].put(message)
            return
        params = message.get("params", {})
        match message["method"]:
            case "Target.attachedToTarget":
                session, info = params["sessionId"], params["targetInfo"]
                with self._lock:
                    known = any(
                        target["targetId"] == info["targetId"] for target in self._sessions.values()
                    )
                    if not known:
                        self._sessions[session] = info
                if known:  # reached on two ways: one is enough
                    self._post(
                        "Target.detachFromTarget", {"sessionId": session}, message.get("sessionId")
                    )
                    return
                self._post("Runtime.enable", session=session)
                self._post("Log.enable", session=session)
                self._attach_below(session)
            case "Target.detachedFromTarget":
                gone = params["sessionId"]
                with self._lock:
                    self._sessions.pop(gone, None)
                    lost = [
                        number for number, (session, _) in self._answers.items() if session == gone
                    ]
                    unanswered = [self._answers.pop(number)[1] for number in lost]
                for (
                    answers
                ) in unanswered:  # a target that went in the middle of a question answers no more
                    answers.put({"error": {"message": "the page went away"}})
            case "Target.targetInfoChanged":
                info = params["targetInfo"]
                with self._lock:
                    for session, target in self._sessions.items():
                        if target["targetId"] == info["targetId"]:
                            self._sessions[session] = info
            case "Runtime.consoleAPICalled":
                frames = params.get("stackTrace", {}).get("callFrames", [])
                text = " ".join(_shown(argument) for argument in params["args"])
                self._tell(message, _LEVELS.get(params["type"], "log"), text, frames)
            case "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                frames = details.get("stackTrace", {}).get("callFrames") or [details]
                self._tell(
                    message,
                    "error",
                    details.get("exception", {}).get("description") or details["text"],
                    frames,
                )
            case "Log.entryAdded":
                entry = params["entry"]
                frames = [
                    {
                        "url": entry.get("url", ""),
                        "lineNumber": entry.get("lineNumber", 0),
                        "columnNumber": 0,
                    }
                ]
                self._tell(message, _LEVELS.get(entry["level"], "log"), entry["text"], frames)

    def _tell(
        self, message: dict[str, Any], level: str, text: str, frames: list[dict[str, Any]]
    ) -> None:
        own = next(
            (
                frame
                for frame in frames
                if frame.get("url", "").startswith(self.extension_url or "chrome-extension://")
            ),
            None,
        )
        with self._lock:
            target = self._sessions.get(message.get("sessionId", ""))
            workers = {
                other["url"] for other in self._sessions.values() if other["type"] == "worker"
            }
        if target is None:
            return
        of_worker = own is not None and own["url"] in workers
        if (
            of_worker
            and target["type"] != "worker"
            and message["method"] == "Runtime.consoleAPICalled"
        ):
            return  # a page repeats what its worker says
        context = own["url"] if own is not None and of_worker else target["url"]
        if own is None and not context.startswith("chrome-extension://"):
            return  # a web page's own business
        path = _path(own["url"]) if own else ""
        place = (
            f"{path}:{own.get('lineNumber', 0) + 1}:{own.get('columnNumber', 0) + 1}" if own else ""
        )
        self._listener(
            ConsoleLine(
                level,
                part_of(_path(context) if context.startswith("chrome-extension://") else path),
                text,
                place,
            )
        )


def _shown(argument: dict[str, Any]) -> str:
    """A value of the console as its own window shows it, in short."""
    if "value" in argument:
        value = argument["value"]
        return value if isinstance(value, str) else json.dumps(value)
    preview = argument.get("preview")
    if preview and argument.get("subtype") != "error":
        parts = [
            f"{entry['name']}: {entry.get('value', '…')}" for entry in preview.get("properties", [])
        ]
        return f"{{{', '.join(parts)}{', …' if preview.get('overflow') else ''}}}"
    return str(
        argument.get("description", argument.get("unserializableValue", argument.get("type", "")))
    )


def _path(url: str) -> str:
    """The file of an address of the extension."""
    return urlsplit(url).path.lstrip("/")
