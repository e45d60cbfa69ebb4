"""Splitting plain text into sentences with exact offsets."""

from __future__ import annotations

import re

# sentencex knows general abbreviations; these are the ranks and words of the subject that it breaks after.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“\"'])(?:Gen|Lt|Brig|Maj|Col|Capt|Sgt|Adm|Amb|Hon|Sen|Rep|Gov|Pres|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|approx|ca"
    r"|г|гг|др|стр|тыс|млн|млрд|ул|им|см|рис|ген|полк|чл|ред)\.\s*$"
)


def split_sentences(text: str, language: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]` as offsets into `text`, without the white space around them."""
    import sentencex

    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    glue = False
    for boundary in sentencex.get_sentence_boundaries(language, text[start:stop]):
        left, right = _trim(text, start + boundary["start_index"], start + boundary["end_index"])
        if left == right:
            continue
        if glue and spans:
            spans[-1] = (spans[-1][0], right)
        else:
            spans.append((left, right))
        glue = _ABBREVIATION.search(text[left:right]) is not None
    return spans


def _trim(text: str, left: int, right: int) -> tuple[int, int]:
    while left < right and text[left].isspace():
        left += 1
    while right > left and text[right - 1].isspace():
        right -= 1
    return left, right
