"""Write docs/reference/lint.md from the table of rules; ``--check`` only compares."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from builder.stores.lint.rules import RULES

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "lint.md"
OPENING = """# Rules of `builder lint`

`python tools/write_lint_docs.py` writes this page from the rules themselves.

    builder lint extension.toml                     # a project
    builder lint dist/chrome                        # an unpacked extension
    builder lint dist/emotion-lens-0.1.0-firefox.zip

The exit code is 1 if a finding is an error. These options change what is checked and reported:

- `--store chrome,firefox,edge` chooses the stores.
- `--ignore CODE` or `--ignore CODE:PATTERN` skips a rule, everywhere or for some files.
- `--sarif FILE` and `--json [FILE]` write the findings for machines.
- `--fix` corrects what the rules marked *fixable* find, in a project or a folder.

A rule marked *heuristic* reads the source as text and can be wrong. The Chrome Web Store has no
public linter. Its rules here come from its documentation and from published rejections. The LM7
rules check the model and its [asset](glossary.md#asset). The LM9 rules check the words of the
listing, and what scripts do with data.

If [Mozilla's addons-linter](https://mozilla.github.io/addons-linter/) is installed, it runs too,
and its codes follow `AMO-`. It gives one warning about the unmodified ONNX Runtime Web, a dynamic
import. That warning becomes a note. Reviewers refuse modified libraries, so the reviewers' note
explains the import instead of patching it away.
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
