"""What a page's main thread does in Chromium, task by task, in time on the clock and in time on the
processor.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

CATEGORIES = (
    "toplevel",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "__metadata",
)
TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}
TIMEOUT_S = 120


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
        import websocket

        self._address = address
        self._connection = websocket.create_connection(
            websocket_url, timeout=TIMEOUT_S, suppress_origin=True
        )
        self._send(
            1,
            "Tracing.start",
            {
                "transferMode": "ReportEvents",
                "traceConfig": {"includedCategories": list(CATEGORIES)},
            },
        )
        while json.loads(self._connection.recv()).get("id") != 1:
            pass

    def tasks(self) -> Tasks:
        """End the recording. :raises RuntimeError: if the page ran no script meanwhile, so that its
        thread is not known.
        """
        self._send(2, "Tracing.end", {})
        events: list[dict[str, Any]] = []
        while (message := json.loads(self._connection.recv())).get(
            "method"
        ) != "Tracing.tracingComplete":
            if message.get("method") == "Tracing.dataCollected":
                events += message["params"]["value"]
        threads = Counter(
            (event["pid"], event["tid"]) for event in events if self._is_script(event)
        )
        if not threads:
            raise RuntimeError(f"{self._address} ran no script while it was traced")
        ((thread, _),) = threads.most_common(1)
        tasks = [
            event
            for event in events
            if (event["pid"], event["tid"]) == thread
            and event["name"] in TASKS
            and event["ph"] == "X"
        ]
        return Tasks(
            len(tasks),
            max(task["dur"] for task in tasks) / 1000,
            max(task.get("tdur", 0) for task in tasks) / 1000,
        )

    def _is_script(self, event: dict[str, Any]) -> bool:
        data = event.get("args", {}).get("data")
        return (
            event["name"] == "FunctionCall"
            and isinstance(data, dict)
            and data.get("url") == self._address
        )

    def _send(self, number: int, method: str, params: dict[str, Any]) -> None:
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
