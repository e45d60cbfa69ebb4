"""Plain text for storing: one Unicode form, one kind of line end, nothing invisible that could mislead a reader."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters, escape sequences for terminals among them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\ufeff\ud800-\udfff]"  # byte order marks, lone surrogates
)


def clean(text: str) -> str:
    """The text in NFC with `\\n` line ends and without control characters, bidi controls and lone surrogates.

    ZWNJ and ZWJ stay: Persian, Pashto and Urdu words are spelt with them. Cleaning twice changes nothing more.
    """
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str) -> str:
    """Cleaned text on one line, every run of white space made one space."""
    return " ".join(clean(text).split())
