"""What a report of `builder bench` says of its machine, here of none."""

from __future__ import annotations

from typing import Any

FACTS: dict[str, Any] = {
    "machine": {"processor": "a", "cores": 2},
    "browser": {"name": "chrome", "version": "1"},
    "model": {"name": "tiny"},
    "runtime": {"threads_wanted": "auto"},
    "texts": {"given": 0},
    "repeat": 20,
}
