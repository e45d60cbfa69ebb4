"""Damaged and invented files."""
