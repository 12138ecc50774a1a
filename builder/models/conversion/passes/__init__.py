"""Rewrites of the ONNX graph."""
