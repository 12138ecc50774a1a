"""What tools/code_metrics.py counts, on a repository of a few lines."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from code_metrics import javascript_figures, prose_figures, python_figures

FILES = {
    "builder/a.py": "# why\ndef short():\n    pass\n",
    "builder/b.py": f"def long():\n    x = 1\n    y = 2\n    return {'x' * 100}\n",
    "extension/a.js": "/* why */\nconst f = () => {\n  g()\n}\n// and\nfunction h() {}\n",
    "docs/a.md": "# Title\n\nOne two three. Four five.\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for command in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return tmp_path


def test_python_is_counted_by_file_function_and_line(root: Path) -> None:
    assert python_figures(root).rows() == [
        ("files / lines", "2 / 7"),
        ("median file", "3.5"),
        ("longest file", "4 (builder/b.py)"),
        ("longest function", "4 (builder/b.py:1 long)"),
        ("lines over 100 columns", "14.3%"),
        ("comment lines", "14.3%"),
    ]


def test_javascript_is_counted_the_same_way(root: Path) -> None:
    figures = javascript_figures(root)
    assert figures.functions == {"extension/a.js:2": 3, "extension/a.js:6": 1}
    assert (figures.comments, figures.wide, figures.files) == (2, 0, {"extension/a.js": 6})


def test_sentences_are_measured(root: Path) -> None:
    assert prose_figures(root) == [
        ("sentences", "2"),
        ("mean words of a sentence", "2.5"),
        ("longest sentence", "3"),
    ]
