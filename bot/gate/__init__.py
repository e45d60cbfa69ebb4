"""Checks a composed sentence against the passages that it cites."""
