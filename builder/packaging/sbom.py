"""A software bill of materials in CycloneDX 1.6: what a package or a wheel contains, by whom, and
under which licence. The same contents give the same bytes, so there is no date in it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from builder._version import __version__
from builder.errors import BuilderError
from builder.packaging.runtime import RELEASES, Release
from builder.packaging.tree import Tree

SUFFIX = ".cdx.json"
LICENCE = "Apache-2.0"
"""Of the toolkit, and of those files of an extension that come with it."""

Component = dict[str, Any]


def package_bom(
    tree: Tree, *, name: str, version: str, model: dict[str, Any], address: str | None = None
) -> str:
    """Of an extension's package.

    :param model: what model.json says.
    :param address: of the server that delivers the model's files, if one does.
    :raises BuilderError: if somebody else's files ship without their licence.
    """
    files = {path: file_component(path, tree.sha256(path)) for path in sorted(tree.names)}
    parts = []
    for release in RELEASES:
        own = [files.pop(f"runtime/{file.name}", None) for file in release.files]
        if shipped := [file for file in own if file is not None]:
            _require(tree, f"notices/{release.notice}", f"{release.package} {release.version}")
            parts.append(library(release, shipped))
    of_model = [files.pop(path) for path in list(files) if path.startswith("model/")]
    if of_model:
        _require(tree, "model/README.md", f"the model {model['name']}")
        parts.append(model_component(model, of_model, address))
    return bill(
        {"type": "application", "name": name, "version": version}, [*parts, *files.values()]
    )


def bill(subject: Component, components: Sequence[Component]) -> str:
    """The document, with the subject depending on each component."""
    root = {"bom-ref": f"{subject['name']}@{subject['version']}", **subject}
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {
                "components": [{"type": "application", "name": "lensmith", "version": __version__}]
            },
            "component": root,
        },
        "components": list(components),
        "dependencies": [
            {
                "ref": root["bom-ref"],
                "dependsOn": sorted(component["bom-ref"] for component in components),
            }
        ],
    }
    # A serial number is to be one of a kind; here it follows from what the document says.
    unique = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(document, sort_keys=True))
    return json.dumps({**document, "serialNumber": f"urn:uuid:{unique}"}, indent=2) + "\n"


def file_component(path: str, sha256: str) -> Component:
    hashes = [{"alg": "SHA-256", "content": sha256}]
    return {"type": "file", "bom-ref": f"file:{path}", "name": path, "hashes": hashes}


def library(release: Release, files: Iterable[Component] = ()) -> Component:
    """An npm release, with those of its files that ship."""
    joined = " AND " in release.licence
    name = "/".join(quote(part, safe="") for part in release.package.split("/"))
    return {
        "type": "library",
        "bom-ref": f"pkg:npm/{name}@{release.version}",
        "name": release.package,
        "version": release.version,
        "licenses": [
            {"expression": release.licence} if joined else {"license": {"id": release.licence}}
        ],
        "purl": f"pkg:npm/{name}@{release.version}",
        "components": list(files),
    }


def model_component(
    model: dict[str, Any], files: Iterable[Component], address: str | None = None
) -> Component:
    """The model. Its licence is one that people wrote, not always one with an SPDX name."""
    delivered = [
        file_component(f"model/{file['path']}", file["sha256"])
        for file in (model["files"] if address else ())
    ]
    where = [{"type": "distribution", "url": address}] if address else []
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{model['name']}@{model['version']}",
        "name": model["name"],
        "version": model["version"],
        "licenses": [{"license": {"name": model["licence"]["name"]}}],
        "components": [*files, *delivered],
        **({"externalReferences": where} if where else {}),
    }


def _require(tree: Tree, notice: str, what: str) -> None:
    if notice not in tree.names:
        raise BuilderError(
            f"{notice}: missing, and {what} may not ship without its licence",
            hint="restore the file; overrides may change it, but not remove it",
            place=notice,
        )
