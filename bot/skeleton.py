"""Names in another script, compared by their consonants. Pure."""

from __future__ import annotations

import re

from bot.spelling import slips
from index.text import normalise

_LETTERS = {
    "p": "pbپبпбپ", "f": "fvفфв", "t": "tdтдتدطضټډٹڈثذ", "k": "kqcgxкгхкقکگخغḵ", "s": "szjсзшщжчцسزشژصظجچځڅ",
    "m": "mм", "n": "nнنڼں", "l": "lлل", "r": "rрرړڑ",
}  # fmt: skip
_SKELETON = {letter: consonant for consonant, letters in _LETTERS.items() for letter in letters}


def skeleton(word: str) -> str:
    """The consonants of a word in Latin, Cyrillic or Arabic script, alike ones as one letter, doubles once."""
    found = ""
    for letter in normalise(word):
        consonant = _SKELETON.get(letter, "")
        if consonant and not found.endswith(consonant):
            found += consonant
    return found


def foreign_skeletons(word: str, text: str) -> set[str]:
    """The skeletons of the words of a text that are in another script than a word."""
    return {skeleton(each) for each in re.findall(r"\w{3,}", normalise(text)) if script_of(each) != script_of(word)}


def like(wanted: str, skeletons: set[str]) -> bool:
    """Whether a skeleton is among others, or one slip from one of them where it is long enough for that."""
    if len(wanted) < 2:
        return wanted in skeletons
    if wanted in skeletons:
        return True
    return len(wanted) >= 4 and any(slips(wanted, other, most=1) is not None for other in skeletons if len(other) >= 3)


def script_of(word: str) -> str:
    """The script of a word's first letter: latin, cyrillic or arabic."""
    letter = normalise(word)[:1]
    return "cyrillic" if "\u0400" <= letter <= "\u04ff" else "arabic" if "\u0600" <= letter <= "\u06ff" else "latin"
