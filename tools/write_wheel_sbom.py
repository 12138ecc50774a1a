"""Write the bill of materials of the wheel beside it, as CycloneDX: ``make wheel`` does.

The Python packages are those that the wheel depends on, at the versions that the tests run with.

.venv/bin/python tools/write_wheel_sbom.py dist/lensmith-0.1.0-py3-none-any.whl
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from builder import __version__
from builder.packaging.runtime import RELEASES
from builder.packaging.sbom import LICENCE, SUFFIX, bill, file_component, library, model_component

REPOSITORY = Path(__file__).parent.parent
PARTS = "builder/parts/"
NOT_IN_METADATA = {"resvg-py": "MIT"}
"""Licences that a package states in its licence file alone."""


def licence_of(package: str) -> str:
    """The licence as the package's metadata state it: an SPDX expression where there is one."""
    found = metadata(package).json
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in found.get("classifier", [])
        if line.startswith("License :: ")
    ]
    written = str(found.get("license", "")).strip().split("\n", 1)[0]
    stated = found.get("license_expression") or NOT_IN_METADATA.get(package)
    return str(stated or (classifiers[0] if classifiers else written))


def python_components(requirements: Path) -> list[dict[str, Any]]:
    pins = re.findall(r"^([\w.-]+)==(\S+)", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    components = []
    for name, version in pins:
        component = {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
        }
        try:
            component["licenses"] = [{"license": {"name": licence_of(name)}}]
        except ModuleNotFoundError:  # of another system, so not installed here
            component["scope"] = "optional"
        components.append(component)
    return components


def wheel_bom(wheel: Path, requirements: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        files = {
            name: file_component(name, hashlib.sha256(archive.read(name)).hexdigest())
            for name in sorted(archive.namelist())
        }
        (described,) = (name for name in files if name.endswith("/model.json"))
        model = json.loads(archive.read(described))
    components = []
    for release in RELEASES:
        paths = [f"{PARTS}runtime/{file.name}" for file in release.files]
        if shipped := [files.pop(path) for path in paths if path in files]:
            components.append(library(release, shipped))
    folder = described.rpartition("/")[0]
    of_model = [files.pop(name) for name in list(files) if name.startswith(f"{folder}/")]
    components.append(model_component(model, of_model))
    subject = {
        "type": "library",
        "name": "lensmith",
        "version": __version__,
        "licenses": [{"license": {"id": LICENCE}}],
        "purl": f"pkg:pypi/lensmith@{__version__}",
    }
    return bill(subject, [*components, *python_components(requirements), *files.values()])


def main() -> None:
    for wheel in map(Path, sys.argv[1:]):
        target = wheel.with_name(wheel.name.removesuffix(".whl") + SUFFIX)
        text = wheel_bom(wheel, REPOSITORY / "tools/requirements/pack.txt")
        target.write_text(text, encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main()
