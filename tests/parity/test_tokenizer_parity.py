"""The extension's tokenizer against Hugging Face's: the same ids for every text, in Node and in
both browsers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page, Web
from tests.support.drivers import start

RANDOM_TEXTS = int(os.environ.get("LENSMITH_RANDOM_TEXTS", "100000"))
ADDRESS = "http://parity.test/"
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def oracle(repository: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("oracle")
    subprocess.run(  # it prints the seeds
        [
            sys.executable,
            repository / "tools/write_tokenizer_oracle.py",
            out,
            "--asset",
            repository / "model_assets/emotion",
            "--data",
            data,
            "--random",
            str(RANDOM_TEXTS),
        ],
        check=True,
    )
    return out


def check(outcomes: list[dict[str, Any]]) -> None:
    real, random = outcomes
    assert real["compared"] >= 20_000
    assert random["compared"] == RANDOM_TEXTS
    assert (real["differing"], real["misplaced"]) == (0, 0), real["examples"]
    assert random["differing"] == 0, random["examples"]
    # Offsets of reordered combining marks are ours to define: the reference's depend on the order
    # of its edits.
    assert random["misplaced"] < RANDOM_TEXTS / 30


def test_node_gives_the_references_ids(oracle: Path, repository: Path) -> None:
    node = os.environ.get("LENSMITH_NODE", "node")
    result = subprocess.run(
        [
            node,
            HERE / "in_node.js",
            repository / "model_assets/emotion",
            oracle / "real",
            oracle / "random",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    check(json.loads(result.stdout))


@pytest.mark.browser
@pytest.mark.parametrize("browser_name", ["chrome", "firefox"])
def test_a_browser_gives_the_references_ids(
    browser_name: str, oracle: Path, repository: Path, bundles: dict[str, Path]
) -> None:
    files = {
        "": HERE / "page.html",
        "compare.js": HERE / "compare.js",
        **{f"engine/{path.name}": path for path in (repository / "extension/engine").glob("*.js")},
        **{
            f"model/{name}": repository / "model_assets/emotion" / name
            for name in ("model.json", "vocab.txt")
        },
        **{
            f"{kind}/{path.name}": path
            for kind in ("real", "random")
            for path in (oracle / kind).iterdir()
        },
    }
    types = {
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript",
        ".json": "application/json",
    }
    pages = {
        ADDRESS + name: Page(path.read_bytes(), types.get(path.suffix, "application/octet-stream"))
        for name, path in files.items()
    }
    with Web(pages) as web, start(browser_name, bundles[browser_name], web) as browser:
        browser.open(ADDRESS)
        text = wait_for(
            lambda: (
                browser.execute("return document.getElementById('outcome').textContent") or None
            ),
            300,
            "the outcome",
        )
    check(json.loads(text))


def test_the_character_tables_are_what_the_reference_gives(repository: Path) -> None:
    result = subprocess.run(
        [sys.executable, repository / "tools/generate_character_tables.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
