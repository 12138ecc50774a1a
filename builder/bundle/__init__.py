"""Everything about extensions: from extension.toml and an asset to what a browser loads and a store takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.bundle.archive import holds, write_zip
from builder.bundle.assemble import Bundle, bundle_contents, is_current, write_bundle
from builder.bundle.transaction import Transaction, transaction
from builder.bundle.tree import Contents
from builder.config import BROWSERS, ExtensionConfig
from builder.files import sha256_of
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
    """Write ``out/<browser>`` for each browser. All input is checked before the first file is written; what is current stays untouched.

    :raises BuilderError: if the asset or the configuration is not fit to ship, or ``out`` cannot be written to.
    """
    contents = _contents(config, load_asset(config.asset), browsers)
    with transaction(out) as outputs:
        return _stage_bundles(outputs, contents)


def pack_extension(config: ExtensionConfig, out: Path, browsers: Sequence[str]) -> tuple[list[Bundle], list[Package], Asset]:
    """Build, then write ``out/<slug>-<version>-<browser>.zip`` for each browser; ``out/SHA256SUMS`` names every zip of this version."""
    asset = load_asset(config.asset)
    contents = _contents(config, asset, browsers)
    with transaction(out) as outputs:
        bundles = _stage_bundles(outputs, contents)
        packages = []
        for browser in browsers:
            name = _package_name(config, browser)
            if not holds(out / name, contents[browser]):
                write_zip(outputs.stage(name), contents[browser])
            file = outputs.where(name)
            packages.append(Package(browser, out / name, file.stat().st_size, sha256_of(file)))
        _stage_sums(config, outputs)
    return bundles, packages, asset


def _contents(config: ExtensionConfig, asset: Asset, browsers: Sequence[str]) -> dict[str, Contents]:
    return {browser: bundle_contents(config, asset, browser) for browser in browsers}


def _stage_bundles(outputs: Transaction, contents: dict[str, Contents]) -> list[Bundle]:
    for browser, wanted in contents.items():
        if not is_current(outputs.out / browser, wanted):
            write_bundle(wanted, outputs.stage(browser), outputs.out / browser)
    return [Bundle(browser, outputs.out / browser, tuple(sorted(wanted))) for browser, wanted in contents.items()]


def _stage_sums(config: ExtensionConfig, outputs: Transaction) -> None:
    present = [name for browser in BROWSERS if outputs.where(name := _package_name(config, browser)).is_file()]
    sums = "".join(f"{sha256_of(outputs.where(name))}  {name}\n" for name in present)
    if not (outputs.out / SUMS).is_file() or (outputs.out / SUMS).read_text(encoding="ascii") != sums:
        outputs.stage(SUMS).write_text(sums, encoding="ascii")


def _package_name(config: ExtensionConfig, browser: str) -> str:
    return f"{config.slug}-{config.version}-{browser}.zip"
