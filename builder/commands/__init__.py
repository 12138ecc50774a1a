"""The commands, a module for each family. A command names its inputs, calls one function and
returns an Outcome.

These modules are loaded for ``builder --help``: whatever takes time to import is imported inside
the commands.
"""
