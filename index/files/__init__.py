"""Generations as files."""
