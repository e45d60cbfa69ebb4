"""Rows of vectors: exact, in lists, and by filters."""
