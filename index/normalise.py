"""Normalises text for search: one spelling for all variants. For copies, never for stored text."""

from __future__ import annotations

import unicodedata

_LETTERS = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ئ": "ی", "ے": "ی", "ۓ": "ی",
    "ك": "ک", "ګ": "گ",
    "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۀ": "ه", "ۂ": "ه", "ۃ": "ه",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و",
    "ټ": "ٹ", "ډ": "ڈ", "ړ": "ڑ",
    "ё": "е",
    "’": "'", "‘": "'", "ʼ": "'",
}  # fmt: skip
_JOINERS = {"\u200c": " ", "\u200d": "", "\u0640": ""}  # ZWNJ separates words; ZWJ and tatweel are decoration
_BREVE = "\u0306"  # distinguishes й from и, two letters of the Russian alphabet
_TABLE = str.maketrans({**_LETTERS, **_JOINERS})


class _Bare(dict[int, str]):
    """A table for `str.translate`: drops diacritics, maps digits to ASCII; each character is looked up once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kept = "" if char != _BREVE and unicodedata.combining(char) else char
        self[code] = str(unicodedata.decimal(kept)) if kept.isdecimal() else kept
        return self[code]


_BARE = _Bare()


def normalise(text: str) -> str:
    """NFKC, lower case, one letter for the variants of the Arabic script, no diacritics, ASCII digits."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).translate(_BARE))
