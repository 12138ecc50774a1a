"""The builder's account of the trimmed runtime, beside what the engine makes of it."""

from __future__ import annotations

import hashlib
import os
import subprocess

from builder.packaging import integrity
from builder.paths import extension_folder, runtime_folder

TRIM = """
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
const [folder, wasm] = process.argv.slice(1)
const {createTrimmer} = await import(`${folder}/engine/wasm-trim/trim.js`)
const {USED} = await import(`${folder}/engine/wasm-trim/used-functions.js`)
const {take, finish} = createTrimmer(USED)
take(readFileSync(wasm))
console.log(createHash('sha256').update(finish()).digest('hex'))
"""


def test_the_engine_compiles_the_bytes_whose_hash_the_package_brings() -> None:
    wasm = runtime_folder() / "ort-wasm-simd-threaded.wasm"
    used = (extension_folder() / integrity.USED_FUNCTIONS).read_text("utf-8")
    node = os.environ.get("LENSMITH_NODE", "node")
    told = subprocess.run(
        [node, "--input-type=module", "-e", TRIM, str(extension_folder()), str(wasm)],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = integrity.trimmed(wasm.read_bytes(), used)
    assert ours is not None
    assert told.stdout.strip() == hashlib.sha256(ours).hexdigest()
