"""Import models that authors bring."""
