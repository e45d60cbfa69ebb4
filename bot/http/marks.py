"""A document's text for a page: its lines in order, with cited words marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.rendering.heads import AGREED
from bot.rendering.phrases import Texts
from bot.rendering.safe import clean, isolated
from sources.document import Document, Statement
from sources.parties import Parties


@dataclass(frozen=True, slots=True)
class Mark:
    """Cited words, `text[start:end]` of a document, with their citation number."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `numbers` are the marks covering it, `begins` and `ends` those with an edge there."""

    text: str
    numbers: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the text; `level` is a heading's (0: none), `head` the date and speaker of a statement."""

    pieces: tuple[Piece, ...]
    level: int = 0
    head: str = ""


def parse_marks(given: Sequence[str], length: int) -> tuple[Mark, ...]:
    """Parse marks `NUMBER.START.END`; ValueError if malformed or outside a text of that length."""
    found = []
    for written in given:
        number, start, end = (int(part) if part.isascii() and part.isdigit() else -1 for part in written.split("."))
        if not (0 < number < 1000 and 0 <= start < end <= length):
            raise ValueError(written)
        found.append(Mark(number, start, end))
    return tuple(found)


def window(text: str, start: int, most: int) -> tuple[int, int]:
    """(first, last) of at most `most` characters around an offset, cut at line ends; the whole text if it fits."""
    if len(text) <= most:
        return 0, len(text)
    first = max(0, min(start - most // 4, len(text) - most))
    first = text.rfind("\n", 0, first) + 1 if first else 0
    last = min(len(text), first + most)
    cut = text.rfind("\n", first, last)
    return first, last if last == len(text) or cut <= start else cut + 1


def lines(
    document: Document, marks: Sequence[Mark], words: Texts, parties: Parties, first: int, last: int
) -> list[TextLine]:
    """The non-empty lines of `text[first:last]`."""
    levels = {heading.start: heading.level for heading in document.headings}
    said = {_line_start(document.text, statement.start): statement for statement in reversed(document.statements)}
    found, at = [], first
    for line in document.text[first:last].split("\n"):
        statement, start, head = said.get(at), at, ""
        headed = statement is not None and statement.date_text and at < statement.start <= at + len(line)
        if statement and headed and not any(mark.start < statement.start and at < mark.end for mark in marks):
            head, start = _head(statement, words, parties), statement.start
        if line.strip():
            pieces = _pieces(document.text, start, at + len(line), marks)
            found.append(TextLine(pieces, levels.get(at, 0), head))
        at += len(line) + 1
    return found


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _head(statement: Statement, words: Texts, parties: Parties) -> str:
    """Date and speaker; for undisputed statements, the date alone."""
    party = statement.party if statement.party != AGREED else None
    names = [parties[party].display(words.language) if party else None, statement.speaker]
    who = ", ".join(isolated(clean(name), words) for name in dict.fromkeys(names) if name)
    return " · ".join(filter(None, [words.date(statement.date_text), who]))


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    """`text[start:end]`, split at every edge of a mark."""
    inside = [mark for mark in marks if mark.start < end and start < mark.end]
    edges = {edge for mark in inside for edge in (mark.start, mark.end) if start < edge < end}
    cuts = sorted({start, end, *edges})
    found = []
    for one, two in pairwise(cuts):
        over = [mark for mark in inside if mark.start <= one and two <= mark.end]
        begins = tuple(mark.number for mark in over if mark.start == one)
        ends = tuple(mark.number for mark in over if mark.end == two)
        found.append(Piece(clean(text[one:two]), tuple(mark.number for mark in over), begins, ends))
    return tuple(found)
