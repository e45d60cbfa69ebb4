"""Makes untrusted text safe to show: no terminal control, and no effect on the direction of the line around it."""

from __future__ import annotations

import re

from bot.rendering.phrases import Texts

_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)  # all of Unicode's Cc and Cs, without the line break
_ISOLATE, _END = (
    "\u2068",
    "\u2069",
)  # first-strong isolate: keeps numbers and Latin words in place in a right-to-left line


def clean(text: str) -> str:
    """Text without control characters, so that it cannot control a terminal; line breaks stay."""
    return _STEERING.sub("", text)


def isolated(text: str, words: Texts) -> str:
    """Text isolated so that it keeps its own direction in a right-to-left line; unchanged elsewhere."""
    return f"{_ISOLATE}{text}{_END}" if words.right_to_left else text
