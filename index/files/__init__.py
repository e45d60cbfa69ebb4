"""Generations stored as files."""
