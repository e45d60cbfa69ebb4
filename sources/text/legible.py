"""Detects a text layer that does not match the page: letter statistics reveal substituted letters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_ENOUGH_LETTERS = 150  # letters; in a shorter text, chance decides
_COMMON = {  # the most frequent letters of the script's languages, and their minimum share
    "LATIN": (frozenset("eaionrtsl"), 0.48),
    "CYRILLIC": (frozenset("оеаинтсрвл"), 0.45),
    "ARABIC": (frozenset("اویینرلمدتهہکسبيهكوة"), 0.45),
}
UNMAPPED = re.compile("[\x00\x01\x03-\x08\x0e-\x1f\x7f\x80-\x9f\ue000-\uf8ff\ufffd]")
_UNMAPPED_SHARE = 0.02  # share of all visible characters
_MIXED = re.compile(r"[\u0600-\u06ff][A-Za-z\u00c0-\u02ff]|[A-Za-z\u00c0-\u02ff][\u0600-\u06ff]")
_MIXED_SHARE = 0.05  # share of words with two scripts
_LAST_ONLY = re.compile(r"(?<!\w)[ةىے](?=\w)")  # final letter forms at the start of a word
_LAST_RIGHT = re.compile(r"(?<=\w)[ةىے](?!\w)")


def is_garbled(text: str) -> bool:
    """Whether a text layer cannot be the printed text: letters substituted, unmapped, or reversed."""
    counts = Counter(text)
    visible = sum(count for character, count in counts.items() if not character.isspace())
    unmapped = sum(count for character, count in counts.items() if UNMAPPED.match(character))
    if unmapped > 3 and unmapped > _UNMAPPED_SHARE * visible:
        return True
    if any("\u0600" <= character <= "\u06ff" for character in counts) and _wrong_arabic(text):
        return True
    return _unlike_any_language(counts)


def _wrong_arabic(text: str) -> bool:
    """Words in two scripts, or words that begin with a final letter form."""
    words = text.split()
    mixed = sum(_MIXED.search(word) is not None for word in words)
    if mixed > 3 and mixed > _MIXED_SHARE * len(words):
        return True
    wrong, right = len(_LAST_ONLY.findall(text)), len(_LAST_RIGHT.findall(text))
    return wrong > 3 and wrong > right


def _unlike_any_language(characters: Counter[str]) -> bool:
    letters = Counter[str]()
    for character, count in characters.items():
        if character.isalpha():
            letters[unicodedata.normalize("NFD", character.casefold())[0]] += count
    total = sum(letters.values())
    if total < _ENOUGH_LETTERS:
        return False
    script = unicodedata.name(letters.most_common(1)[0][0], "").partition(" ")[0]
    common, least = _COMMON.get(script, (frozenset[str](), 0.0))
    own = sum(count for letter, count in letters.items() if unicodedata.name(letter, "").startswith(script))
    if own < _ENOUGH_LETTERS or own * 2 < total:
        return False
    return sum(letters[letter] for letter in common) < least * own
