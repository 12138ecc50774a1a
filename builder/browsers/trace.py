"""What a page's main thread does in Chromium, task by task, in time on the clock and in time on the
processor.
"""

from __future__ import annotations

import queue
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from builder.browsers.cdp import ANSWER_TIMEOUT_S, Message, connect

CATEGORIES = (
    "toplevel",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "__metadata",
)
TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}


@dataclass(frozen=True)
class Tasks:
    """``longest_ms`` on the clock, ``longest_cpu_ms`` on the processor: where other programs want
    the processor too, only the latter tells what the page and the extension did.
    """

    count: int
    longest_ms: float
    longest_cpu_ms: float


class Trace:
    """Records a page from its beginning to ``tasks``. ``websocket_url`` is the page's target of the
    DevTools protocol.
    """

    def __init__(self, websocket_url: str, address: str) -> None:
        self._address = address
        self._events: list[Message] = []
        self._complete: queue.Queue[None] = queue.Queue()
        self._connection = connect(websocket_url, self._keep)
        config = {"includedCategories": list(CATEGORIES)}
        self._connection.ask(
            "Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config}
        )

    def tasks(self) -> Tasks:
        """End the recording.

        :raises RuntimeError: if the page ran no script during it, so that its thread is not known.
        """
        self._connection.ask("Tracing.end")
        self._complete.get(timeout=ANSWER_TIMEOUT_S)
        threads = Counter(
            (event["pid"], event["tid"]) for event in self._events if self._is_script(event)
        )
        if not threads:
            raise RuntimeError(f"{self._address} ran no script while it was traced")
        ((thread, _),) = threads.most_common(1)
        tasks = [
            event
            for event in self._events
            if (event["pid"], event["tid"]) == thread
            and event["name"] in TASKS
            and event["ph"] == "X"
        ]
        return Tasks(
            len(tasks),
            max(task["dur"] for task in tasks) / 1000,
            max(task.get("tdur", 0) for task in tasks) / 1000,
        )

    def _keep(self, message: Message) -> None:
        if message["method"] == "Tracing.dataCollected":
            self._events += message["params"]["value"]
        elif message["method"] == "Tracing.tracingComplete":
            self._complete.put(None)

    def _is_script(self, event: dict[str, Any]) -> bool:
        data = event.get("args", {}).get("data")
        return (
            event["name"] == "FunctionCall"
            and isinstance(data, dict)
            and data.get("url") == self._address
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
