"""A model's licence, as its README or its author states it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuilderError

FREE = frozenset(
    {
        "apache-2.0",
        "mit",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsl-1.0",
        "isc",
        "zlib",
        "unlicense",
        "wtfpl",
        "cc0-1.0",
        "cc-by-2.0",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "mpl-2.0",
        "gpl-2.0",
        "gpl-3.0",
        "lgpl-2.1",
        "lgpl-3.0",
        "agpl-3.0",
        "epl-2.0",
        "artistic-2.0",
        "ms-pl",
        "pddl",
        "odc-by",
    }
)
"""Licences that restrict no field of use, as the hub writes them.

They may ask for attribution or for sharing alike.
"""

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Licence:
    """``restricts_use``: whether it restricts the use of the model. An unknown licence may."""

    name: str
    restricts_use: bool
    reason: str

    @property
    def known(self) -> bool:
        return self.name != UNKNOWN


def read_licence(folder: Path, given: str | None) -> Licence:
    """The licence that the author states, or else the one in the front matter of README.md."""
    name, by = given, "as its importer says"
    if name is None:
        value = front_matter(folder / "README.md").get("license")
        name, by = str(value) if value else None, "as its README says"
    if name is None:
        return Licence(UNKNOWN, True, "the model comes without a statement of its licence")
    restricts = name.lower() not in FREE
    return Licence(name, restricts, f"{by}; read its terms before publishing" if restricts else by)


def front_matter(readme: Path) -> dict[str, Any]:
    """The YAML between two lines of dashes at the top of a README; empty if there is none.

    :raises BuilderError: if it is not valid YAML.
    """
    if not readme.is_file():
        return {}
    opening, separator, rest = readme.read_text(encoding="utf-8", errors="replace").partition(
        "---\n"
    )
    block, closing, _ = rest.partition("\n---")
    if opening.strip("\ufeff \n") or not separator or not closing:
        return {}
    import yaml

    try:
        values = yaml.safe_load(block)
    except RecursionError:
        raise BuilderError(
            f"{readme}: its front matter nests too deeply",
            hint="correct the lines between the dashes",
            place=str(readme),
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{readme}:{mark.line + 2}" if mark else str(readme)
        raise BuilderError(
            f"{place}: its front matter is no YAML",
            hint="correct the lines between the dashes",
            place=place,
        ) from None
    return values if isinstance(values, dict) else {}
