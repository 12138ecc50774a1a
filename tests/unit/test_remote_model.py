"""A model that a server delivers: extension.toml, the package without it, and the site with it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.config.extension import ExtensionConfig, load_config
from builder.config.remote import RemoteModel
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.asset.asset import load_asset
from builder.packaging.delivered_model import unpack_with_model
from builder.packaging.pack import build_extension, pack_extension
from builder.site.build import build_site
from builder.site.serve import serving
from builder.site.signing import make_key, opened
from builder.stores.lint.engine import lint
from builder.stores.listing import reviewers_note, write_listing
from tests.support.remote import new_version

ADDRESS = "https://models.example/lens/"
KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 86 + "=="


def described(project: Path, *lines: str) -> Path:
    """The project with these lines in [model]."""
    text = project.read_text(encoding="utf-8")
    project.write_text("\n".join([text.rstrip(), *lines, ""]), encoding="utf-8")
    return project


@pytest.fixture
def config(project: Path) -> ExtensionConfig:
    return replace(load_config(project), remote=RemoteModel(address=ADDRESS))


def test_remote_delivery_is_described_by_an_address(project: Path) -> None:
    assert load_config(project).remote is None
    file = described(project, 'delivery = "remote"', f'url = "{ADDRESS}"', f'public_key = "{KEY}"')
    assert load_config(file).remote == RemoteModel(address=ADDRESS, public_key=KEY)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (['delivery = "remote"'], "model.url: missing"),
        (['url = "https://models.example/"'], "model.url: means nothing for a bundled model"),
        (["cors = false"], "model.cors: means nothing for a bundled model"),
        (
            ['delivery = "remote"', 'url = "http://models.example/"'],
            "is not the address of a folder",
        ),
        (
            ['delivery = "remote"', 'url = "https://models.example"'],
            "is not the address of a folder",
        ),
        (['delivery = "remote"', 'url = "https://a.example/ *"'], "is not the address of a folder"),
        (
            ['delivery = "remote"', 'url = "https://a.example/;x/"'],
            "is not the address of a folder",
        ),
        (['delivery = "remote"', 'url = "https://*.example/"'], "is not the address of a folder"),
        (
            ['delivery = "remote"', f'url = "{ADDRESS}"', 'public_key = "mine"'],
            "model.public_key: is not the public half of a signing key",
        ),
    ],
)
def test_what_no_browser_would_take_is_refused(
    lines: list[str], complaint: str, project: Path
) -> None:
    with pytest.raises(BuilderError, match=r"extension\.toml:\d+: model\.|model\.url") as error:
        load_config(described(project, *lines))
    assert complaint in str(error.value)
    assert error.value.hint


def packed_files(config: ExtensionConfig, out: Path, browser: str) -> tuple[Path, dict[str, Any]]:
    (bundle,) = build_extension(config, out, [browser])
    return bundle.folder, json.loads((bundle.folder / "manifest.json").read_text())


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_the_package_has_the_hashes_of_the_model_and_one_address_more(
    browser: str, config: ExtensionConfig, tmp_path: Path
) -> None:
    folder, manifest = packed_files(config, tmp_path / "dist", browser)
    asset = load_asset(config.asset)
    hashes = json.loads((folder / "integrity.json").read_text())["files"]
    for file in asset.files:
        assert not (folder / "model" / file.path).exists()
        assert hashes[f"model/{file.path}"] == file.sha256
    assert (folder / "model" / "model.json").is_file()
    policy = manifest["content_security_policy"]["extension_pages"]
    assert policy == (
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' {ADDRESS};"
        " object-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'"
    )
    assert "unlimitedStorage" in manifest["permissions"]
    assert not {"host_permissions", "optional_host_permissions"} & set(manifest)
    delivery = json.loads((folder / "settings.json").read_text())["delivery"]
    assert delivery == {
        "address": ADDRESS,
        "model": sha256_of(config.asset / "model.json"),
        "publicKey": None,
        "origins": [],
    }


def test_a_server_without_cors_is_asked_for_by_a_permission_that_is_optional(
    config: ExtensionConfig, tmp_path: Path
) -> None:
    remote = RemoteModel(address="https://models.example:8443/lens/", cors=False)
    folder, manifest = packed_files(replace(config, remote=remote), tmp_path / "dist", "chrome")
    assert manifest["optional_host_permissions"] == ["https://models.example/*"]
    assert "host_permissions" not in manifest
    delivery = json.loads((folder / "settings.json").read_text())["delivery"]
    assert delivery["origins"] == ["https://models.example/*"]


def test_lint_finds_nothing_in_the_package_and_the_address_of_a_trial(
    config: ExtensionConfig, tmp_path: Path
) -> None:
    folder, _ = packed_files(config, tmp_path / "dist", "chrome")
    codes = {finding.code for finding in lint(folder, mozilla=False).findings}
    assert codes <= {"LM702"}  # the tiny model names no sources
    trial = replace(config, remote=RemoteModel(address="http://localhost:8000/"))
    folder, _ = packed_files(trial, tmp_path / "trial", "chrome")
    assert "LM406" in {finding.code for finding in lint(folder, mozilla=False).findings}


def test_the_sources_and_the_bill_name_the_files_that_the_package_lacks(
    config: ExtensionConfig, tmp_path: Path
) -> None:
    packed = pack_extension(config, tmp_path / "dist", ["firefox"])
    bill = json.loads(next((tmp_path / "dist").glob("*.cdx.json")).read_text())
    (model,) = [part for part in bill["components"] if part["type"] == "machine-learning-model"]
    assert {"type": "distribution", "url": ADDRESS} in model["externalReferences"]
    named = {part["name"] for part in model["components"]}
    assert {f"model/{file.path}" for file in load_asset(config.asset).files} <= named
    assert packed.sources is not None or packed.no_sources


def test_the_listing_says_where_the_model_comes_from(
    config: ExtensionConfig, tmp_path: Path
) -> None:
    assert ADDRESS in reviewers_note(config)
    assert "It makes no request to any server" not in reviewers_note(config)
    write_listing(config, tmp_path / "listing")
    assert "models.example" in (tmp_path / "listing" / "en" / "description.txt").read_text()
    assert ADDRESS in (tmp_path / "listing" / "privacy.md").read_text()


def test_the_site_has_an_index_of_the_model_under_its_hash_and_keeps_the_ones_before(
    config: ExtensionConfig, tmp_path: Path
) -> None:
    first = build_site(config, tmp_path / "dist", level=1).folder
    name = f"{sha256_of(config.asset / 'model.json')}.json"
    index = json.loads((first / "model" / name).read_text())
    paths = {file["path"] for file in index["files"]}
    assert paths == {"model/model.json", "model/model.onnx", "model/vocab.txt"}
    asset = new_version(config.asset, tmp_path / "next", "2.0.0", 2.0)
    second = build_site(replace(config, asset=asset), tmp_path / "dist", level=1).folder
    assert len(list((second / "model").glob("*.json"))) == 2
    for file in json.loads((second / "model" / name).read_text())["files"]:
        for shard in file["shards"]:
            assert (second / "data" / f"{shard['sha256']}.bin").is_file()


def test_the_model_of_a_package_is_fetched_from_its_server(
    config: ExtensionConfig, tmp_path: Path
) -> None:
    site = build_site(config, tmp_path / "dist", level=1)
    with serving(site.folder) as address:
        near = replace(config, remote=RemoteModel(address=address))
        (package,) = pack_extension(near, tmp_path / "near", ["chrome"]).packages
        asset = unpack_with_model(package.file, tmp_path / "unpacked")
        assert asset.description == load_asset(config.asset).description
        for shard in (site.folder / "data").iterdir():
            shard.unlink()
        with pytest.raises(BuilderError, match="the server answers 404"):
            unpack_with_model(package.file, tmp_path / "again")


# Signed


@pytest.fixture
def signing(project: Path, tmp_path: Path) -> tuple[ExtensionConfig, Path]:
    key = tmp_path / "key.pem"
    remote = RemoteModel(address=ADDRESS, public_key=make_key(key))
    return replace(load_config(project), remote=remote), key


def test_a_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    made = CliRunner().invoke(main, ["key", str(file)])
    assert made.exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert 'public_key = "MFkw' in made.output
    again = CliRunner().invoke(main, ["key", str(file)])
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_the_latest_model_is_signed_with_its_self_test(
    signing: tuple[ExtensionConfig, Path], tmp_path: Path
) -> None:
    config, key = signing
    site = build_site(config, tmp_path / "dist", level=1, key=key)
    index = opened((site.folder / "model" / "latest.json").read_bytes())
    assert index["version"] == "1.0.0"
    assert index["model"] == sha256_of(config.asset / "model.json")
    assert len(index["selfTest"]["scores"]) == 3


def test_a_key_that_is_missing_or_not_the_extensions_is_refused(
    signing: tuple[ExtensionConfig, Path], project: Path, tmp_path: Path
) -> None:
    config, key = signing
    make_key(tmp_path / "other.pem")
    (tmp_path / "no.pem").write_text("nothing")
    for given, complaint in (
        (None, "takes signed models only"),
        (tmp_path / "other.pem", "is not the other half of model.public_key"),
        (tmp_path / "no.pem", "holds no private key"),
    ):
        with pytest.raises(BuilderError, match=complaint):
            build_site(config, tmp_path / "dist", level=1, key=given)
    with pytest.raises(BuilderError, match=r"model\.public_key: missing"):
        build_site(load_config(project), tmp_path / "dist", level=1, key=key)
    assert not (tmp_path / "dist" / "site").exists()


@pytest.mark.parametrize(
    ("version", "complaint"),
    [
        ("1.0.0", "is not higher than 1.0.0"),
        ("1.0", "is not higher than 1.0.0"),
        ("0.9.9", "is not higher than 1.0.0"),
        ("2-beta", "is no number"),
    ],
)
def test_a_version_that_extensions_would_refuse_is_not_signed(
    version: str, complaint: str, signing: tuple[ExtensionConfig, Path], tmp_path: Path
) -> None:
    config, key = signing
    build_site(config, tmp_path / "dist", level=1, key=key)
    build_site(config, tmp_path / "dist", level=1, key=key)  # the same model once more
    asset = new_version(config.asset, tmp_path / "next", version, 2.0)
    with pytest.raises(BuilderError, match=complaint):
        build_site(replace(config, asset=asset), tmp_path / "dist", level=1, key=key)
