"""What a pack leaves for the next one to compare with: ``dist/pack.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.packaging.references.graph import parse_manifest
from builder.packaging.size_report import FileSize, file_sizes
from builder.packaging.tree import ZipTree, text_of

RECORD_FILE = "pack.json"
_FORMAT = 1


@dataclass(frozen=True)
class PackageRecord:
    """One zip: its manifest, and its files with their sizes and SHA-256."""

    version: str
    bytes: int
    sha256: str
    manifest: dict[str, Any]
    sizes: tuple[FileSize, ...]
    hashes: dict[str, str]

    @property
    def contents_sha256(self) -> str:
        """One hash for names and contents: the same wherever they are the same, whatever compressed
        them.
        """
        return hash_of_contents(self.hashes)

    @classmethod
    def of(cls, package: Path, sha256: str) -> PackageRecord:
        tree = ZipTree(package)
        manifest = parse_manifest(text_of(tree, "manifest.json"))
        hashes = {name: tree.sha256(name) for name in sorted(tree.names)}
        return cls(
            str(manifest.get("version")),
            package.stat().st_size,
            sha256,
            manifest,
            tuple(file_sizes(package)),
            hashes,
        )

    def as_data(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "contents_sha256": self.contents_sha256,
            "manifest": self.manifest,
            "files": {
                size.name: {
                    "bytes": size.raw,
                    "zipped": size.zipped,
                    "sha256": self.hashes[size.name],
                }
                for size in self.sizes
            },
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> PackageRecord:
        sizes = [
            FileSize(name, file["bytes"], file["zipped"]) for name, file in data["files"].items()
        ]
        return cls(
            data["version"],
            data["bytes"],
            data["sha256"],
            data["manifest"],
            tuple(sizes),
            {name: file["sha256"] for name, file in data["files"].items()},
        )


def hash_of_contents(hashes: Mapping[str, str]) -> str:
    """SHA-256 over ``sha256sum``'s lines, sorted by name."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True)
class BuildRecord:
    """By browser: the last pack, and the one to compare it with: the last of another version, else
    the last that differed.
    """

    last: dict[str, PackageRecord]
    before: dict[str, PackageRecord]

    def after(self, browser: str, package: PackageRecord) -> BuildRecord:
        """These facts with a new pack of one browser."""
        last, before = dict(self.last), dict(self.before)
        earlier = last.get(browser)
        if earlier is not None and earlier.hashes != package.hashes:
            known = before.get(browser)
            if (
                earlier.version != package.version
                or known is None
                or known.version == package.version
            ):
                before[browser] = earlier
        last[browser] = package
        return BuildRecord(last, before)

    def text(self) -> str:
        data = {
            "format": _FORMAT,
            "last": {browser: package.as_data() for browser, package in sorted(self.last.items())},
            "before": {
                browser: package.as_data() for browser, package in sorted(self.before.items())
            },
        }
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def read_build_record(file: Path) -> BuildRecord:
    """What earlier packs left; nothing if there is no such file, or it is damaged or of another
    format: a report is no reason to stop.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["format"] == _FORMAT:
            return BuildRecord(
                *(
                    {
                        browser: PackageRecord.from_data(entry)
                        for browser, entry in data[key].items()
                    }
                    for key in ("last", "before")
                )
            )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return BuildRecord({}, {})
