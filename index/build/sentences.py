"""Splitting plain text into sentences with exact offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from sources.text.quotations import quotations

QUOTATION_LETTERS = 700  # longest quotation, in characters, kept in one sentence; a longer one is a speech
# sentencex knows general abbreviations; these are ranks and other words of this subject after which it would split.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“\"'])(?:Gen|Lt|Brig|Maj|Col|Capt|Sgt|Adm|Amb|Hon|Sen|Rep|Gov|Pres|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|approx|ca"
    r"|г|гг|др|стр|тыс|млн|млрд|ул|им|см|рис|ген|полк|чл|ред)\.\s*$"
)
_GOES_ON = re.compile(r"[a-zа-яё,;]|[—–-]\s")  # after a quotation that ends with ? or !: the sentence goes on
_ENDED = re.compile(r"[.!?؟۔…]\s+$")
_QUOTED = re.compile(r"[”»“\"]$")


def split_sentences(text: str, language: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]` as offsets into `text`, without surrounding white space.

    A quotation of up to QUOTATION_LETTERS characters is never split, nor separated from the words that attribute it.
    """
    import sentencex

    stop = len(text) if end is None else end
    quoted = [(start + left, start + right) for left, right, closed in quotations(text[start:stop]) if closed]
    spans: list[tuple[int, int]] = []
    glue = False
    for boundary in sentencex.get_sentence_boundaries(language, text[start:stop]):
        bounds = start + boundary["start_index"], start + boundary["end_index"]
        for left, right in _before_quotations(text, *bounds, quoted):
            glue = _add(text, spans, quoted, left, right, glue)
    return spans


def _add(
    text: str, spans: list[tuple[int, int]], quoted: list[tuple[int, int]], left: int, right: int, glue: bool
) -> bool:
    """Append a sentence, or join it to the previous one; returns whether the next one belongs to it."""
    left, right = _trim(text, left, right)
    if left == right:
        return glue
    if spans and (glue or _inside(quoted, left) or _goes_on(text, spans[-1], left)):
        spans[-1] = (spans[-1][0], right)
    else:
        spans.append((left, right))
    return _ABBREVIATION.search(text[left:right]) is not None


def _before_quotations(text: str, left: int, right: int, quoted: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Split a piece before each quotation that begins a sentence in it."""
    cuts = [at for at, _ in quoted if left < at < right and _ENDED.search(text[left:at])]
    edges = [left, *cuts, right]
    return list(pairwise(edges))


def _inside(quoted: list[tuple[int, int]], place: int) -> bool:
    """Whether an offset lies inside an unsplit quotation; its end belongs to it, its start does not."""
    at = bisect_right(quoted, (place, 0)) - 1
    return at >= 0 and quoted[at][0] < place < quoted[at][1] and quoted[at][1] - quoted[at][0] <= QUOTATION_LETTERS


def _goes_on(text: str, before: tuple[int, int], place: int) -> bool:
    quoted = _QUOTED.search(text[slice(*before)]) is not None
    return quoted and "\n" not in text[before[1] : place] and _GOES_ON.match(text, place) is not None


def _trim(text: str, left: int, right: int) -> tuple[int, int]:
    while left < right and text[left].isspace():
        left += 1
    while right > left and text[right - 1].isspace():
        right -= 1
    return left, right
