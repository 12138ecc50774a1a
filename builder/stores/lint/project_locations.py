"""From a line of a generated file back to the line that its author wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from builder.config.extension import ExtensionConfig
from builder.config.reader import read_text
from builder.packaging.manifest import REPLACEABLE_WORDS, TEMPLATE, WORDS
from builder.packaging.references.graph import MANIFEST, line_of
from builder.packaging.tree import Contents, ContentsTree
from builder.paths import extension_folder

Locate = Callable[[str, int], tuple[str, int]]
"""From a file and line of the package to where a person finds them."""


def project_locations(config: ExtensionConfig, contents: Contents) -> Locate:
    sources = extension_folder()
    tree = ContentsTree(contents)

    def locate(name: str, line: int) -> tuple[str, int]:
        content = contents.get(name)
        if isinstance(content, Path):
            return str(content), line
        if name == MANIFEST:
            return _manifest_place(
                config,
                _own_or(sources, config, TEMPLATE),
                tree.read(name).decode().splitlines()[max(line, 1) - 1],
            )
        if name.startswith("_locales/") and content is not None:
            return _word_place(
                config,
                _own_or(sources, config, name),
                tree.read(name).decode().splitlines()[max(line, 1) - 1],
            )
        return (
            (str(sources / name), line)
            if (sources / name).exists()
            else (name or str(config.file), line)
        )

    return locate


def _own_or(sources: Path, config: ExtensionConfig, name: str) -> Path:
    """The author's own version of a file, if there is one."""
    own = config.overrides / name if config.overrides else None
    return own if own is not None and own.is_file() else sources / name


def _manifest_place(config: ExtensionConfig, template: Path, generated: str) -> tuple[str, int]:
    """A line of the generated manifest, as the template has it; else the line of extension.toml
    that holds its value.
    """
    for file in (template, config.file):
        text = read_text(file)
        for quoted in reversed(re.findall(r'"[^"]+"', generated)):
            if (place := text.find(quoted)) >= 0:
                return str(file), text.count("\n", 0, place) + 1
    return str(template), 1


def _word_place(config: ExtensionConfig, file: Path, generated: str) -> tuple[str, int]:
    keys = re.findall(r'"([^"]+)": [{]', generated)
    if keys and keys[0] in (*WORDS, *REPLACEABLE_WORDS):
        for number, text in enumerate(read_text(config.file).splitlines(), start=1):
            if re.match(rf"\s*(\[extension\.)?{keys[0]}\b", text):
                return str(config.file), number
    if not file.is_file():
        return str(config.file), 1
    return str(file), line_of(read_text(file), keys[0]) if keys else 1
