"""Splits the streamed pieces of an answer into whole sentences with their markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from index.build.sentences import split_sentences

_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_HALF_TAG = re.compile(r"<[a-z]{0,10}\Z", re.IGNORECASE)
# Both are anchored at the start of a sentence, and each run of blanks is tried once: `(?<!\s)` keeps that so in a
# search, too.
_MARKERS = re.compile(r"(?:(?<!\s)\s*)?\[[\s\d,،;]*\](?:\s*\[[\s\d,،;]*\])*[.!?؟۔]?")
_HALF_MARKER = re.compile(r"(?<![\s\d,،;\[])\s*+\[?[\s\d,،;]*+\Z")
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+)")
_STRONG = re.compile(r"\*\*|__")
LONGEST = 2000  # characters without an end after which the model is not writing sentences


def whole_sentences(pieces: Iterable[str], language: str) -> Iterator[str]:
    """Yield each sentence once the next has begun, so that its markers are complete; the last one at the end.

    Reasoning output is dropped, as are bullets and bold type. A run without an end is given up.
    """
    said, done = "", 0
    for piece in pieces:
        said += piece
        text = _visible(said)
        ready = _ready(text, done, language)
        for start, end in ready:
            yield from _shown(text[start:end])
            done = end
        if len(text) - done > LONGEST:
            return
    text = _visible(said)
    for start, end in _cut(text, done, language):
        yield from _shown(text[start:end])


def _visible(said: str) -> str:
    return _HALF_TAG.sub("", _THINKING.sub("", said)) if "<" in said else said


def _ready(text: str, done: int, language: str) -> list[tuple[int, int]]:
    """The sentences that are complete."""
    spans = _cut(text, done, language)
    if not spans:
        return []
    rest = text[spans[-1][1] :]
    return spans if "\n" in rest else spans[:-1]


def _cut(text: str, done: int, language: str) -> list[tuple[int, int]]:
    """Sentences with their markers, line by line; a partial marker at the end belongs to the previous sentence."""
    spans: list[tuple[int, int]] = []
    at = done
    for line in text[done:].split("\n"):
        bullet = _BULLET.match(line)
        begin = at + (bullet.end() if bullet else 0)
        for start, end in split_sentences(text, language, begin, at + len(line)):
            head = _MARKERS.match(text[start:end])
            if head and spans and _same_line(text, spans[-1][1], start):
                start += head.end()
                spans[-1] = (spans[-1][0], start)
            if _HALF_MARKER.fullmatch(text[start:end]) and spans and _same_line(text, spans[-1][1], start):
                spans[-1] = (spans[-1][0], end)
            elif text[start:end].strip():
                spans.append((start, end))
        at += len(line) + 1
    return spans


def _same_line(text: str, one: int, other: int) -> bool:
    return "\n" not in text[one:other]


def _shown(sentence: str) -> Iterator[str]:
    bare = " ".join(_STRONG.sub("", sentence).split())
    if bare:
        yield bare
