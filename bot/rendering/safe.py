"""Text of others made safe to show: nothing in it steers a terminal, and it keeps its own direction in a line."""

from __future__ import annotations

import re

from bot.rendering.phrases import Texts

_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)  # all of Unicode's Cc and Cs, without the line break
_ISOLATE, _END = (
    "\u2068",
    "\u2069",
)  # first-strong isolate: keeps numbers and Latin words in place in a line from the right


def clean(text: str) -> str:
    """Text of others without control characters, so that it cannot steer a terminal; line breaks stay."""
    return _STEERING.sub("", text)


def isolated(text: str, words: Texts) -> str:
    """Text that keeps its own direction inside a line from right to left; as it is elsewhere."""
    return f"{_ISOLATE}{text}{_END}" if words.right_to_left else text
