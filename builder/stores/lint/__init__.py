"""Checks that catch a rejection before the store does."""
