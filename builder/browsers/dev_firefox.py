"""Firefox through its debugger's socket
(firefox-source-docs.mozilla.org/devtools/backend/protocol.html): length, colon, JSON.
"""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from builder.browsers.dev_session import ConsoleLine, DevSession, Listener, end, part_of
from builder.browsers.driver import FIREFOXES, find_program
from builder.errors import BuilderError

START_TIMEOUT = 60
ANSWER_TIMEOUT = 60
PREFERENCES: dict[str, bool | int | str] = {
    "devtools.debugger.remote-enabled": True,
    "devtools.debugger.prompt-connection": False,
    "devtools.chrome.enabled": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
    "browser.tabs.warnOnClose": False,
    "app.update.enabled": False,
}
_LEVELS = {"warn": "warning", "error": "error", "assert": "error", "info": "info", "debug": "debug"}


class FirefoxDevSession(DevSession):
    def __init__(self, listener: Listener, *, headless: bool = False) -> None:
        program = find_program("Firefox", *FIREFOXES)
        self._listener = listener
        self._profile = tempfile.mkdtemp(prefix="builder-firefox-")
        lines = [
            f"user_pref({json.dumps(key)}, {json.dumps(value)});"
            for key, value in PREFERENCES.items()
        ]
        (Path(self._profile) / "user.js").write_text("\n".join(lines) + "\n", encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        flags = ["--profile", self._profile, "--no-remote", "--start-debugger-server", str(port)]
        if headless:
            flags.append("--headless")
        self._process = subprocess.Popen(
            [program, *flags, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Each actor answers its messages in order.
        self._answers: dict[str, queue.Queue[dict[str, Any]]] = defaultdict(queue.Queue)
        self._evaluated: queue.Queue[dict[str, Any]] = queue.Queue()
        self._asking = threading.RLock()
        self._socket: socket.socket | None = None
        try:
            self._socket = self._connect(port)
            threading.Thread(target=self._read, args=(self._socket,), daemon=True).start()
            self._addons = self._ask("root", "getRoot")["addonsActor"]
            process = self._ask("root", "getProcess", id=0)["processDescriptor"]["actor"]
            self._chrome_console = self._ask(process, "getTarget")["process"]["consoleActor"]
        except BaseException:
            self.close()
            raise
        self._addon = ""
        self._watcher = ""

    def load(self, folder: Path) -> None:
        answer = self._ask(
            self._addons,
            "installTemporaryAddon",
            addonPath=str(folder.resolve()),
            openDevTools=False,
        )
        identifier = answer["addon"]["id"]
        own = next(
            addon
            for addon in self._ask("root", "listAddons", iconDataURL=False)["addons"]
            if addon["id"] == identifier
        )
        self._addon = own["actor"]
        self.extension_url = own["manifestURL"].removesuffix("manifest.json")
        self._watch()

    def reload(self) -> None:
        before = [url for url in self._tabs() if url.startswith(self.extension_url)]
        self._ask(self._addon, "reload")
        after = list(self._tabs())
        for url in before:
            if url in after:
                self._evaluate(self._console_of(url), "location.reload()")
            else:
                self.open(url)

    def open(self, url: str) -> None:
        address = json.dumps(self.address(url))
        self._evaluate(
            self._chrome_console,
            f"""{{
            const window = Services.wm.getMostRecentWindow('navigator:browser')
            const triggeringPrincipal = Services.scriptSecurityManager.getSystemPrincipal()
            window.gBrowser.selectedTab = window.gBrowser.addTab({address}, {{triggeringPrincipal}})
            true
        }}""",
        )

    def evaluate(self, page: str, expression: str) -> object:
        for url in self._tabs():
            if url.split("#")[0] == self.extension_url + page:
                return self._evaluate(self._console_of(url), expression)
        return None

    def is_open(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        end(self._process)
        shutil.rmtree(self._profile, ignore_errors=True)

    def _watch(self) -> None:
        """Ask for everything that the extension's pages and workers write to the console, also
        after it was reloaded.
        """
        self._watcher = self._ask(
            self._addon,
            "getWatcher",
            isServerTargetSwitchingEnabled=True,
            isPopupDebuggingEnabled=False,
        )["actor"]
        for kind in ("frame", "worker", "content_script"):
            with contextlib.suppress(BuilderError):  # older versions know fewer kinds
                self._ask(self._watcher, "watchTargets", targetType=kind)
        self._ask(
            self._watcher, "watchResources", resourceTypes=["console-message", "error-message"]
        )

    def _tabs(self) -> dict[str, str]:
        """Actors by address."""
        return {tab["url"]: tab["actor"] for tab in self._ask("root", "listTabs")["tabs"]}

    def _console_of(self, url: str) -> str:
        target = self._ask(self._tabs()[url], "getTarget")
        console: str = target["frame"]["consoleActor"]
        return console

    def _evaluate(self, console: str, expression: str) -> Any:
        with self._asking:
            self._ask(console, "evaluateJSAsync", text=expression, mapped={"await": True})
            answer = self._wait(self._evaluated, console)
        if answer.get("hasException"):
            raise BuilderError(f"Firefox: {answer.get('exceptionMessage')}")
        result = answer.get("result")
        nothing = isinstance(result, dict) and result.get("type") in (
            "null",
            "undefined",
        )  # which the protocol cannot say in JSON
        return None if nothing else result

    def _connect(self, port: int) -> socket.socket:
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port))
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise BuilderError(
                        "Firefox did not start",
                        hint="builder doctor tells what is missing",
                        code="missing-tool",
                    ) from None
                time.sleep(0.1)

    def _ask(self, actor: str, kind: str, **values: Any) -> dict[str, Any]:
        assert self._socket is not None
        with self._asking:
            message = json.dumps({"to": actor, "type": kind, **values}).encode()
            try:
                self._socket.sendall(b"%d:%s" % (len(message), message))
            except OSError:
                raise BuilderError("Firefox has gone", hint="it was closed") from None
            answer = self._wait(self._answers[actor], actor)
        if "error" in answer:
            raise BuilderError(
                f"Firefox: {answer.get('message') or answer['error']}", hint="correct what it names"
            )
        return answer

    def _wait(self, answers: queue.Queue[dict[str, Any]], actor: str) -> dict[str, Any]:
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while True:
            try:
                return answers.get(timeout=0.5)
            except queue.Empty:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise BuilderError(
                        f"Firefox does not answer ({actor})",
                        hint="builder doctor tells what is missing",
                    ) from None

    def _read(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        with contextlib.suppress(OSError, ValueError):
            while True:
                digits = b""
                while (char := stream.read(1)) != b":":
                    if not char:
                        return
                    digits += char
                self._take(json.loads(stream.read(int(digits))))

    def _take(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case None if "applicationType" not in message:  # the greeting answers nothing
                self._answers[message["from"]].put(message)
            case "evaluationResult":
                self._evaluated.put(message)
            case "resources-available-array":
                for kind, resources in message["array"]:
                    for resource in resources:
                        self._tell(kind, resource)

    def _tell(self, kind: str, resource: dict[str, Any]) -> None:
        if kind == "console-message":
            value = resource.get("message", resource)
            text = " ".join(_shown(argument) for argument in value.get("arguments", []))
            level, file = _LEVELS.get(value.get("level", ""), "log"), value.get("filename", "")
        else:
            value = resource["pageError"]
            text, file = _shown(value["errorMessage"]), value.get("sourceName") or ""
            level = "warning" if value.get("warning") else "info" if value.get("info") else "error"
        if not file.startswith("moz-extension://"):
            return
        path = urlsplit(file).path.lstrip("/")
        place = f"{path}:{value.get('lineNumber', 0)}:{value.get('columnNumber', 0)}"
        self._listener(ConsoleLine(level, part_of(path), text, place))


def _shown(argument: Any) -> str:
    """A value of the console as its own window shows it, in short."""
    if isinstance(argument, str):
        return argument
    if not isinstance(argument, dict):
        return json.dumps(argument)
    preview = argument.get("preview") or {}
    if preview.get("kind") == "Error":
        return f"{preview.get('name')}: {preview.get('message')}"
    if argument.get("type") == "longString":
        return str(argument.get("initial", ""))
    return str(argument.get("class") or argument.get("type"))
