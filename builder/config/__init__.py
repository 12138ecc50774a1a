"""Strict reading of extension.toml and of other TOML and JSON files."""
