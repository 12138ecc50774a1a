"""LM5: what lies in the package, and how large it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from builder.packaging.references.graph import READ_SUFFIXES
from builder.packaging.secret_scanning import find_secrets
from builder.packaging.tree import TEXT_LIMIT
from builder.report import megabytes
from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule

"""Bytes that Mozilla's linter reads of one file (addons-linter, src/const.js:
MAX_FILE_SIZE_TO_PARSE_MB).
"""

MOZILLA_ZIP_LIMIT = 200_000_000
MOZILLA_UNPACKED_LIMIT = 250_000_000
CHROME_ZIP_LIMIT = 2_000_000_000
PARSED = (
    ".js",
    ".mjs",
    ".cjs",
    ".jsx",
    ".json",
    ".html",
    ".htm",
    ".xhtml",
    ".css",
    ".svg",
    ".ftl",
    ".properties",
    ".rdf",
)
_SUBMIT = "https://extensionworkshop.com/documentation/publish/submitting-an-add-on/"
_POLICIES = "https://extensionworkshop.com/documentation/publish/add-on-policies/"
_ARCHIVES = (
    ".zip",
    ".gz",
    ".tgz",
    ".br",
    ".zst",
    ".7z",
    ".rar",
    ".xz",
    ".bz2",
    ".tar",
    ".crx",
    ".xpi",
    ".jar",
)
_ARCHIVE_MARKS = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\xfd7zXZ",
    b"BZh",
    b"Cr24",
)
_PROGRAMS = (
    ".exe",
    ".dll",
    ".so",
    ".dylib",
    ".sh",
    ".bat",
    ".cmd",
    ".ps1",
    ".msi",
    ".com",
    ".scr",
    ".app",
    ".class",
    ".py",
    ".pyc",
)
LEFTOVERS = re.compile(
    r"(^|/)(\.[^/]+|__MACOSX|Thumbs\.db|desktop\.ini|node_modules|package(-lock)?\.json|yarn\.lock|tsconfig[^/]*\.json|[^/]*\.(orig|rej|bak|swp|tmp|log)"
    r"|[^/]*~|[^/]*\.(test|spec)\.m?js|[^/]*\.(jinja|ts|tsx|scss|psd|xcf))(/|$)",
)
_DUPLICATE_FROM = 100_000
_SHOWN_SECRETS = (
    ".js",
    ".mjs",
    ".json",
    ".html",
    ".css",
    ".txt",
    ".md",
    ".env",
    ".pem",
    ".key",
    ".toml",
    ".yml",
    ".yaml",
    ".ini",
    ".cfg",
)


@rule(
    "LM501",
    "A file that Mozilla reads is too large",
    source="https://github.com/mozilla/addons-linter/blob/master/src/const.js",
    stores=("firefox",),
    fix="keep large data in files of other types (.txt, .bin), or in several",
    why="addons.mozilla.org refuses scripts, pages, styles and JSON over 5 MB (FILE_TOO_LARGE).",
)
def parsed_files(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if name.endswith(PARSED) and (size := extension.tree.size(name)) > TEXT_LIMIT:
            yield Hit(name, 0, f"has {megabytes(size)}")


@rule(
    "LM502",
    "The package is too large",
    source=_SUBMIT,
    fix="ship a smaller model: fewer layers, a smaller vocabulary, or 4-bit weights",
    why=(
        "addons.mozilla.org takes zips up to 200 MB and 250 MB unpacked; the limit of the"
        " Chrome Web Store is said to be 2 GB."
    ),
)
def package_size(extension: Extension) -> Iterator[Hit]:
    unpacked = sum(extension.tree.size(name) for name in extension.tree.names)
    limit = MOZILLA_ZIP_LIMIT if extension.browser == "firefox" else CHROME_ZIP_LIMIT
    if extension.zip_size is not None and extension.zip_size > limit:
        yield Hit(
            "",
            0,
            f"the zip has {megabytes(extension.zip_size)}, and {megabytes(limit)} are allowed",
        )
    if extension.browser == "firefox" and unpacked > MOZILLA_UNPACKED_LIMIT:
        yield Hit(
            "",
            0,
            f"the package has {megabytes(unpacked)} unpacked, and"
            f" {megabytes(MOZILLA_UNPACKED_LIMIT)} are allowed",
        )


@rule(
    "LM503",
    "A compressed file inside the package",
    source="https://github.com/microsoft/MicrosoftEdge-Extensions/discussions/135",
    stores=("edge", "firefox"),
    fix="ship the file as it is: the package compresses it anyway",
    why="Edge refuses nested archives, and Mozilla flags them.",
)
def nested_archives(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if name.endswith(_ARCHIVES) or (
            not name.endswith(".bin") and extension.tree.read(name)[:6].startswith(_ARCHIVE_MARKS)
        ):
            yield Hit(name, 0, "is a compressed file")


@rule(
    "LM504",
    "A file that was left over",
    source=_POLICIES,
    fixable=True,
    fix="leave it out (builder pack ships what is used, and nothing else)",
    why="Stores ask for packages without needless files; hidden ones break the upload.",
)
def leftovers(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if LEFTOVERS.search(name) and extension.graph.files.get(name) is None:
            yield Hit(name, 0, "does not belong into a package")


@rule(
    "LM505",
    "A file that nothing uses",
    severity="warning",
    source=_POLICIES,
    heuristic=True,
    fix="leave it out, or name it where it is used",
    why="Mozilla asks for packages without needless files; reviewers read every one.",
)
def unused_files(extension: Extension) -> Iterator[Hit]:
    for name in (
        sorted(extension.tree.names - extension.graph.files.keys()) if extension.graph.files else []
    ):
        if not LEFTOVERS.search(name) and not name.endswith(".map"):
            yield Hit(name, 0, "no page, module or key of the manifest names it")


@rule(
    "LM506",
    "A secret in the package",
    source="https://developer.chrome.com/docs/webstore/program-policies/best-practices",
    heuristic=True,
    fix="remove it, and make it invalid: everyone who installs the extension can read it",
    why="A package is public.",
)
def secrets(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        text = (
            extension.text(name)
            if name.endswith(_SHOWN_SECRETS) and name not in _released(extension)
            else ""
        )
        for line, what in find_secrets(name, text):
            yield Hit(name, line, what)


@rule(
    "LM507",
    "A program, or a script of another language",
    source=_POLICIES,
    stores=("firefox", "chrome", "edge"),
    fix="leave it out",
    why="Packages with native programs are held or refused.",
)
def programs(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if name.lower().endswith(_PROGRAMS):
            yield Hit(name, 0, f"is a {PurePosixPath(name).suffix} file")


@rule(
    "LM508",
    "A name that browsers reserve or cannot read",
    source="https://developer.chrome.com/docs/extensions/reference/manifest",
    fix="rename it",
    why="Chrome refuses names that begin with an underscore, apart from _locales.",
)
def names(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        parts = name.split("/")
        if parts[0].startswith("_") and parts[0] != "_locales":
            yield Hit(name, 0, "begins with an underscore")
        elif (
            ".." in parts
            or name.startswith("/")
            or "\\" in name
            or any(ord(character) < 32 for character in name)
        ):
            yield Hit(name, 0, "is no name inside the package")


@rule(
    "LM509",
    "The same file twice",
    severity="warning",
    source=_POLICIES,
    fix="keep one, and name it from both places",
    why="It doubles the download.",
)
def duplicates(extension: Extension) -> Iterator[Hit]:
    by_hash: dict[str, str] = {}
    for name in sorted(extension.tree.names):
        if extension.tree.size(name) >= _DUPLICATE_FROM and not name.endswith(
            ".wasm"
        ):  # wasm is LM602's business
            first = by_hash.setdefault(extension.sha256(name), name)
            if first != name:
                yield Hit(
                    name, 0, f"is the same as {first} ({megabytes(extension.tree.size(name))})"
                )


def _released(extension: Extension) -> set[str]:
    return set(extension.scripts) - set(extension.own_scripts)


@rule(
    "LM510",
    "A script, page or style is too large to be checked",
    severity="warning",
    source="https://developer.chrome.com/docs/webstore/program-policies/code-readability",
    stores=("chrome", "edge"),
    fix=(
        f"split it into files of at most {megabytes(TEXT_LIMIT)}; keep data in files of other types"
    ),
    why="Reviewers cannot read it either, and data that looks like code holds a review up.",
)
def unchecked(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if name.endswith(READ_SUFFIXES) and (size := extension.tree.size(name)) > TEXT_LIMIT:
            yield Hit(name, 0, f"has {megabytes(size)}, and was not read")
