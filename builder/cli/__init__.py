"""The command line, a module for each family of commands.

A command parses its inputs, calls one function and returns an Outcome. ``builder --help`` loads
these modules, so slow imports belong inside the commands.
"""

from builder.cli.app import main

__all__ = ["main"]
