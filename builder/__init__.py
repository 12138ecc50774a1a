"""Package a text classifier into a browser extension that runs it on the user's own device."""

__version__ = "0.1.0"
