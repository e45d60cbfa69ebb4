"""Cleans text for storage: one Unicode form, one kind of line end, no invisible characters that could mislead a
reader.
"""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters, including terminal escape sequences
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\u00ad\u200b\u2060-\u2064\u180e"  # soft hyphens, zero-width spaces and joiners that no orthography needs
    "\ufeff\ud800-\udfff"  # byte order marks, lone surrogates
    "\ufff9-\ufffb\U000e0000-\U000e007f]"  # annotation marks, tags
)


_MARKS = re.compile(r"[^\w\s\x00-\x7f]{31,}")  # includes every run of combining marks this long
_MARKS_PER_LETTER = 30  # marks per letter (UAX #15, stream-safe text); sorting more takes quadratic time


def clean(text: str) -> str:
    """The text in NFC with `\\n` line ends, without control characters, bidi controls and lone surrogates.

    ZWNJ and ZWJ stay, since Persian, Pashto and Urdu need them. Idempotent.
    """
    text = _MARKS.sub(_without_endless_marks, _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _without_endless_marks(run: re.Match[str]) -> str:
    kept, marks = list[str](), 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_PER_LETTER:
            kept.append(character)
    return "".join(kept)


def one_line(text: str) -> str:
    """Cleaned text on one line, with white space collapsed."""
    return " ".join(clean(text).split())
