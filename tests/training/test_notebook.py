"""The notebook runs from top to bottom, on a handful of texts, and keeps no outputs."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOK = Path("notebooks/train-and-pack.ipynb")
TEXTS = {
    "sadness": ("i feel lost and alone", "i am so sad today", "i miss her and i cry"),
    "joy": ("i feel happy today", "i am so glad", "what a joyful day"),
    "love": ("i adore you", "i love my family", "i feel so fond of him"),
    "anger": ("i am furious", "i feel so angry", "this makes me mad"),
    "fear": ("i am scared of it", "i feel afraid", "i am terrified tonight"),
    "surprise": ("i am amazed by this", "i feel so surprised", "what a shock"),
}
SMALL = """from pathlib import Path

DATA = Path("data")
WORK = Path("work")
EPOCHS = 1
SCHEMES = ("s8-channel+e4x64",)
MAX_LOSS = 1"""
"""In place of the notebook's own settings: so few texts tell nothing of a loss."""


@pytest.mark.slow
def test_the_notebook_makes_packages_of_labelled_texts(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name, numbers in (("train.txt", range(2)), ("val.txt", (7,))):
        lines = [
            f"{text} {number};{label}\n"
            for number in numbers
            for label, texts in TEXTS.items()
            for text in texts
        ]
        (data / name).write_text("".join(lines))
    notebook = nbformat.read(repository / NOTEBOOK, as_version=4)
    settings = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert set(names(settings.source)) == set(names(SMALL))
    settings.source = SMALL
    monkeypatch.setenv("PYTHONPATH", str(repository))
    nbclient.NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = [
        output.data["text/plain"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "data" in output
    ]
    assert "'sadness': 6" in outputs[0]
    assert "my-lens-0.1.0-firefox.zip" in outputs[-1]
    assert (tmp_path / "work/my-lens/dist/my-lens-0.1.0-chrome.zip").is_file()
    assert (tmp_path / "work/asset/model.json").is_file()


def names(source: str) -> list[str]:
    """What a cell assigns."""
    return [line.split(" = ")[0] for line in source.splitlines() if " = " in line]


def test_the_notebook_is_saved_without_outputs(repository: Path) -> None:
    notebook = nbformat.read(repository / NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
