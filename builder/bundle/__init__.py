"""Everything about extensions: from extension.toml and an asset to what a browser loads and a store takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.bundle.archive import write_zip
from builder.bundle.assemble import Bundle, bundle_contents, write_bundle
from builder.config import BROWSERS, ExtensionConfig
from builder.files import replacing, sha256_of
from builder.models.asset import Asset, load_asset

SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Package:
    """A store zip with its size and SHA-256."""

    browser: str
    file: Path
    bytes: int
    sha256: str


def build_extension(config: ExtensionConfig, out: Path, browsers: Sequence[str]) -> list[Bundle]:
    """Write ``out/<browser>`` for each browser. All input is checked before the first file is written.

    :raises BuilderError: if the asset or the configuration is not fit to ship, or ``out`` cannot be written to.
    """
    return _assemble_all(config, load_asset(config.asset), out, browsers)


def pack_extension(config: ExtensionConfig, out: Path, browsers: Sequence[str]) -> tuple[list[Bundle], list[Package], Asset]:
    """Build, then write ``out/<slug>-<version>-<browser>.zip`` for each browser; ``out/SHA256SUMS`` names every zip of this version."""
    asset = load_asset(config.asset)
    bundles = _assemble_all(config, asset, out, browsers)
    packages = []
    for bundle in bundles:
        file = _package_file(config, out, bundle.browser)
        write_zip(file, bundle.folder, bundle.files)
        packages.append(Package(bundle.browser, file, file.stat().st_size, sha256_of(file)))
    present = [file for browser in BROWSERS if (file := _package_file(config, out, browser)).is_file()]
    with replacing(out / SUMS) as sums:
        sums.write_text("".join(f"{sha256_of(file)}  {file.name}\n" for file in present), encoding="ascii")
    return bundles, packages, asset


def _assemble_all(config: ExtensionConfig, asset: Asset, out: Path, browsers: Sequence[str]) -> list[Bundle]:
    contents = {browser: bundle_contents(config, asset, browser) for browser in browsers}
    return [write_bundle(contents[browser], browser, out / browser) for browser in browsers]


def _package_file(config: ExtensionConfig, out: Path, browser: str) -> Path:
    return out / f"{config.slug}-{config.version}-{browser}.zip"
