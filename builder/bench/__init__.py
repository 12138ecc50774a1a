"""How fast a packed extension is, measured in a real browser."""
