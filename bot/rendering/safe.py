"""Text of others made safe to show: nothing in it steers a terminal, and it keeps its own direction in a line."""

from __future__ import annotations

import unicodedata

from bot.rendering.phrases import Texts

_ISOLATE, _END = (
    "\u2068",
    "\u2069",
)  # first-strong isolate: keeps numbers and Latin words in place in a line from the right


def clean(text: str) -> str:
    """Text of others without control characters, so that it cannot steer a terminal; line breaks stay."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"})


def isolated(text: str, words: Texts) -> str:
    """Text that keeps its own direction inside a line from right to left; as it is elsewhere."""
    return f"{_ISOLATE}{text}{_END}" if words.right_to_left else text
