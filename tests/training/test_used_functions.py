"""What is left out of the runtime is what no model of ours calls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_list_of_used_functions_lacks_none_that_a_model_calls(repository: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        repository / "tools/list_used_functions.py",
        "--check",
    ]
    check = subprocess.run(command, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
