"""Fixtures of more than one test of publishing."""

from tests.support.store_server import dist, packed_dist, pauses, store, to_chrome, to_firefox

__all__ = ["dist", "packed_dist", "pauses", "store", "to_chrome", "to_firefox"]
