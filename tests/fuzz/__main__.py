"""Drive the parsers with changed files for a while: ``python -m tests.fuzz [--seconds 60]
[--target NAME] [--seed N] [--atheris]``.

What fails is written to ``--out`` with the target's name, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Target, is_handled, targets

SLOWEST_S = 10.0
LARGEST_BYTES = 6 << 30
"""Of address space, which torch and onnxruntime take a part of."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/fuzz"))
    parser.add_argument("--atheris", action="store_true", help="guided by coverage; one target")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_BYTES, LARGEST_BYTES))
    chosen = [one for one in targets() if not options.target or one.name in options.target]
    if options.atheris:
        return with_atheris(chosen[0], options.seconds, options.seed)
    failures = sum(
        with_mutations(one, options.seconds, options.seed, options.out) for one in chosen
    )
    return 1 if failures else 0


def with_mutations(target: Target, seconds: float, seed: int, out: Path) -> int:
    """The number of different faults. The seeds are taken as they stand first."""
    chance = random.Random(f"{seed} {target.name}")  # noqa: S311 - of tests
    began, examples, taken, slowest = time.monotonic(), 0, 0, 0.0
    faults: dict[str, bytes] = {}
    corpus = list(target.seeds)
    while time.monotonic() - began < seconds:
        new = examples >= len(target.seeds)
        content = mutated(chance.choice(corpus), chance) if new else corpus[examples]
        examples += 1
        started = time.monotonic()
        fault, handled = _run(target, content)
        took = time.monotonic() - started
        slowest = max(slowest, took)
        if took > SLOWEST_S:
            fault = fault or f"took {took:.1f} s"
        taken += handled
        if handled and new and len(corpus) < 500:
            corpus.append(content)  # what is right all the same leads further
        if fault and fault not in faults:
            faults[fault] = content
            out.mkdir(parents=True, exist_ok=True)
            name = f"{target.name.replace('/', '-')}-{hashlib.sha256(content).hexdigest()[:8]}"
            (out / name).write_bytes(content)
            print(f"{target.name}: {fault}\n  {out / name}", flush=True)
    print(
        f"{target.name}: {examples} files, {taken} taken, {len(faults)} faults,"
        f" slowest {slowest:.2f} s",
        flush=True,
    )
    return len(faults)


def _run(target: Target, content: bytes) -> tuple[str, bool]:
    """A fault in one line, if there is one, and whether the file was taken."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        return "", is_handled(target, content, folder)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of Rust is no Exception
        last = traceback.extract_tb(error.__traceback__)[-1]
        ours = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if "builder" in frame.filename
        ]
        place = ours[-1] if ours else last
        return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}", False
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def with_atheris(target: Target, seconds: float, seed: int) -> int:
    """Fuzz guided by coverage (https://github.com/google/atheris) until the first fault."""
    import atheris

    atheris.instrument_all()

    def one(content: bytes) -> None:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            is_handled(target, content, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(target.seeds):
            (Path(corpus) / str(number)).write_bytes(content)
        limits = [f"-max_total_time={seconds:.0f}", f"-seed={seed + 1}", "-timeout=20"]
        atheris.Setup([sys.argv[0], *limits, "-rss_limit_mb=6000", corpus], one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
