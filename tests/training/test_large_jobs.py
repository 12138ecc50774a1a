"""Training on several processes and a corpus through datasets, as in docs/how-to/large-jobs.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from builder.models.asset.asset import load_asset
from builder.models.asset.scorer import Scorer
from tests.support.tiny import write_tiny_asset

pytestmark = pytest.mark.slow

PAGE = "docs/how-to/large-jobs.md"
LAUNCHERS = {
    "accelerate": (  # starts several processes for GPUs only, or with MPI
        "accelerate.commands.accelerate_cli",
        "launch",
        "--num_processes=1",
        "--num_machines=1",
        "--mixed_precision=no",
        "--dynamo_backend=no",
        "--cpu",
    ),
    "torchrun": ("torch.distributed.run", "--nproc-per-node=2"),
}
"""The modules behind the two commands, with settings that accelerate would ask for."""
STEPS = {"accelerate": 5, "torchrun": 3}
"""20 texts, 4 in each process."""


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_the_launchers_of_the_page_train_one_model(
    launcher: str, repository: Path, tmp_path: Path
) -> None:
    recipe = (repository / "recipes/example.toml").read_text(encoding="utf-8")
    recipe = recipe.replace("epochs = 4", "epochs = 1").replace("batch_size = 32", "batch_size = 4")
    (tmp_path / "recipe.toml").write_text(recipe, encoding="utf-8")
    texts = ["good work;good", "bad work;bad", "fine;good", "poor;bad", "well done;good"]
    (tmp_path / "train.txt").write_text("".join(f"{n} {t}\n" for n in range(4) for t in texts))
    # More than one batch of a process, and no multiple of the number of processes.
    (tmp_path / "val.txt").write_text("".join(f"number {n};good\n" for n in range(131)))
    page = (repository / PAGE).read_text(encoding="utf-8")
    shown = re.search(rf"^    {launcher}.*( -m builder model train .+)$", page, re.MULTILINE)
    assert shown is not None
    words = shown[1].replace("--data data", f"--data {tmp_path}").split()
    result = subprocess.run(
        [sys.executable, "-m", *LAUNCHERS[launcher], *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(repository), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert "learned from 20 texts" in result.stdout
    weights = load_file(tmp_path / "runs/mine/checkpoint/model.safetensors")
    assert all(bool((weight == weight).all()) for weight in weights.values())
    state = json.loads(
        next((tmp_path / "runs/mine/epochs").glob("*/trainer_state.json")).read_text()
    )
    assert state["global_step"] == STEPS[launcher]
    accuracy = next(entry["eval_score"] for entry in state["log_history"] if "eval_score" in entry)
    assert accuracy * 131 == pytest.approx(round(accuracy * 131))  # of all texts, each once


def test_a_corpus_is_classified_by_the_script_of_the_page(repository: Path, tmp_path: Path) -> None:
    from datasets import Dataset

    page = (repository / PAGE).read_text(encoding="utf-8")
    script = re.search(r"```python\n(# classify\.py\n.+?)```", page, re.DOTALL)
    assert script is not None
    (tmp_path / "classify.py").write_text(script[1], encoding="utf-8")
    asset = write_tiny_asset(tmp_path / "asset")
    corpus = [{"id": n, "text": ("fine", "poor", "strange")[n % 3]} for n in range(50)]
    for part, rows in enumerate((corpus[:30], corpus[30:])):
        file = tmp_path / f"corpus-{part}.jsonl"
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    found = []
    for machine in (0, 1):
        out = tmp_path / f"answers-{machine}.parquet"
        options = ["--processes", "2", "--machines", "2", "--machine", str(machine)]
        result = subprocess.run(
            [sys.executable, "classify.py", "corpus-*.jsonl", "asset", out.name, *options],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(repository), "HF_HOME": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr[-3000:]
        assert f"{out.name}: 25 texts" in result.stdout
        found += Dataset.from_parquet(str(out), cache_dir=str(tmp_path / "cache")).to_list()
    assert sorted(row["id"] for row in found) == list(range(50))
    scorer = Scorer(asset, load_asset(asset).description)
    for row in found:
        assert row["labels"] == [{"fine": "good", "poor": "bad", "strange": "odd"}[row["text"]]]
        assert [row["good"], row["bad"], row["odd"]] == pytest.approx(
            scorer.scores([row["text"]])[0].tolist(), abs=1e-6
        )
