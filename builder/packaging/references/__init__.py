"""The files that an extension names, by kind of file."""
