"""The toolkit's version, on its own so that nothing imports the whole package for it."""

__version__ = "0.1.0"
