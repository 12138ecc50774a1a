"""LM7: the model, its card and the licences."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from builder.packaging.references.graph import NOTICES, line_of
from builder.stores.extension import RELEASED, Extension
from builder.stores.lint.findings import Hit, rule

_AGREEMENT = (
    "https://extensionworkshop.com/documentation/publish/firefox-add-on-distribution-agreement/"
)
_RIGHTS = "https://developer.chrome.com/docs/webstore/program-policies/impersonation-and-intellectual-property"
_CARD = "README.md"


@rule(
    "LM701",
    "The licence of the model restricts its use",
    severity="warning",
    source=_RIGHTS,
    fix="ship a model with a free licence, or state the restriction in the listing",
    why=("You declare to the stores that you may distribute the whole package to everyone."),
)
def restricted(extension: Extension) -> Iterator[Hit]:
    for name, model in extension.models.items():
        licence = model.get("licence")
        if isinstance(licence, dict) and licence.get("restricts_use"):
            yield Hit(
                name,
                line_of(extension.text(name), "licence"),
                f"the licence is '{licence.get('name')}'",
            )


@rule(
    "LM702",
    "The origin of the model is not stated",
    source="https://huggingface.co/docs/hub/model-cards",
    fix=(
        "list base model and training data under sources in model.json, and describe them"
        " in the card"
    ),
    why="Without it, nobody can judge the model's licence and data.",
)
def provenance(extension: Extension) -> Iterator[Hit]:
    for name, model in extension.models.items():
        text = extension.text(name)
        sources = model.get("sources")
        if not sources:
            yield Hit(name, line_of(text, "sources"), "sources is empty")
        for source in sources or []:
            if not isinstance(source, dict) or not source.get("name") or not source.get("licence"):
                yield Hit(
                    name, line_of(text, "sources"), f"a source lacks its name or licence: {source}"
                )
        card = posixpath.join(posixpath.dirname(name), _CARD)
        if card not in extension.tree.names:
            yield Hit(card, 0, "there is no model card")
        elif len(extension.text(card).split()) < 20:
            yield Hit(card, 1, "the model card is nearly empty")


@rule(
    "LM703",
    "A licence is missing",
    source=_AGREEMENT,
    fix="ship the licence texts in notices/, and name the model's in model.json",
    why=(
        "Apache-2.0 and MIT require their texts to ship with the code. Stores require"
        " the right to distribute the upload."
    ),
)
def licences(extension: Extension) -> Iterator[Hit]:
    if not extension.manifest:
        return
    notices = {
        name: extension.text(name) for name in extension.tree.names if name.startswith(NOTICES)
    }
    if not notices:
        yield Hit("notices/", 0, "the package has no licence file")
    borrowed = any(extension.sha256(name) in RELEASED for name in extension.scripts)
    if (
        borrowed
        and notices
        and not any("ONNX Runtime" in text and "MIT License" in text for text in notices.values())
    ):
        yield Hit("notices/", 0, "the licence of ONNX Runtime Web (MIT) is not among the notices")
    for name, model in extension.models.items():
        licence = model.get("licence")
        if not isinstance(licence, dict) or not licence.get("name"):
            yield Hit(name, line_of(extension.text(name), "licence"), "model.json names no licence")


@rule(
    "LM704",
    "A model file differs from model.json",
    source="https://developer.chrome.com/docs/webstore/troubleshooting",
    fix="pack again from an intact asset",
    why="The extension refuses to load the model, and fails in review.",
)
def hashes(extension: Extension) -> Iterator[Hit]:
    for name, model in extension.models.items():
        for entry in model.get("files", []):
            path = posixpath.join(posixpath.dirname(name), str(entry.get("path")))
            if path in extension.tree.names and extension.sha256(path) != entry.get("sha256"):
                yield Hit(path, 0, "SHA-256 differs from model.json")
