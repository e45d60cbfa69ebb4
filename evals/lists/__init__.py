"""Measuring lists and counts."""
