"""Importing the engines of a question ahead of their use, each through the one file that knows it."""

from __future__ import annotations

from index import runtime


def load_first() -> None:
    """Import what runs the model."""
    runtime.load()


def load_rest() -> None:
    """Import the others."""
    from index import lexical, tokens

    tokens.load()
    lexical.load()
