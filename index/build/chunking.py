"""Splits a document into passages along its structure, never inside a statement, with exact offsets. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.build.sentences import split_sentences
from index.types import Passage
from sources.document import Document, Statement

PASSAGE_TOKENS = 180  # tokens per passage, including title and heading
OVERLAP_TOKENS = 40  # tokens of overlap between two parts of one split paragraph
CHUNK_RECIPE = "chunks-2"

CountTokens = Callable[[Sequence[str]], list[int]]
_LINE_BREAK = re.compile(r"\n+")
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit that is not split: a statement line, a paragraph, or (`cut`) a part of one that is too long."""

    start: int
    end: int
    tokens: int
    cut: bool = False


def chunk(
    document: Document, count_tokens: CountTokens, *, target: int = PASSAGE_TOKENS, window: int = 512
) -> list[Passage]:
    """The passages of a document in order; `document.text[p.start:p.end] == p.text` for each.

    Units of one section are packed up to `target` tokens. A unit longer than that is cut at sentence ends, and inside a
    sentence only where it alone is too long; nothing exceeds `window`, the encoder's own limit.
    """
    passages: list[Passage] = []
    for heading, start, end in sections(document):
        prefix = count_tokens([context(document.title, heading)])[0]
        room = max(16, min(target, window - 8) - prefix)
        for left, right in _pack(_units(document, start, end, count_tokens, room), room):
            passages.append(_passage(document, heading, left, right, len(passages)))
    return passages


def context(title: str, heading: str) -> str:
    """The line that precedes a passage when it is embedded."""
    return " ".join(f"{part}." for part in (title, heading) if part)


def sections(document: Document) -> list[tuple[str, int, int]]:
    """(heading, start, end) of each stretch of text under one heading, without the heading line itself."""
    found: list[tuple[str, int, int]] = []
    path: dict[int, str] = {}
    start, current = 0, ""
    for heading in document.headings:
        found.append((current, start, heading.start))
        path = {level: text for level, text in path.items() if level < heading.level}
        path[heading.level] = document.text[heading.start : heading.end].strip()
        current, start = " – ".join(path.values()), heading.end
    found.append((current, start, len(document.text)))
    return [(name, left, right) for name, left, right in found if document.text[left:right].strip()]


def _units(document: Document, start: int, end: int, count_tokens: CountTokens, room: int) -> list[_Unit]:
    spans = _lines(document, start, end) if document.statements else _paragraphs(document, start, end)
    counts = count_tokens([document.text[left:right] for left, right in spans])
    units: list[_Unit] = []
    for (left, right), tokens in zip(spans, counts, strict=True):
        if tokens <= room:
            units.append(_Unit(left, right, tokens))
        else:
            units += _cut(document, left, right, count_tokens, room)
    return units


def _lines(document: Document, start: int, end: int) -> list[tuple[int, int]]:
    return _trimmed(document.text, _splits(document.text, _LINE_BREAK, start, end))


def _paragraphs(document: Document, start: int, end: int) -> list[tuple[int, int]]:
    return _trimmed(document.text, _splits(document.text, _PARAGRAPH_BREAK, start, end))


def _splits(text: str, pattern: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
    spans, left = [], start
    for match in pattern.finditer(text, start, end):
        spans.append((left, match.start()))
        left = match.end()
    return [*spans, (left, end)]


def _trimmed(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    trimmed = []
    for left, right in spans:
        piece = text[left:right]
        left, right = left + len(piece) - len(piece.lstrip()), right - len(piece) + len(piece.rstrip())
        if left < right:
            trimmed.append((left, right))
    return trimmed


def _cut(document: Document, start: int, end: int, count_tokens: CountTokens, room: int) -> list[_Unit]:
    """Parts of a paragraph (or of an over-long statement line) at sentence ends, each at most `room` tokens."""
    if document.statements:
        spans = _statement_parts(document, start, end)
    else:
        spans = split_sentences(document.text, document.language, start, end)
    counts = count_tokens([document.text[left:right] for left, right in spans])
    units: list[_Unit] = []
    for (left, right), tokens in zip(spans, counts, strict=True):
        if tokens <= room:
            units.append(_Unit(left, right, tokens, cut=True))
        else:
            units += _cut_sentence(document.text, left, right, count_tokens, room)
    return units


def _statement_parts(document: Document, start: int, end: int) -> list[tuple[int, int]]:
    ends = [s.end for s in document.statements if start < s.end <= end]
    edges = [start, *ends[:-1], end]
    return _trimmed(document.text, pairwise(edges))


def _cut_sentence(text: str, start: int, end: int, count_tokens: CountTokens, room: int) -> list[_Unit]:
    from semantic_text_splitter import TextSplitter

    splitter = TextSplitter.from_callback(lambda piece: count_tokens([piece])[0], room)
    units = []
    for offset, piece in splitter.chunk_indices(text[start:end]):
        units.append(_Unit(start + offset, start + offset + len(piece), count_tokens([piece])[0], cut=True))
    return units


def _pack(units: Sequence[_Unit], room: int) -> list[tuple[int, int]]:
    """Pack greedily; where a paragraph was split, its last short sentence is repeated in the next passage."""
    packed: list[tuple[int, int]] = []
    current: list[_Unit] = []
    for unit in units:
        if current and sum(u.tokens for u in current) + unit.tokens > room:
            packed.append((current[0].start, current[-1].end))
            last = current[-1]
            repeat = last.cut and unit.cut and len(current) > 1 and last.tokens <= OVERLAP_TOKENS
            current = [last] if repeat and last.tokens + unit.tokens <= room else []
        current.append(unit)
    if current:
        packed.append((current[0].start, current[-1].end))
    return packed


def _passage(document: Document, heading: str, start: int, end: int, ordinal: int) -> Passage:
    inside = [s for s in document.statements if s.start >= start and s.end <= end]
    dates = _dates(document, inside)
    parties = dict.fromkeys(s.party for s in inside if s.party) or dict.fromkeys(filter(None, [document.party]))
    return Passage(
        id=f"{document.id}#{ordinal}",
        document_id=document.id,
        title=document.title,
        heading=heading,
        text=document.text[start:end],
        start=start,
        end=end,
        language=document.language,
        page=document.page_at(start),
        parties=tuple(p for p in parties if p),
        date_from=dates[0],
        date_to=dates[1],
    )


def _dates(document: Document, inside: Sequence[Statement]) -> tuple[str | None, str | None]:
    if document.statements:
        starts = [s.date_from for s in inside if s.date_from]
        ends = [s.date_to for s in inside if s.date_to]
        return (min(starts), max(ends)) if starts and ends else (None, None)
    return day_range(document.published)


def day_range(published: str | None) -> tuple[str | None, str | None]:
    """The first and last ISO day of a year, month or day."""
    if not published:
        return None, None
    if len(published) == 4:
        return f"{published}-01-01", f"{published}-12-31"
    if len(published) == 7:
        last = calendar.monthrange(int(published[:4]), int(published[5:7]))[1]
        return f"{published}-01", f"{published}-{last:02d}"
    return published[:10], published[:10]
