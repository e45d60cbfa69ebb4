"""Importing the engines of a question ahead of their use, each through the one file that knows it."""

from __future__ import annotations

from index import lexical, runtime, tokens, vectors


def load() -> None:
    """Import them, the slowest first."""
    for engine in (runtime, tokens, lexical, vectors):
        engine.load()
