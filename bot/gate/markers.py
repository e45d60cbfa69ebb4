"""Citation markers in a composed sentence: `[1]`, `[2, 3]`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from index.normalise import normalise

_MARKER = re.compile(r"\[\s*(\d{1,3}(?:\s*[,،;]\s*\d{1,3})*)\s*\]")
_BRACKET = re.compile(r"[\[\]【】]")
_PAIR = re.compile(r"\[[^\[\]]*\]")
_SPACES = re.compile(r"\s+")
_BEFORE_POINT = re.compile(r"\s+([.,;:!?،؛؟۔])")


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence without its markers, and the passage numbers in them."""

    text: str
    numbers: tuple[int, ...]


def read_markers(sentence: str) -> Marked:
    """Strip the markers from a sentence; digits may be of any script."""
    numbers: dict[int, None] = {}
    for match in _MARKER.finditer(sentence):
        for digits in re.findall(r"\d+", normalise(match[1])):
            numbers[int(digits)] = None
    bare = _BEFORE_POINT.sub(r"\1", _SPACES.sub(" ", _MARKER.sub(" ", sentence))).strip()
    return Marked(bare, tuple(numbers))


def marker_fault(marked: Marked, known: Collection[int], evidence: str) -> str | None:
    """Rejects missing and malformed markers, and numbers of unknown passages.

    A bracketed text that the evidence has, too, is not a malformed marker.
    """
    rest = marked.text
    for piece in _PAIR.findall(rest):
        rest = rest.replace(piece, "") if piece in evidence else rest
    if _BRACKET.search(rest):
        return "half a marker"
    if not marked.numbers:
        return "no marker"
    unknown = [number for number in marked.numbers if number not in known]
    return f"no passage {unknown[0]}" if unknown else None
