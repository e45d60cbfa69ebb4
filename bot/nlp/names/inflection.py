"""The dictionary forms that a written word may stand for: endings of English, Russian, Urdu, Pashto, Persian."""

from __future__ import annotations

import functools
import re

MIN_FORM_LETTERS = 4  # a form of three letters is reached by a plain plural ending only

# Letters as index.text.normalise leaves them: ے ې ي ى are ی, ہ ھ are ه.
_PLURALS = {"هایی": "", "های": "", "ها": "", "یوں": "ی", "یاں": "ی", "وں": "", "یں": ""}  # what was there before
_ENDINGS = {  # and what may have stood in its place
    "یانو": ("ی", ""), "یان": ("ی", ""), "گانو": ("ه", ""), "گان": ("ه", ""), "انو": ("", "ی"), "ان": ("", "ی"),
    "ونو": ("",), "ونه": ("",), "ات": ("", "ه"), "و": ("", "ه", "ی"), "ی": ("", "ه", "ا"), "ه": ("",),
}  # fmt: skip

_WEAK = frozenset({"ا", "ی"})  # after a base of three letters they make too many other words

_RUSSIAN_ENDINGS = (
    "иями", "ями", "ами", "ого", "его", "ому", "ему", "ыми", "ими", "ией", "иям", "иях", "ость", "ости",
    "ов", "ев", "ей", "ой", "ий", "ый", "ая", "яя", "ое", "ее", "ые", "ие", "ую", "юю", "ых", "их", "ым", "им", "ом",
    "ем", "ам", "ям", "ах", "ях", "ия", "ию", "ии", "ью", "а", "я", "о", "е", "у", "ю", "ы", "и", "ь", "й",
)  # fmt: skip
_RUSSIAN_NOMINATIVES = (
    "", "а", "я", "ь", "й", "ия", "ие", "ий", "ый", "ой", "о", "е", "ы", "и", "ая", "ое", "ые",
)  # fmt: skip

_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


@functools.lru_cache(maxsize=20_000)
def forms(word: str) -> tuple[str, ...]:
    """A normalised word and what it may be an inflected form of, the word itself first.

    The list is generous: most of its members are no words at all. It is meant for looking up a dictionary of names.
    """
    if _ARABIC.match(word):
        found = _arabic(word)
    elif _CYRILLIC.match(word):
        found = _russian(word)
    else:
        found = _english(word)
    return tuple(dict.fromkeys([word, *found]))


def _english(word: str) -> list[str]:
    if not word.endswith("s") or len(word) < MIN_FORM_LETTERS or word.endswith("ss"):
        return []
    found = [word[:-1]]
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith("es"):
        found.append(word[:-2])
    return [form for form in found if len(form) >= 3]


def _arabic(word: str) -> list[str]:
    found = []
    for plural, before in _PLURALS.items():
        base = word[: -len(plural)]
        if word.endswith(plural) and len(base) >= 3:
            found += [base + before, base + "ه", base + "ا"]
    for ending, befores in _ENDINGS.items():
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3:
            found += [
                base + before
                for before in befores
                if len(base + before) >= (5 if before in _WEAK else MIN_FORM_LETTERS)
            ]
    return found


def _russian(word: str) -> list[str]:
    bases = [word[: -len(ending)] for ending in _RUSSIAN_ENDINGS if word.endswith(ending)]
    return [
        base + ending
        for base in [*bases, word]
        if len(base) >= 3
        for ending in (_RUSSIAN_NOMINATIVES if len(base) > 3 else _RUSSIAN_NOMINATIVES[:4])
    ]
