"""Normalising text for search: one spelling for what is written in many ways. For copies, never for stored text."""

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
_JOINERS = {"\u200c": " ", "\u200d": "", "\u0640": ""}  # ZWNJ parts words; ZWJ and tatweel are decoration
_BREVE = "\u0306"  # parts й from и, two letters of the Russian alphabet
_TABLE = str.maketrans({**_LETTERS, **_JOINERS})


def normalise(text: str) -> str:
    """NFKC, lower case, one letter for the variants of the Arabic script, no diacritics, ASCII digits."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    decomposed = unicodedata.normalize("NFD", folded)
    bare = "".join(_ascii_digit(char) for char in decomposed if char == _BREVE or not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare)


def _ascii_digit(char: str) -> str:
    if char.isascii() or not char.isdecimal():
        return char
    return str(unicodedata.decimal(char))
