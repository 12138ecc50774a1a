"""Ten families, the whole way: imported, quantized and packed, each by the commands.

One row a family. ``tests/browser/test_families.py`` verifies the packages in a browser.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from tests.support.checkpoints import LABELS
from tests.support.families import FAMILIES, TEXTS, pack_family

REFERENCE = Path(__file__).parents[2] / "docs/reference/model-families.md"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_checkpoint_is_imported_quantized_and_packed(family: str, tmp_path: Path) -> None:
    package = pack_family(family, tmp_path, "chrome")
    fp32, asset = (load_asset(tmp_path / name) for name in ("fp32", "asset"))
    assert asset.label_ids == list(LABELS)
    assert asset.description["tokenizer"]["kind"] == FAMILIES[family].tokenizer
    assert asset.description["max_length"] == FAMILIES[family].longest
    assert fp32.description["imported"]["fused"] is FAMILIES[family].fused
    assert asset.description["quantization"]["scheme"].startswith("dynamic: weights int8")
    scores = Scorer(asset.folder, asset.description).scores(TEXTS)
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-3)
    with zipfile.ZipFile(package) as packed:
        assert json.loads(packed.read("model/model.json"))["labels"] == asset.description["labels"]


def test_the_reference_lists_these_families_and_says_which_run_unfused() -> None:
    rows = dict(
        re.findall(
            r"^\| `([a-z0-9-]+)` \|.*\| (yes|no)[^|]*\|$", REFERENCE.read_text("utf-8"), re.M
        )
    )
    assert rows == {name: "yes" if family.fused else "no" for name, family in FAMILIES.items()}


@pytest.mark.parametrize("family", ["t5", "gpt2", "xlnet", "longformer", "fnet"])
def test_a_family_that_the_runtime_was_not_tried_with_ends_in_one_sentence(
    family: str, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(
        json.dumps(
            {"model_type": family, "architectures": ["XForSequenceClassification"], "id2label": {}}
        )
    )
    (folder / "model.safetensors").write_bytes(b"")
    result = CliRunner().invoke(
        main, ["model", "import", str(folder), "--out", str(tmp_path / "asset")]
    )
    assert result.exit_code == 2, result.output
    assert f"the family '{family}' is not supported" in result.stderr
    assert "DistilBERT" in result.stderr and "Traceback" not in result.stderr
    assert not (tmp_path / "asset").exists()
