"""What the stores want: checks that catch a rejection before the store does, and the permissions
with their reasons.
"""

CHANNELS = ("listed", "unlisted")
"""Of addons.mozilla.org: shown there, or signed only, to be given out by the author."""
