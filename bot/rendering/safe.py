"""Makes untrusted text safe to show: no terminal control, and no effect on the direction of the line around it."""

from __future__ import annotations

import unicodedata

from bot.rendering.phrases import Texts

_ISOLATE, _END = (
    "\u2068",
    "\u2069",
)  # first-strong isolate: keeps numbers and Latin words in place in a right-to-left line


def clean(text: str) -> str:
    """Text without control characters, so that it cannot control a terminal; line breaks stay."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"})


def isolated(text: str, words: Texts) -> str:
    """Text isolated so that it keeps its own direction in a right-to-left line; unchanged elsewhere."""
    return f"{_ISOLATE}{text}{_END}" if words.right_to_left else text
