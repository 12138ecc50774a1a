"""Everything about extensions: from extension.toml and an asset to what a browser loads and a store
takes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.config.extension import BROWSERS, ExtensionConfig
from builder.files import sha256_of
from builder.models.asset.asset import Asset, load_asset
from builder.packaging.archive import holds, write_zip
from builder.packaging.contents import Bundle, bundle_contents, changed_files, write_bundle
from builder.packaging.isolation import is_isolated
from builder.packaging.previous_build import (
    RECORD_FILE,
    BuildRecord,
    PackageRecord,
    read_build_record,
)
from builder.packaging.references.graph import MANIFEST, parse_manifest
from builder.packaging.sbom import SUFFIX, package_bom
from builder.packaging.size_report import PartSize, part_sizes, tree_map
from builder.packaging.sources.gather import OutsideProject, gather_sources
from builder.packaging.sources.readme import README, readme
from builder.packaging.transaction import Transaction, transaction
from builder.packaging.tree import Contents, ContentsTree, text_of

SUMS = "SHA256SUMS"
PICTURE = "size.svg"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Package:
    """A store zip with its size and SHA-256."""

    browser: str
    file: Path
    bytes: int
    sha256: str


@dataclass(frozen=True)
class SourcesZip:
    """The zip for Mozilla's reviewers. ``untracked``: files in it that git does not know; without
    git, ``tracked`` is false.
    """

    file: Path
    bytes: int
    sha256: str
    files: int
    config: str
    tracked: bool
    untracked: tuple[str, ...]


@dataclass(frozen=True)
class Packed:
    """All that a pack made. ``facts`` hold the packages' contents and what to compare them with;
    ``no_sources`` says why there is no zip of sources.
    """

    bundles: list[Bundle]
    packages: list[Package]
    asset: Asset
    record: BuildRecord
    sources: SourcesZip | None = None
    no_sources: str = ""
    picture: Path | None = None

    def parts(self, browser: str) -> list[PartSize]:
        """What takes how much of a browser's package, against the earlier one."""
        before = self.record.before.get(browser)
        return part_sizes(self.record.last[browser].sizes, before.sizes if before else None)


def build_extension(config: ExtensionConfig, out: Path, browsers: Sequence[str]) -> list[Bundle]:
    """Write ``out/<browser>`` for each browser. All input is checked before the first file is
    written; what is current stays untouched.

    :raises BuilderError: if the asset or the configuration is not fit to ship, or ``out`` cannot be
        written to.
    """
    contents = _contents(config, load_asset(config.asset), browsers)
    with transaction(out) as outputs:
        return _stage_bundles(outputs, contents)


def pack_extension(
    config: ExtensionConfig, out: Path, browsers: Sequence[str], *, sources: bool = True
) -> Packed:
    """Build, then write the packages and their records into ``out``.

    - for each browser ``<slug>-<version>-<browser>.zip`` and its bill of materials ``.cdx.json``,
    - with Firefox ``<slug>-<version>-sources.zip`` for Mozilla's reviewers,
    - ``size.svg``, ``pack.json`` with the facts for the next pack, and ``SHA256SUMS`` of all zips
      of this version.

    :param sources: leave false to make no zip of sources.
    :raises BuilderError: if the asset or the configuration is not fit to ship, a source seems to
        hold a secret, or ``out`` cannot be written to.
    """
    asset = load_asset(config.asset)
    contents = _contents(config, asset, browsers)
    bills = {browser: _bill(config, asset, tree) for browser, tree in contents.items()}
    gathered, no_sources = None, ""
    if sources and "firefox" in browsers:
        try:
            gathered = gather_sources(config, [*contents.values(), _delivered(config, asset)])
        except OutsideProject as error:
            no_sources = str(error)
    with transaction(out) as outputs:
        bundles = _stage_bundles(outputs, contents)
        record = read_build_record(out / RECORD_FILE)
        packages = []
        for browser in browsers:
            package = _stage_zip(
                outputs, f"{config.slug}-{config.version}-{browser}.zip", contents[browser]
            )
            packages.append(Package(browser, package[0], package[1], package[2]))
            _stage_text(
                outputs, f"{config.slug}-{config.version}-{browser}{SUFFIX}", bills[browser]
            )
            record = record.after(
                browser, PackageRecord.of(outputs.where(package[0].name), package[2])
            )
        zip_of_sources = None
        if gathered is not None:
            text = readme(
                gathered,
                config,
                {browser: record.last[browser] for browser in BROWSERS if browser in browsers},
            )
            made = _stage_zip(
                outputs,
                f"{config.slug}-{config.version}-sources.zip",
                {**gathered.contents, README: text},
            )
            zip_of_sources = SourcesZip(
                *made,
                len(gathered.contents) + 1,
                gathered.config,
                gathered.tracked,
                gathered.untracked,
            )
        _stage_text(outputs, RECORD_FILE, record.text())
        _stage_text(
            outputs,
            PICTURE,
            tree_map(packages[0].file.name, record.last[packages[0].browser].sizes),
        )
        names = [f"{config.slug}-{config.version}-{kind}.zip" for kind in (*BROWSERS, "sources")]
        present = [name for name in names if outputs.where(name).is_file()]
        _stage_text(
            outputs,
            SUMS,
            "".join(f"{sha256_of(outputs.where(name))}  {name}\n" for name in present),
        )
    return Packed(bundles, packages, asset, record, zip_of_sources, no_sources, out / PICTURE)


def _contents(
    config: ExtensionConfig, asset: Asset, browsers: Sequence[str]
) -> dict[str, Contents]:
    for path in sorted(asset.folder.rglob("*")):
        if path.is_symlink() and path.relative_to(asset.folder).as_posix() not in asset.shipped:
            log.warning("%s: a symbolic link that model.json does not list; it is left out", path)
    return {browser: bundle_contents(config, asset, browser) for browser in browsers}


def _delivered(config: ExtensionConfig, asset: Asset) -> Contents:
    """What a build reads of a model that a server delivers: the package has its SHA-256."""
    if config.remote is None:
        return {}
    return {f"model/{file.path}": asset.folder / file.path for file in asset.files}


def _bill(config: ExtensionConfig, asset: Asset, contents: Contents) -> str:
    return package_bom(
        ContentsTree(contents),
        name=config.slug,
        version=config.version,
        model=asset.description,
        address=config.remote.address if config.remote else None,
    )


def _stage_bundles(outputs: Transaction, contents: dict[str, Contents]) -> list[Bundle]:
    bundles = []
    for browser, wanted in contents.items():
        folder = outputs.out / browser
        first, changed = not folder.is_dir(), changed_files(folder, wanted)
        if changed:
            write_bundle(wanted, outputs.stage(browser), folder, changed)
        else:
            log.debug("%s is current", folder)
        isolated = is_isolated(parse_manifest(text_of(ContentsTree(wanted), MANIFEST)))
        bundles.append(
            Bundle(
                browser, folder, tuple(sorted(wanted)), isolated, None if first else tuple(changed)
            )
        )
    return bundles


def _stage_zip(outputs: Transaction, name: str, contents: Contents) -> tuple[Path, int, str]:
    if holds(outputs.out / name, contents):
        log.debug("%s is current", outputs.out / name)
    else:
        log.debug("packing %d files into %s", len(contents), outputs.out / name)
        write_zip(outputs.stage(name), contents)
    file = outputs.where(name)
    return outputs.out / name, file.stat().st_size, sha256_of(file)


def _stage_text(outputs: Transaction, name: str, text: str) -> None:
    if not (outputs.out / name).is_file() or (outputs.out / name).read_bytes() != text.encode():
        outputs.stage(name).write_bytes(text.encode())
