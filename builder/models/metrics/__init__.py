"""Metrics over labelled texts, and calibration."""
