"""The web app, and the files that a server delivers to browsers."""
