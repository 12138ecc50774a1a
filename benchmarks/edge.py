"""What a worker at the edge costs: size, start, time and memory, in Cloudflare's own runtime.

Run as ``python -m benchmarks.edge [ASSET]...``; it prints one row for each asset.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import httpx2
import psutil

from builder.bench.cloud import built_in_texts
from builder.config.extension import load_config
from builder.site.edge import build_edge
from builder.site.workerd import serving

ASSETS = ("model_assets/emotion", "model_assets/go-emotions")
TEXTS = 200
COLUMNS = (
    "model",
    "worker MB",
    "with gzip MB",
    "model MB",
    "to the first reply, ms",
    "first text, ms",
    "its CPU, ms",
    "warm text, ms",
    "its CPU, ms",
    "memory MB, idle",
    "memory MB, loaded",
)


def main(assets: list[Path]) -> None:
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"| --- |{' ---: |' * (len(COLUMNS) - 1)}")
    for asset in assets:
        print(f"| {' | '.join(measure(asset))} |", flush=True)


def measure(asset: Path) -> list[str]:
    """The row of one asset, in the order of ``COLUMNS``."""
    with tempfile.TemporaryDirectory() as scratch:
        config = replace(load_config(Path("extension.toml")), asset=asset.resolve())
        built = build_edge(config, Path(scratch))
        sizes = (built.worker_bytes, built.compressed_bytes, built.asset_bytes)
        return [asset.name, *(f"{size / 1e6:.2f}" for size in sizes), *_run(built.folder)]


def _run(folder: Path) -> list[str]:
    began = time.perf_counter()
    with serving(folder) as worker, httpx2.Client(timeout=60) as client:
        client.get(worker.url)
        start_ms = 1000 * (time.perf_counter() - began)
        process = psutil.Process(worker.pid)
        idle = _memory(process)

        def ask(text: str) -> tuple[float, float]:
            cpu, wall = _cpu(process), time.perf_counter()
            client.post(worker.url, json={"inputs": text}).raise_for_status()
            return 1000 * (time.perf_counter() - wall), 1000 * (_cpu(process) - cpu)

        first_ms, first_cpu_ms = ask("What a day")
        texts = built_in_texts(TEXTS)
        for text in texts[: TEXTS // 2]:
            ask(text)  # V8 compiles what is called often a second time
        warm = [ask(text) for text in texts[TEXTS // 2 :]]
        loaded = _memory(process)
    wall = statistics.median(wall for wall, _ in warm)
    cpu = statistics.mean(cpu for _, cpu in warm)  # the system counts in steps of 10 ms
    milliseconds = [f"{value:.0f}" for value in (start_ms, first_ms, first_cpu_ms)]
    return [*milliseconds, f"{wall:.1f}", f"{cpu:.1f}", f"{idle:.0f}", f"{loaded:.0f}"]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _memory(process: psutil.Process) -> float:
    """Megabytes that the process alone has (its code, which others share, is not counted)."""
    return float(process.memory_full_info().uss) / 1e6


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:] or ASSETS])
