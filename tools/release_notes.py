"""Print the part of CHANGELOG.md about one version, for the notes of a release.

.venv/bin/python tools/release_notes.py 1.2.3
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from builder import __version__

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"


def release_notes(changelog: str, version: str) -> str:
    """The part below ``## [version]``, up to the next version or the list of links.

    :raises ValueError: if the version has no such part, or one without a line.
    """
    heading = rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |^\[|\Z)"
    found = re.search(heading, changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise ValueError(f"CHANGELOG.md has nothing below a heading '## [{version}]'")
    return found[1].strip() + "\n"


def main() -> None:
    (version,) = sys.argv[1:]
    if version != __version__:
        sys.exit(f"error: the tag says {version}, builder/_version.py says {__version__}")
    try:
        print(release_notes(CHANGELOG.read_text(encoding="utf-8"), version), end="")
    except ValueError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
