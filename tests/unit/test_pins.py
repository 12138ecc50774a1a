"""What make installs is pinned by hash, from lists that name no place to get it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

LISTS = ("pack", "test", "train")
NO_HASH = {"torch"}
"""Each machine has its own build."""


def pins(repository: Path, name: str) -> dict[str, str]:
    """Each pin with all that belongs to it."""
    text = (repository / f"tools/requirements/{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-zA-Z])", text.strip())
    return {entry.split(" ", 1)[0]: entry for entry in entries}


@pytest.mark.parametrize("name", LISTS)
def test_every_pin_has_hashes_and_no_list_names_an_index(name: str, repository: Path) -> None:
    for pin, entry in pins(repository, name).items():
        assert re.fullmatch(r"[a-z0-9-]+==[\w.!+]+", pin), f"{pin} is not one version"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"{pin} has no hash"
        assert "://" not in entry and "index" not in pin and "+" not in pin


def test_the_lists_agree_on_every_version(repository: Path) -> None:
    smallest, middle, largest = (set(pins(repository, name)) for name in LISTS)
    assert smallest <= middle <= largest


@pytest.mark.parametrize("source", ["pack.in", "test.in", "train.in"])
def test_every_package_that_is_asked_for_is_pinned(source: str, repository: Path) -> None:
    lines = (repository / "tools/requirements" / source).read_text(encoding="utf-8").splitlines()
    wanted = {
        re.split(r"[<>=; ]", line, maxsplit=1)[0].lower()
        for line in lines
        if line and not line.startswith("#")
    }
    pinned = {pin.split("==")[0] for pin in pins(repository, source.removesuffix(".in"))}
    assert wanted and wanted - NO_HASH <= pinned


def test_torch_is_pinned_by_version(repository: Path) -> None:
    text = (repository / "tools/requirements/torch.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+\n", text)


@pytest.mark.parametrize("folder", ["tools", "benchmarks/baseline"])
def test_every_npm_package_is_pinned_by_hash_and_from_no_named_place(
    folder: str, repository: Path
) -> None:
    lock = json.loads((repository / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {
        name: entry
        for name, entry in lock["packages"].items()
        if not (entry.get("link") or name.rpartition("/")[2] in ("", "absent"))
    }
    assert packages
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_every_action_of_our_own_workflows_is_pinned_by_commit(repository: Path) -> None:
    # lensmith.yml is for authors, whose dependabot follows tags.
    for name in ("check", "nightly", "release"):
        text = (repository / f".github/workflows/{name}.yml").read_text(encoding="utf-8")
        used = re.findall(r"uses: (\S+)", text)
        assert used
        assert [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)] == []
