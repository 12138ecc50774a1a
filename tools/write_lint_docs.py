"""Write docs/reference/lint.md from the table of rules; ``--check`` only compares."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from builder.stores.lint.rules import RULES

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "lint.md"
OPENING = """# Rules of `builder lint`

Written by `python tools/write_lint_docs.py` from the rules themselves.

    builder lint extension.toml                     # a project
    builder lint dist/chrome                        # an unpacked extension
    builder lint dist/emotion-lens-0.1.0-firefox.zip

The exit code is 1 if a finding is an error. `--store chrome,firefox,edge` picks the stores, `--ignore CODE` or `--ignore CODE:PATTERN`
leaves out what you decided to keep, `--sarif FILE` and `--json [FILE]` write the findings for machines. A rule marked *heuristic* reads
the source as text and may be wrong; the Chrome Web Store has no public linter, so what stands here about it comes from its
documents and from rejections that were made public. A rule marked *fixable* is one that `--fix` corrects, in a project or a folder.

Where [Mozilla's addons-linter](https://mozilla.github.io/addons-linter/) is installed, it runs too, and its findings carry its own codes
after `AMO-`. Its one warning about the unmodified ONNX Runtime Web (a dynamic import) becomes a note that says so: reviewers refuse
modified libraries, so it is explained to them instead of being patched away.
"""


def document() -> str:
    parts = [OPENING]
    for rule in sorted(RULES, key=lambda rule: rule.code):
        marks = "".join(
            f", *{mark}*"
            for mark, holds in (("heuristic", rule.heuristic), ("fixable", rule.fixable))
            if holds
        )
        parts.append(
            f"## {rule.code}: {rule.title}\n\n{rule.severity.capitalize()} for"
            f" {', '.join(rule.stores)}{marks}.\n\nWhy: {rule.why} <{rule.source}>\n\nTo fix it:"
            f" {rule.fix}.\n"
        )
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        if TARGET.read_text(encoding="utf-8") != document():
            sys.exit(
                f"error: {TARGET} is not what the rules say\nhint: run python"
                " tools/write_lint_docs.py"
            )
    else:
        TARGET.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
