"""Distinguishes small talk, instructions to the bot and requests for more from questions; the words are in small_talk.toml."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from index.normalise import normalise

_WORDS = Path(__file__).with_name("small_talk.toml")
_GAP = re.compile(r"[\W_]+")
MAX_PHRASE_CHARS = 160  # characters of the longest phrase of small talk
MAX_PHRASES = 12  # a longer row of phrases is no small talk


def chat_reason(question: str) -> str | None:
    """`chat` for small talk, `injection` for an instruction or a request for an opinion, None for anything else."""
    text = _trimmed(normalise(question))
    if _pattern("instruction").search(text):
        return "injection"
    return "chat" if text and _phrases_only(_pattern("small_talk"), text) else None


def asks_for_more(question: str) -> bool:
    """Whether a message asks for nothing but further claims on the question before."""
    text = " ".join(re.findall(r"\w+", normalise(question)))
    return len(text) <= MAX_PHRASE_CHARS and _pattern("more").fullmatch(text) is not None


def _trimmed(text: str) -> str:
    """A text without leading and trailing characters that are neither letters nor digits."""
    places = [place for place, char in enumerate(text) if char.isalnum()]
    return text[places[0] : places[-1] + 1] if places else ""


def _phrases_only(small_talk: re.Pattern[str], text: str) -> bool:
    """Whether a text consists of known phrases separated by gaps.

    Runs in linear time: each offset is visited once, and phrases have a bounded length. A single
    pattern that repeats the phrases would backtrack over every way to split the text.
    """
    reached = {0}
    for _ in range(MAX_PHRASES):
        following: set[int] = set()
        for place in reached:
            if len(text) - place <= MAX_PHRASE_CHARS and small_talk.fullmatch(text, place):
                return True
            gaps = _GAP.finditer(text, place, min(len(text), place + MAX_PHRASE_CHARS + 1))
            following |= {gap.end() for gap in gaps if small_talk.fullmatch(text, place, gap.start())}
        reached = following
    return False


@lru_cache
def _pattern(name: str) -> re.Pattern[str]:
    """The patterns of a list as one."""
    import tomllib

    words = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{pattern})" for pattern in words[name]))
