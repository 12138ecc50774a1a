"""Write extension/engine/wasm-trim/used-functions.js: which functions of ONNX Runtime classifiers
call, of every family and every way to quantize that the toolkit has, as ONNX files of other
exporters' making, the models that ship, and the tests' smallest.

Run it after ``make browsers`` for each release of the runtime, and when the toolkit's graphs
change:
    python tools/list_used_functions.py
``--check`` only tells whether one of these models calls a function that the list leaves out. Models
are drawn at random: what a model calls does not depend on its weights.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import torch
from transformers import AutoModelForSequenceClassification

sys.path.insert(0, str(Path(__file__).parent.parent))

from builder.models.asset.asset import GRAPH, WEIGHTS, load_asset, write_asset
from builder.models.conversion.export import INPUTS_OF
from builder.models.conversion.importing.importer import ImportOptions, import_model
from builder.models.quantization.embeddings import SMALLEST
from builder.models.quantization.schemes import DEFAULTS, QuantizationScheme
from builder.packaging.runtime import VERSION
from builder.paths import runtime_folder
from tests.support.checkpoints import write_checkpoint
from tests.support.tiny import write_tiny_asset

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "extension" / "engine" / "wasm-trim" / "used-functions.js"
WASM = runtime_folder() / "ort-wasm-simd-threaded.wasm"
ASSETS = ROOT / "model_assets"
EXPORTS = (
    ("bert", "eager", 11),
    ("bert", "eager", 14),
    ("bert", "sdpa", 14),
    ("bert", "sdpa", 18),
    ("distilbert", "eager", 14),
    ("distilbert", "sdpa", 14),
    ("distilbert", "sdpa", 18),
    ("roberta", "sdpa", 14),
    ("xlm-roberta", "sdpa", 18),
)
"""ONNX files as authors have them: family, how attention was written, opset."""
FEW = ("s8-channel+e8x128", "s8-tensor+e4x64")
WAYS = (*DEFAULTS, "s8-channel+e32")
POSITIONS = 514
WIDTHS = {"hidden_size": 64, "intermediate_size": 128}
THREADS = (1, 2, 4)
"""One takes ways of its own. More than a machine has cores wait for each other, which is done by
functions of its own.
"""
LEAST = 3000
"""Functions that any start calls: with fewer, Node tells of them in other words."""
CALLED, IMPORTED = (
    re.compile(r"#(\d+) using Liftoff"),
    re.compile(r"^imported functions: (\d+)$", re.MULTILINE),
)
LINE = 140
TRAP_BYTES = 4
"""Of the body that extension/engine/wasm-trim/trim.js puts in the place of one that is left out."""


def called(scratch: Path) -> set[int]:
    """Numbers of the module's own functions that Node compiles, which it does when they are first
    called.
    """
    folders = [
        write_tiny_asset(scratch / "tiny"),
        *(file.parent for file in sorted(ASSETS.glob("*/model.json"))),
    ]
    for family in INPUTS_OF:
        shape: dict[str, Any] = {"dim": 64, "hidden_dim": 128} if family == "distilbert" else WIDTHS
        checkpoint = write_checkpoint(
            scratch / family,
            family,
            max_position_embeddings=POSITIONS,
            vocab_size=SMALLEST,
            **shape,
        )
        asset = import_model(str(checkpoint), scratch / f"{family}-asset", ImportOptions()).asset
        folders += [asset, *(quantized(asset, way, scratch) for way in WAYS)]
    for family, attention, opset in EXPORTS:
        asset = exported(
            scratch / family, attention, opset, scratch / f"{family}-{attention}-{opset}"
        )
        folders += [asset, *(quantized(asset, way, scratch) for way in FEW)]
    found = set().union(*(called_with(threads, folders) for threads in THREADS))
    if len(found) < LEAST:
        sys.exit(
            f"error: Node tells of {len(found)} functions only\nhint: see what"
            " --trace-wasm-compilation-times prints in this version"
        )
    return found


def called_with(threads: int, folders: list[Path]) -> set[int]:
    script = ROOT / "tools" / "list_used_functions.js"
    command = [
        str(ROOT / "tools" / "node"),
        "--trace-wasm-compilation-times",
        str(script),
        str(threads),
        str(WASM),
        *map(str, folders),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(f"error: a model cannot be run: {told.stderr[-500:]}")
    (imported,) = IMPORTED.findall(told.stdout)  # Node counts them first
    return {int(number) - int(imported) for number in CALLED.findall(told.stdout)}


def exported(checkpoint: Path, attention: str, opset: int, folder: Path) -> Path:
    """An asset of an ONNX file that was exported otherwise than we do."""
    folder.mkdir()
    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint, attn_implementation=attention
    ).eval()
    names = ["input_ids", "attention_mask"]
    ids = torch.full((1, 8), 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shape checks that hold for every input
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(folder / "model.onnx"),
            input_names=names,
            output_names=["logits"],
            opset_version=opset,
            dynamic_axes={name: {0: "batch", 1: "length"} for name in names}
            | {"logits": {0: "batch"}},
            dynamo=False,
        )
    for name in ("config.json", "tokenizer.json"):
        (folder / name).write_bytes((checkpoint / name).read_bytes())
    return import_model(
        str(folder / "model.onnx"), folder / "asset", ImportOptions(licence="CC0-1.0")
    ).asset


def quantized(asset: Path, way: str, scratch: Path) -> Path:
    folder = scratch / f"{asset.parent.name}-{asset.name}-{way}"
    QuantizationScheme.parse(way).write(asset / GRAPH, folder)
    description = load_asset(asset).description
    vocabulary = description["tokenizer"]["vocabulary"]
    (folder / vocabulary).write_bytes((asset / vocabulary).read_bytes())
    write_asset(
        folder, description, (GRAPH, WEIGHTS, vocabulary), lambda _: "Made to see what it calls.\n"
    )
    return folder


@dataclass(frozen=True)
class Code:
    """Section 10 of a module, its functions' bodies (WebAssembly Core Specification, 5.5.13).

    ``size_at``, ``bodies_at``: where its size and its first body stand, in bytes from the start of
    the file. ``size``: of the section, as it says, in ``size_places`` bytes. ``bodies``: how long
    each is in the file.
    """

    size_at: int
    size_places: int
    bodies_at: int
    size: int
    bodies: list[int]

    @classmethod
    def of(cls, wasm: bytes) -> Self:
        at = 8
        while wasm[at] != 10:
            size, at = unsigned(wasm, at + 1)
            at += size
        size_at = at + 1
        size, count_at = unsigned(wasm, size_at)
        count, bodies_at = unsigned(wasm, count_at)
        bodies = []
        at = bodies_at
        for _ in range(count):
            body, begin = unsigned(wasm, at)
            bodies.append(begin + body - at)
            at = begin + body
        return cls(size_at, count_at - size_at, bodies_at, size, bodies)


def unsigned(wasm: bytes, at: int) -> tuple[int, int]:
    """A number in LEB128, and what follows it."""
    value = shift = 0
    while True:
        byte, at = wasm[at], at + 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def runs(used: set[int], code: Code, size: int) -> list[tuple[int, int, int]]:
    """Bytes that are kept, bytes that are left out after them, how many functions those are, and so
    on to the end of a file of ``size``.
    """
    found = []
    kept, numbers = code.bodies_at, range(len(code.bodies))
    for is_used, group in groupby(numbers, key=used.__contains__):
        functions = list(group)
        length = sum(code.bodies[number] for number in functions)
        if is_used:
            kept += length
        else:
            found.append((kept, length, len(functions)))
            kept = 0
    rest = size - code.bodies_at - sum(code.bodies)
    return [*found, (kept + rest, 0, 0)]


def module(used: set[int], code: Code, size: int) -> str:
    lengths = runs(used, code, size)
    left = code.size - sum(left_out - TRAP_BYTES * functions for _, left_out, functions in lengths)
    lines = [
        (
            f"// Generated by tools/list_used_functions.py from onnxruntime-web {VERSION}; not to"
            " be edited by hand."
        ),
        "",
        (
            "/** What classifiers call of ort-wasm-simd-threaded.wasm. @type"
            " {import('./trim.js').Used} */"
        ),
        (
            f"export const USED = {{bytes: {size}, codeSize: {{at: {code.size_at}, places:"
            f" {code.size_places}, value: {left}}}, runs: ["
        ),
    ]
    row = " "
    for run in lengths:
        text = "".join(f" {number}," for number in run)
        if len(row) + len(text) > LINE:
            lines.append(row)
            row = " "
        row += text
    return "\n".join([*lines, row, "]}", ""])


def listed(code: Code) -> set[int]:
    """Functions of the module itself that the list has."""
    text = TARGET.read_text(encoding="utf-8")
    numbers = json.loads(text[text.index("runs: [") + len("runs: ") : text.rindex(",")] + "]")
    number_at = {
        place: number
        for number, place in enumerate(accumulate(code.bodies, initial=code.bodies_at))
    }
    left_out: set[int] = set()
    at = 0
    for kept, length, functions in zip(*[iter(numbers)] * 3, strict=True):
        at += kept
        if functions:
            left_out.update(range(number_at[at], number_at[at + length]))
        at += length
    return set(range(len(code.bodies))) - left_out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    wasm = WASM.read_bytes()
    code = Code.of(wasm)
    with TemporaryDirectory() as scratch:
        used = called(Path(scratch))
    if not check:
        TARGET.write_text(module(used, code, len(wasm)), encoding="utf-8")
        sys.stdout.write(f"{len(used)} of {len(code.bodies)} functions are called\n")
    elif missing := used - listed(code):
        sys.exit(
            f"error: {len(missing)} functions are called that {TARGET.name} leaves out\nhint: run"
            " python tools/list_used_functions.py"
        )


if __name__ == "__main__":
    main()
