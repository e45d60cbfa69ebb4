"""The names of what lies in the folder of a generation."""

from __future__ import annotations

RECORDS, VECTORS, LEXICAL = "passages.sqlite", "vectors.faiss", "lexical"
