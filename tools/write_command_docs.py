"""Write docs/commands.md from the commands' own help; ``--check`` only compares."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import click

from builder.cli import main as builder

TARGET = Path(__file__).parent.parent / "docs" / "commands.md"
WIDTH = 100
OPENING = """# Commands

What `--help` says, written by `python tools/write_command_docs.py`.

Exit codes: 0 good; 1 the thing that was checked fell short; 2 bad input or a missing tool; 130 interrupted. A failure is one
sentence on standard error that names the file and the place, and a hint. `--json [FILE]` writes one envelope
`{command, ok, data, problems: [{code, message, hint, place}]}`, to standard output where no file is named.
"""


def document() -> str:
    parts = [OPENING]

    def add(command: click.Command, path: str, parent: click.Context | None) -> None:
        context = click.Context(command, info_name=path.split()[-1], parent=parent, terminal_width=WIDTH)
        parts.append(f"## `{path}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                add(child, f"{path} {name}", context)

    add(builder, "builder", None)
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        if TARGET.read_text(encoding="utf-8") != document():
            sys.exit(f"error: {TARGET} is not what --help says\nhint: run python tools/write_command_docs.py")
    else:
        TARGET.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
