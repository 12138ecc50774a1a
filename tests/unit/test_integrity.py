"""integrity.json: what the engine compares with what it reads."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from builder.packaging import integrity, self_test
from builder.packaging.contents import bundle_contents
from builder.packaging.model_card import CARD
from builder.packaging.tree import ContentsTree
from builder.paths import extension_folder, runtime_folder

CODE = ("engine/", "shared/settings.js")


def test_every_file_that_an_answer_depends_on_is_listed_with_its_sha256(project: Path) -> None:
    config = load_config(project)
    tree = ContentsTree(bundle_contents(config, load_asset(config.asset), "chrome"))
    listed = json.loads(tree.read(integrity.NAME))["files"]
    wanted = {
        name
        for name in tree.names
        if name.startswith(("model/", "runtime/", *CODE)) and name not in ("model/README.md", CARD)
        if not name.endswith((".html", ".md"))
    } | {"settings.json"}
    assert set(listed) == wanted
    assert {name: hashlib.sha256(tree.read(name)).hexdigest() for name in listed} == listed


def test_the_self_test_holds_the_scores_of_onnxruntime(tiny_asset: Path) -> None:
    asset = load_asset(tiny_asset)
    found = self_test.self_test_of(asset)
    assert found["text"] in self_test.TEXTS
    scores = Scorer(asset.folder, asset.description, threads=1).scores([found["text"]])[0]
    assert np.abs(scores - found["scores"]).max() <= 0.5 * 10**-self_test.DECIMALS
    assert found["tolerance"] == self_test.TOLERANCE


def test_a_model_that_cannot_be_run_is_refused_with_its_place(
    tiny_asset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr(self_test, "Scorer", broken)
    asset = load_asset(tiny_asset)
    with pytest.raises(BuilderError, match="cannot be run: no such operator") as caught:
        self_test.self_test_of(asset)
    assert caught.value.place == str(tiny_asset)


def test_a_trimmed_runtime_keeps_the_functions_that_are_used_and_names_its_new_length() -> None:
    wasm = (runtime_folder() / "ort-wasm-simd-threaded.wasm").read_bytes()
    used = (extension_folder() / integrity.USED_FUNCTIONS).read_text("utf-8")
    assert integrity.trimmed(wasm[:-1], used) is None
    trimmed = integrity.trimmed(wasm, used)
    assert trimmed is not None
    assert trimmed[:8] == b"\0asm\1\0\0\0"
    assert len(trimmed) < len(wasm) / 2
    assert trimmed[-1000:] == wasm[-1000:]  # the data
    assert re.search(rb"\x03\x00\x00\x0b" * 5, trimmed)


@pytest.mark.parametrize("text", ["", "export const USED = {}", "runs: [1, 2]"])
def test_a_list_of_used_functions_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        integrity.trimmed(b"", text)
