"""Names in another script: compared by their sounds, and with a script that writes no vowels by their consonants. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlp.names.spelling import slips
from index.normalise import normalise

_LETTERS = {
    "p": "pbپبпбپ", "f": "fvفфв", "t": "tdтдتدطضټډٹڈثذ", "k": "kqcgxкгхкقکگخغḵ", "s": "szjсзшщжчцسزشژصظجچځڅ",
    "m": "mм", "n": "nнنڼں", "l": "lлل", "r": "rрرړڑ",
}  # fmt: skip
_SKELETON = {letter: consonant for consonant, letters in _LETTERS.items() for letter in letters}
# Sounds of Latin and Cyrillic spellings, the longer groups first; what may be spelled either way is one letter.
_LATIN = {
    "you": "u", "tch": "c", "dzh": "j", "sch": "s", "kh": "h", "gh": "g", "sh": "s", "ch": "c", "zh": "j", "dj": "j",
    "ph": "f", "th": "t", "ck": "k", "oo": "u", "ou": "u", "ee": "i", "ea": "i", "ya": "a", "yu": "u", "ye": "e", "yo": "e",
    "ts": "c", "q": "k", "c": "k", "x": "ks", "w": "v", "y": "i", "'": "", "o": "u", "e": "i",
}  # fmt: skip
_CYRILLIC = {
    "дж": "j", "кс": "ks", "тс": "c", "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "i", "ж": "j", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "u", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "i", "ю": "u", "я": "a",
}  # fmt: skip
_MAX_ENDING_LETTERS = 3  # letters that a case may add to a Russian name
_MAX_DIFFERENT_SHARE = 0.25  # of the sounds of the longer name may differ
_NAME = re.compile(r"\b[^\W\d_][\w’'-]{2,}")


def skeleton(word: str) -> str:
    """The consonants of a word in Latin, Cyrillic or Arabic script, alike ones as one letter, doubles once."""
    found = ""
    for letter in normalise(word):
        consonant = _SKELETON.get(letter, "")
        if consonant and not found.endswith(consonant):
            found += consonant
    return found


def sounds(word: str) -> str:
    """How a word in Latin or Cyrillic letters sounds, roughly: one letter a sound, doubles once."""
    written = normalise(word)
    table = _CYRILLIC if script_of(word) == "cyrillic" else _LATIN
    longest, at, found = max(map(len, table)), 0, ""
    while at < len(written):
        for size in range(longest, 0, -1):
            piece = written[at : at + size]
            if len(piece) == size and (piece in table or size == 1):
                sound = table.get(piece, piece)
                found += "" if sound and found.endswith(sound) else sound
                at += size
                break
    return found


def named_in(word: str, evidence: str) -> bool:
    """Whether a name stands in a text that is written in another script.

    Between Latin and Cyrillic a capitalised word has to sound alike, but for a case ending; a word in Arabic script, which
    writes few vowels and no capitals, has to have the same consonants.
    """
    script, wanted = script_of(word), skeleton(word)
    for other in _candidates(evidence):
        if (theirs := script_of(other)) == script:
            continue
        if "arabic" in {script, theirs}:
            if _consonants_alike(wanted, skeleton(other)):
                return True
        elif other[0].isupper() and _alike(word, other):
            return True
    return False


def _candidates(evidence: str) -> Iterator[str]:
    for match in _NAME.finditer(evidence):
        yield match.group()
        yield from (part for part in match.group().split("-") if len(part) > 2 and part != match.group())


def _consonants_alike(wanted: str, other: str) -> bool:
    if len(wanted) < 4 or len(other) < 3:
        return wanted == other
    return wanted == other or slips(wanted, other, most=1) is not None


def _alike(word: str, other: str) -> bool:
    russian, latin = (word, other) if script_of(word) == "cyrillic" else (other, word)
    theirs = sounds(re.sub(r"['’]s?$", "", latin))
    for cut in range(min(_MAX_ENDING_LETTERS, len(russian) - 3) + 1):
        stem = russian[: len(russian) - cut]
        if cut and not re.fullmatch(r"[аеиоуыэюяйьмхвгшн]+", normalise(russian[len(russian) - cut :])):
            break
        mine = sounds(stem)
        most = int(_MAX_DIFFERENT_SHARE * max(len(mine), len(theirs)))
        if mine == theirs or (most and mine[:1] == theirs[:1] and slips(mine, theirs, most=most) is not None):
            return True
    return False


def script_of(word: str) -> str:
    """The script of a word's first letter: latin, cyrillic or arabic."""
    letter = normalise(word)[:1]
    return "cyrillic" if "\u0400" <= letter <= "\u04ff" else "arabic" if "\u0600" <= letter <= "\u06ff" else "latin"
