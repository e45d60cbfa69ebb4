"""The first words of a sentence, as a label of the event that it reports."""

from __future__ import annotations

import re

GIST_WORDS = 8
_LEADING_DAY = re.compile(r"(?:On|In|From|Around|At around)\b[^,.;]{0,40}?\b(?:19|20)\d\d,? ")


def first_words(text: str, most: int = GIST_WORDS) -> str:
    """The first words of a sentence without a leading date, with an ellipsis if there are more."""
    words = without_day(text).split()
    shown = " ".join(words[:most]).rstrip(",;:–")
    return shown if len(words) <= most else f"{shown} …"


def without_day(text: str) -> str:
    """Drop a leading date that is shown above already: “On 8 October 2025 the …” becomes “The …”."""
    found = _LEADING_DAY.match(text)
    rest = text[found.end() :] if found else text
    return rest[:1].upper() + rest[1:]
