"""How Mozilla's reviewers rebuild a package: the README in the zip of sources."""

from __future__ import annotations

from collections.abc import Mapping

from builder._version import __version__
from builder.config.extension import ExtensionConfig
from builder.packaging.previous_build import PackageRecord
from builder.packaging.runtime import (
    FILES,
    TOKENIZERS,
    TOKENIZERS_VERSION,
    VERSION,
    ZSTDDEC,
    ZSTDDEC_VERSION,
)
from builder.packaging.sources.gather import TOOLKIT, Sources

README = "README-FOR-REVIEWERS.md"


def readme(
    sources: Sources, config: ExtensionConfig, packages: Mapping[str, PackageRecord]
) -> bytes:
    """How to rebuild, for the reviewers' image: Ubuntu 24.04 on ARM64 with Node 24."""
    toolkit = TOOLKIT in sources.contents
    if toolkit and sources.config == "extension.toml":
        steps = ["sudo apt-get install -y make python3-venv", "make pack"]
    else:
        pin = "-e . --no-build-isolation" if toolkit else f"lensmith=={__version__}"
        steps = [
            "sudo apt-get install -y python3-venv",
            "python3 -m venv .venv",
            f".venv/bin/pip install {pin}",
            f".venv/bin/builder pack {sources.config}",
        ]
    name = config.name[config.default_locale]
    lines = [
        f"# {name} {config.version}: how to rebuild the package",
        "",
        (
            "Our own files are neither minified, bundled nor transpiled: the package holds them as"
            " they are in the sources."
        ),
        (
            "Third-party files are the unmodified files of their releases, listed below with their"
            " SHA-256; ONNX Runtime Web is minified by its makers."
        ),
        (
            "The build writes manifest.json from a template, _locales and settings.json from"
            " extension.toml, copies the files that the manifest leads to,"
        ),
        "and packs them in a zip whose bytes depend on the contents alone.",
        (
            "The model's weights are data: they were made beforehand, and are copied after a check"
            " of their SHA-256."
        ),
        "",
        "## Commands",
        "",
        (
            "Ubuntu 24.04 (ARM64 or x86-64), Python 3.11 or later, Node 24 as in the reviewers'"
            " image; less than 1 GB of disk."
        ),
        "",
        *(f"    {step}" for step in steps),
        "",
        "The packages are then in `dist/`.",
        "",
        "## What comes from elsewhere, unmodified",
        "",
        f"- ONNX Runtime Web {VERSION}: https://www.npmjs.com/package/onnxruntime-web/v/{VERSION}",
        *(f"  - `runtime/{file.name}` SHA-256 `{file.sha256}`" for file in FILES),
        (
            "  - when it is started, `engine/wasm-trim/trim.js` leaves functions that no classifier"
            " calls out of what the browser compiles"
        ),
    ]
    if any(f"runtime/{TOKENIZERS.name}" in package.hashes for package in packages.values()):
        lines += [
            (
                f"- @huggingface/tokenizers {TOKENIZERS_VERSION}:"
                f" https://www.npmjs.com/package/@huggingface/tokenizers/v/{TOKENIZERS_VERSION}"
            ),
            f"  - `runtime/{TOKENIZERS.name}` SHA-256 `{TOKENIZERS.sha256}`",
        ]
    if any(f"runtime/{ZSTDDEC.name}" in package.hashes for package in packages.values()):
        lines += [
            f"- zstddec {ZSTDDEC_VERSION}: https://www.npmjs.com/package/zstddec/v/{ZSTDDEC_VERSION}",
            f"  - `runtime/{ZSTDDEC.name}` SHA-256 `{ZSTDDEC.sha256}`",
        ]
    if not toolkit:
        lines += [
            (
                f"- Lensmith {__version__}, the open-source toolkit that builds:"
                f" https://pypi.org/project/lensmith/{__version__}/"
            ),
            "  (the scripts and pages of the package are its files)",
        ]
    lines += [
        "",
        "## What must come out",
        "",
        (
            "Names and SHA-256 of the contents are the same everywhere; the zip as a whole is byte"
            " for byte the same wherever the same"
        ),
        "zlib compresses it. `builder pack --check-reproducible` does this comparison by itself.",
        "",
    ]
    for browser, package in packages.items():
        lines += [
            f"### {config.slug}-{package.version}-{browser}.zip",
            "",
            f"Zip: `{package.sha256}`  ",
            f"Contents: `{package.contents_sha256}`",
            "",
            *(f"    {digest}  {file}" for file, digest in sorted(package.hashes.items())),
            "",
        ]
    return "\n".join(lines).encode()
