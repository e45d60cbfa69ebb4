"""Joins words hyphenated at the end of a line, deciding whether the hyphen stays. (The only importer of
spellchecker.)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEFT = re.compile(r"(?<![^\W\d_])[^\W\d_]+$")
_RIGHT = re.compile(r"[^\W\d_]+")


class Hyphens:
    """Joins two halves as the document spells the word elsewhere, else by a word list.

    `texts` are the lines of the document. Without either evidence the hyphen stays if both halves are words or names,
    “cross-border”, and is removed otherwise.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        self._counts: Counter[str] | None = None

    def joined(self, before: str, after: str) -> str:
        """The joined halves: `before` without its hyphen, `after` from the next line."""
        left, right = _LEFT.search(before), _RIGHT.match(after)
        if left is None or right is None:  # numbers: “2022-23”
            return f"{before}-{after}"
        stays = self._stays(left[0], right[0], compound=before[: left.start()].endswith("-"))
        return f"{before}{'-' if stays else ''}{after}"

    def _stays(self, left: str, right: str, *, compound: bool) -> bool:
        counts = self._words()
        hyphenated, whole = counts[f"{left}-{right}".casefold()], counts[f"{left}{right}".casefold()]
        if hyphenated != whole:
            return hyphenated > whole
        if right[0].isupper() and not left.isupper():
            return True
        if compound:  # “state-of-the-” + “art”
            return True
        known = _english()
        whole_word = f"{left}{right}".casefold()
        if whole_word in known or whole_word.removesuffix("s") in known or not left.isascii():
            return False
        return all(_is_word(half.casefold(), known, counts) for half in (left, right))

    def _words(self) -> Counter[str]:
        if self._counts is None:
            self._counts = Counter(word.casefold() for text in self._texts for word in _WORD.findall(text))
        return self._counts


def _is_word(half: str, known: Any, counts: Counter[str]) -> bool:
    if half in ("non", "anti", "pro", "ex", "counter", "cross", "self", "semi", "vice", "co", "pre", "post", "mid"):
        return True
    return len(half) > 2 and ((half in known and known[half] > 300) or counts[half] > 1)


@cache
def _english() -> Any:
    """English words with corpus frequencies (the list of pyspellchecker)."""
    from spellchecker import SpellChecker

    return SpellChecker(language="en").word_frequency.dictionary
