"""What ships is known by name, hash and licence: the bills of materials, and the licences."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from write_wheel_sbom import licence_of, wheel_bom

from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.contents import bundle_contents
from builder.packaging.runtime import RELEASES, RuntimeFile, runtime_files
from builder.packaging.sbom import package_bom
from builder.packaging.tree import Contents, ContentsTree
from builder.paths import runtime_folder
from tests.support.wheels import pinned_here

PERMISSIVE = ("MIT", "BSD", "Apache", "0BSD", "PSF", "Zlib", "CC0", "MPL", "ISC", "Unlicense")
"""Licences that let an extension or a tool use the code unchanged."""


def bom(contents: Contents, asset: Path) -> dict[str, Any]:
    model = load_asset(asset).description
    text = package_bom(ContentsTree(contents), name="tiny-lens", version="1.2.3", model=model)
    found: dict[str, Any] = json.loads(text)
    return found


def files_in(components: list[dict[str, Any]]) -> dict[str, str]:
    found = {}
    for component in components:
        if component["type"] == "file":
            found[component["name"]] = component["hashes"][0]["content"]
        found.update(files_in(component.get("components", [])))
    return found


@pytest.fixture
def contents(project: Path) -> Contents:
    config = load_config(project)
    return bundle_contents(config, load_asset(config.asset), "chrome")


def test_every_file_of_a_package_is_listed_once_with_its_hash(
    contents: Contents, tiny_asset: Path
) -> None:
    tree = ContentsTree(contents)
    listed = files_in(bom(contents, tiny_asset)["components"])
    assert listed == {name: tree.sha256(name) for name in contents}


def test_code_of_others_and_the_model_are_named_with_version_and_licence(
    contents: Contents, tiny_asset: Path
) -> None:
    found = bom(contents, tiny_asset)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in found["components"] if part["type"] != "file"}
    assert parts["onnxruntime-web"]["purl"] == f"pkg:npm/onnxruntime-web@{RELEASES[0].version}"
    assert parts["onnxruntime-web"]["licenses"] == [{"license": {"id": "MIT"}}]
    model = load_asset(tiny_asset).description
    assert parts[model["name"]]["type"] == "machine-learning-model"
    assert parts[model["name"]]["licenses"][0]["license"]["name"] == model["licence"]["name"]
    assert "@huggingface/tokenizers" not in parts  # WordPiece needs no library
    references = [part["bom-ref"] for part in found["components"]]
    assert found["dependencies"][0]["dependsOn"] == sorted(references)
    assert len(set(references)) == len(references)


def test_equal_contents_give_an_equal_bill_and_others_another_number(
    contents: Contents, tiny_asset: Path
) -> None:
    first = bom(contents, tiny_asset)
    assert bom(dict(reversed(contents.items())), tiny_asset) == first
    other = bom({**contents, "settings.json": b"{}"}, tiny_asset)
    assert other["serialNumber"] != first["serialNumber"]


@pytest.mark.parametrize("missing", ["notices/onnxruntime-web.txt", "model/README.md"])
def test_nothing_of_others_ships_without_its_licence(
    missing: str, contents: Contents, tiny_asset: Path
) -> None:
    del contents[missing]
    with pytest.raises(BuilderError, match="may not ship without its licence"):
        bom(contents, tiny_asset)


@pytest.mark.parametrize("file", RELEASES[0].files, ids=lambda file: file.name)
def test_a_changed_runtime_file_stops_the_build(
    file: RuntimeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in RELEASES[0].files:
        (tmp_path / each.name).symlink_to(runtime_folder() / each.name)
    monkeypatch.setattr("builder.packaging.runtime.runtime_folder", lambda: tmp_path)
    assert len(runtime_files()) == len(RELEASES[0].files)
    content = bytearray((tmp_path / file.name).read_bytes())
    content[len(content) // 2] ^= 1  # one bit
    (tmp_path / file.name).unlink()
    (tmp_path / file.name).write_bytes(content)
    with pytest.raises(BuilderError, match=f"{file.name}: not the file of onnxruntime-web"):
        runtime_files()
    (tmp_path / file.name).unlink()
    with pytest.raises(BuilderError, match=f"{file.name}: missing"):
        runtime_files()


def test_the_licences_of_the_runtime_are_what_its_makers_say(repository: Path) -> None:
    for release in RELEASES:
        package = repository / "tools/node_modules" / release.package / "package.json"
        stated = json.loads(package.read_text(encoding="utf-8"))
        assert (stated["license"], stated["version"]) == (release.licence, release.version)
        notice = (repository / "extension/notices" / release.notice).read_text(encoding="utf-8")
        assert release.version in notice


def test_all_that_the_wheel_depends_on_may_be_used_and_passed_on(repository: Path) -> None:
    licences = {
        name: licence_of(name) for name in pinned_here(repository / "tools/requirements/pack.txt")
    }
    assert {
        name: licence
        for name, licence in licences.items()
        if not any(word in licence for word in PERMISSIVE)
    } == {}


def test_the_bill_of_a_wheel_lists_its_files_and_what_it_depends_on(tmp_path: Path) -> None:
    wheel, requirements = tmp_path / "lensmith-0.0.0-py3-none-any.whl", tmp_path / "pack.txt"
    requirements.write_text(
        "click==8.5.1 \\\n    --hash=sha256:00\nnot-here==1 ; sys_platform == 'x' \\\n"
    )
    contents = {
        f"builder/parts/runtime/{file.name}": file.name
        for release in RELEASES
        for file in release.files
    }
    model = {"name": "tiny", "version": "1.0.0", "licence": {"name": "CC0-1.0"}}
    contents |= {
        "builder/parts/model_assets/tiny/model.json": json.dumps(model),
        "builder/__init__.py": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    found = json.loads(wheel_bom(wheel, requirements))
    assert files_in(found["components"]) == {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in contents.items()
    }
    parts = {part["name"]: part for part in found["components"]}
    assert parts["click"]["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
    assert parts["not-here"]["scope"] == "optional"
    assert wheel_bom(wheel, requirements) == wheel_bom(wheel, requirements)
