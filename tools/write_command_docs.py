"""Write three files of docs/reference; ``--check`` only compares.

commands.md comes from the commands' own help, json.md from the error codes, and model.schema.json
from the schema that the builder validates with.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import click

from builder.cli import main as builder
from builder.errors import CODES
from builder.models.asset.schema import SCHEMA, published_schema

DOCS = Path(__file__).parent.parent / "docs"
WIDTH = 100
COMMANDS = """# Commands

`python tools/write_command_docs.py` writes this page from `--help`.

| exit code | meaning |
| --- | --- |
| 0 | success |
| 1 | a check failed |
| 2 | bad input or a missing tool |
| 130 | interrupted |

A failure prints one sentence on standard error that names the file and the place, and a hint.
`--json [FILE]` writes [one envelope](json.md) instead.
"""
JSON = """# JSON output and error codes

`python tools/write_command_docs.py` writes this page from the error codes.

Every command takes `--json [FILE]` and then writes one envelope ([schema](envelope.schema.json)):

    {command, ok, data, problems: [{code, message, hint, place}]}

- Without FILE, the envelope goes to standard output, and the usual text is omitted.
- `ok` is true exactly if the exit code is 0.
- [A schema for each command](data.schema.json) describes `data`.
- A mistake on the command line is reported in the same form.
- Codes are stable; messages may change.

| code | meaning |
| --- | --- |
"""


def commands_page() -> str:
    parts = [COMMANDS]

    def add(command: click.Command, path: str, parent: click.Context | None) -> None:
        context = click.Context(
            command, info_name=path.split()[-1], parent=parent, terminal_width=WIDTH
        )
        parts.append(f"## `{path}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                add(child, f"{path} {name}", context)

    add(builder, "builder", None)
    return "\n".join(parts)


def json_page() -> str:
    rows = "".join(f"| `{code}` | {meaning} |\n" for code, meaning in CODES.items())
    return (
        f"{JSON}{rows}\nFindings of `builder lint` have the code of [their rule](lint.md)"
        " instead.\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    for target, text in (
        (DOCS / "reference" / "commands.md", commands_page()),
        (DOCS / "reference" / "json.md", json_page()),
        (DOCS / "reference" / SCHEMA, published_schema()),
    ):
        if not check:
            target.write_text(text, encoding="utf-8")
        elif target.read_text(encoding="utf-8") != text:
            sys.exit(
                f"error: {target} is not what the commands say\nhint: run python"
                " tools/write_command_docs.py"
            )


if __name__ == "__main__":
    main()
