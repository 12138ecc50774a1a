"""The stores' upload APIs."""
