"""Quantization schemes and the search for the smallest one that keeps quality."""
