"""Corrections that need no decision: nothing that a person wrote on purpose is changed."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

from builder.config.extension import load_config
from builder.config.reader import read_text
from builder.errors import BuilderError
from builder.files import replacing
from builder.packaging.references.graph import MANIFEST
from builder.packaging.tree import FolderTree
from builder.stores.extension import Extension
from builder.stores.lint.rules.package import LEFTOVERS
from builder.stores.lint.rules.policy import WASM

_MAP_COMMENT = re.compile(
    r"\n?(?://[#@]\s*sourceMappingURL=[^\n]*|/\*[#@]\s*sourceMappingURL=.*?\*/)"
)


def fix_project(file: Path) -> list[str]:
    """Give a project what a builder can make up by itself: Firefox's id."""
    try:
        if load_config(file).gecko_id is not None:
            return []
    except BuilderError:
        return []  # what is wrong there, the check says
    text = read_text(file)
    header = re.search(r"^\[extension\][^\n]*\n", text, re.MULTILINE)
    if header is None:
        return []
    gecko_id = f"{{{uuid.uuid4()}}}"
    _write(file, f'{text[: header.end()]}gecko_id = "{gecko_id}"\n{text[header.end() :]}')
    return [f"{file}: set gecko_id to {gecko_id} (LM107)"]


def fix_folder(folder: Path) -> list[str]:
    """Correct an unpacked extension."""
    done = []
    extension = Extension(FolderTree(folder), "chrome")
    for name in sorted(extension.tree.names):
        if name.endswith(".map") or (
            LEFTOVERS.search(name) and extension.graph.files.get(name) is None and name != MANIFEST
        ):
            (folder / name).unlink()
            done.append(
                f"{folder / name}: removed ({'LM207' if name.endswith('.map') else 'LM504'})"
            )
    for name in extension.own_scripts:
        text = extension.text(name)
        if (
            "sourceMappingURL" in text
            and (folder / name).exists()
            and (cleaned := _MAP_COMMENT.sub("", text)) != text
        ):
            _write(folder / name, cleaned)
            done.append(f"{folder / name}: removed the address of its source map (LM207)")
    done += _fix_policy(folder, extension) + _fix_words(folder, extension)
    return done


def _fix_policy(folder: Path, extension: Extension) -> list[str]:
    manifest = extension.manifest
    if (
        not manifest
        or WASM in (extension.policy or "")
        or not any(name.endswith(".wasm") for name in extension.tree.names)
    ):
        return []
    if extension.policy is None and "content_security_policy" in manifest:
        return []  # of a form that a person has to look at
    policy = extension.policy or "script-src 'self'; object-src 'self'"
    if "script-src" not in policy:
        return []
    manifest["content_security_policy"] = {
        "extension_pages": re.sub(r"script-src\b", f"script-src {WASM}", policy, count=1)
    }
    _write(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return [f"{folder / MANIFEST}: allowed {WASM} in script-src (LM401)"]


def _fix_words(folder: Path, extension: Extension) -> list[str]:
    default = extension.messages.get(str(extension.manifest.get("default_locale")))
    done = []
    for locale, messages in extension.messages.items():
        if (
            default
            and messages is not None
            and (lacking := [key for key in default if key not in messages])
        ):
            file = folder / "_locales" / locale / "messages.json"
            _write(
                file,
                json.dumps(
                    messages | {key: default[key] for key in lacking}, indent=2, ensure_ascii=False
                )
                + "\n",
            )
            done.append(f"{file}: took {len(lacking)} words from the default locale (LM802)")
    return done


def _write(file: Path, text: str) -> None:
    with replacing(file) as path:
        path.write_text(text, encoding="utf-8")
