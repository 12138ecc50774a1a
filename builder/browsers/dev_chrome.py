"""Chromium for development, through its debugging pipe: it needs no driver and no package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from builder.browsers.cdp import CdpError, Connection, Message, PipeTransport, TargetGone
from builder.browsers.dev_session import ConsoleLine, DevSession, Listener, end, part_of
from builder.browsers.driver import CHROMIUMS, find_program, is_root
from builder.errors import BuilderError

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
        if sys.platform == "win32":
            raise BuilderError(
                "builder dev and builder run drive Chromium on Linux and macOS only",
                hint="use --browser firefox",
            )
        program = find_program("Chromium", *CHROMIUMS)
        self._listener = listener
        self._profile = tempfile.mkdtemp(prefix="builder-chrome-")
        self._folder = Path()
        self._sessions: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        flags = [*FLAGS, f"--user-data-dir={self._profile}"]
        if headless:
            flags.append("--headless=new")
        if is_root():
            flags.append("--no-sandbox")
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
        pipe = PipeTransport(
            os.fdopen(ours_out, "wb", buffering=0), os.fdopen(ours_in, "rb", buffering=0)
        )
        self._connection = Connection(pipe, self._listen)
        try:
            self._ask("Target.setDiscoverTargets", {"discover": True})
            self._attach_below(None)
        except BaseException:
            self.close()
            raise

    def load(self, folder: Path) -> None:
        self._folder = folder.resolve()
        answer = self._ask("Extensions.loadUnpacked", {"path": str(self._folder)})
        self.extension_url = f"chrome-extension://{answer['id']}/"

    def reload(self) -> None:
        before = self._pages()
        self._ask("Extensions.loadUnpacked", {"path": str(self._folder)})
        for url in before:
            open_now = self._pages()
            if url in open_now:
                self._in_page(url, "location.reload()")
            else:
                self.open(url)

    def open(self, url: str) -> None:
        self._ask("Target.createTarget", {"url": self.address(url)})

    def evaluate(self, page: str, expression: str) -> object:
        return self._in_page(self.extension_url + page, expression)

    def is_open(self) -> bool:
        try:
            return any(
                target["type"] == "page" for target in self._ask("Target.getTargets")["targetInfos"]
            )
        except BuilderError:  # it has closed
            return False

    def close(self) -> None:
        end(self._process)
        self._connection.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _pages(self) -> list[str]:
        targets = self._ask("Target.getTargets")["targetInfos"]
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
                return self._connection.evaluate(expression, session)
            except (TargetGone, RuntimeError):  # it went away, or has not loaded its script yet
                continue
        return None

    def _attach_below(self, session: str | None) -> None:
        """Also attach to what a target starts: workers, frames."""
        everything = [{"type": "browser", "exclude": True}, {"type": "tab", "exclude": True}, {}]
        self._connection.post(
            "Target.setAutoAttach",
            {
                "autoAttach": True,
                "waitForDebuggerOnStart": False,
                "flatten": True,
                "filter": everything,
            },
            session,
        )

    def _ask(self, method: str, params: Message | None = None) -> Message:
        """:raises BuilderError: if Chromium refuses, or has gone."""
        try:
            return self._connection.ask(method, params)
        except TargetGone:
            raise BuilderError(
                "Chromium does not answer",
                hint="it was closed, or could not start: builder doctor tells what is missing",
            ) from None
        except CdpError as error:
            raise BuilderError(
                f"Chromium: {error}", hint="correct what it names", place=str(self._folder)
            ) from None

    def _listen(self, message: Message) -> None:
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
                    self._connection.post(
                        "Target.detachFromTarget", {"sessionId": session}, message.get("sessionId")
                    )
                    return
                self._connection.post("Runtime.enable", session=session)
                self._connection.post("Log.enable", session=session)
                self._attach_below(session)
            case "Target.detachedFromTarget":
                gone = params["sessionId"]
                with self._lock:
                    self._sessions.pop(gone, None)
                self._connection.session_gone(gone)
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
