"""An extension as the rules see it: its files, read once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from builder.config.reader import parse_json
from builder.errors import BuilderError
from builder.packaging.contents import omitted_files, read_delivery
from builder.packaging.javascript import Lines, Script, Token, parse
from builder.packaging.references.graph import (
    MANIFEST,
    DependencyGraph,
    line_of,
    parse_manifest,
    trace_references,
)
from builder.packaging.runtime import FILES, TOKENIZERS, ZSTDDEC
from builder.packaging.tree import Tree, text_of

_PLACEHOLDER = re.compile(r"\$([A-Za-z0-9_@]+)\$")
RELEASED = {file.sha256: file.name for file in (*FILES, TOKENIZERS, ZSTDDEC)}
"""SHA-256 of other people's files, as they were released."""


@dataclass(frozen=True)
class Use:
    """A call of a browser's API, like ``contextMenus.create``."""

    api: str
    file: str
    line: int


class Extension:
    """Files by name, whatever they come from, with what the manifest and the modules say.

    ``manifest`` is empty where it cannot be read; ``problem`` says why then. ``zip_size`` is known
    for zips alone.
    """

    def __init__(
        self,
        tree: Tree,
        browser: str,
        *,
        graph: DependencyGraph | None = None,
        zip_size: int | None = None,
    ) -> None:
        self.tree = tree
        self.browser = browser
        self.zip_size = zip_size
        self.manifest: dict[str, Any] = {}
        self.problem: BuilderError | None = None
        try:
            self.graph = graph or trace_references(
                tree,
                omitted=omitted_files(
                    needs_tokenizers=self._needs_tokenizers,
                    delivered=self._files_of_models if self.delivery else (),
                ),
            )
            self.manifest_text = text_of(tree, MANIFEST)
            self.manifest = parse_manifest(self.manifest_text)
        except BuilderError as error:
            self.graph = DependencyGraph()
            self.problem = error

    @property
    def _needs_tokenizers(self) -> bool:
        tokenizers = [model.get("tokenizer") for model in self.models.values()]
        kinds = [one.get("kind") if isinstance(one, dict) else None for one in tokenizers]
        return bool(kinds) and any(kind != "wordpiece" for kind in kinds)

    @property
    def _files_of_models(self) -> Iterator[str]:
        """What each model.json lists, by its place in the package."""
        for name, model in self.models.items():
            listed = model.get("files")
            for entry in listed if isinstance(listed, list) else ():
                if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                    yield posixpath.join(posixpath.dirname(name), entry["path"])

    @cached_property
    def delivery(self) -> dict[str, Any] | None:
        """What the package says of the server of its model; None where it holds the model."""
        return read_delivery(self.tree)

    def manifest_line(self, needle: str) -> int:
        """The line of the manifest that holds a string, as key or value."""
        return line_of(self.manifest_text, needle)

    @cached_property
    def scripts(self) -> list[str]:
        return sorted(name for name in self.tree.names if name.endswith((".js", ".mjs")))

    @cached_property
    def own_scripts(self) -> list[str]:
        """Without the released files of the runtime, which stores know and which must not be
        changed.
        """
        return [name for name in self.scripts if self.sha256(name) not in RELEASED]

    @cached_property
    def pages(self) -> list[str]:
        return sorted(name for name in self.tree.names if name.endswith((".html", ".htm")))

    def text(self, name: str) -> str:
        return text_of(self.tree, name)

    def script(self, name: str) -> Script:
        return parse(self.text(name))

    def tokens(self, name: str) -> tuple[tuple[Token, ...], Lines]:
        """A script without its comments, and where its offsets lie."""
        script = self.script(name)
        return script.code, script.lines

    def strings(self, name: str) -> Iterator[tuple[str, int]]:
        """The strings of a script with their lines."""
        script = self.script(name)
        for token in script.strings:
            yield token.text, script.lines.at(token.offset)[0]

    def sha256(self, name: str) -> str:
        if name not in self._hashes:
            self._hashes[name] = self.tree.sha256(name)
        return self._hashes[name]

    @cached_property
    def _hashes(self) -> dict[str, str]:
        return {}

    @cached_property
    def messages(self) -> dict[str, dict[str, Any] | None]:
        """By locale: the words, or none where the file is no JSON object."""
        found: dict[str, dict[str, Any] | None] = {}
        for name in sorted(self.tree.names):
            parts = name.split("/")
            if len(parts) == 3 and parts[0] == "_locales" and parts[2] == "messages.json":
                try:
                    value = parse_json(self.text(name), Path(name))
                except BuilderError:
                    value = None
                found[parts[1]] = value if isinstance(value, dict) else None
        return found

    def words(self, key: str) -> Iterator[tuple[str, str, str, int]]:
        """A manifest's text in each locale: locale, text, file and line.

        The locale is empty if the text is in the manifest itself.
        """
        value = self.manifest.get(key)
        if not isinstance(value, str):
            return
        if not (value.startswith("__MSG_") and value.endswith("__")):
            yield "", value, MANIFEST, self.manifest_line(key)
            return
        name = value[6:-2].lower()
        for locale, messages in self.messages.items():
            for word, entry in (messages or {}).items():
                if (
                    word.lower() == name
                    and isinstance(entry, dict)
                    and isinstance(entry.get("message"), str)
                ):
                    file = f"_locales/{locale}/messages.json"
                    yield locale, _shown(entry), file, line_of(self.text(file), word)

    @cached_property
    def models(self) -> dict[str, dict[str, Any]]:
        """model.json by name."""
        found = {}
        for name in sorted(self.tree.names):
            if name.rsplit("/", 1)[-1] == "model.json":
                try:
                    value = parse_json(self.text(name), Path(name))
                except BuilderError:
                    continue
                if isinstance(value, dict):
                    found[name] = value
        return found

    @cached_property
    def uses(self) -> list[Use]:
        """Every call of the browser's API that can be seen in the scripts."""
        found = []
        for name in self.own_scripts:
            script = self.script(name)
            found += [Use(path, name, script.lines.at(offset)[0]) for path, offset in script.uses]
        return found

    @property
    def permissions(self) -> list[str]:
        return [value for value in self.manifest.get("permissions", []) if isinstance(value, str)]

    @property
    def policy(self) -> str | None:
        """The content security policy of the extension's pages."""
        value = self.manifest.get("content_security_policy")
        policy = value.get("extension_pages") if isinstance(value, dict) else None
        return policy if isinstance(policy, str) else None


def _shown(entry: dict[str, Any]) -> str:
    """A message as the browser shows it, its placeholders filled."""
    placeholders = entry.get("placeholders")
    contents = {
        name.lower(): value["content"]
        for name, value in (placeholders.items() if isinstance(placeholders, dict) else ())
        if isinstance(value, dict) and isinstance(value.get("content"), str)
    }
    filled = _PLACEHOLDER.sub(
        lambda match: contents.get(match[1].lower(), match[0]), entry["message"]
    )
    return filled.replace("$$", "$")
