"""From extension.toml and an asset to the bundle that a browser loads and the zip that a store
takes.
"""
