"""Dated statements of the library: the newest without repetitions, those between two days, the most important. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from bot.answering.candidates import REACH
from bot.rendering.heads import date_span
from bot.telegram.views.brief_text import claim_of, statement_head
from bot.telegram.views.html import Block, Span, block
from bot.telegram.views.phrases import Phrases
from index.normalise import normalise
from sources.document import Document, Statement
from sources.edtf import parse_date
from sources.errors import MetadataError
from sources.parties import Parties

MAX_LATEST_EVENTS = 8
MIN_PICTURE_EVENTS, MAX_PICTURE_EVENTS = 5, 12
DEFAULT_PERIOD = ("2021-08-15", "9999-12-31")
MIN_SHARED_WORD_SHARE = 0.5  # from which two statements of neighbouring days report the same event
NEIGHBOUR_DAYS = 3
_OF_ITSELF = re.compile(r"(?:What|No|Nothing)\b.*\bknown here\b")
_WORD = re.compile(r"[^\W_]{3,}")
_BETWEEN = re.compile(r"\.\.|[–—]|(?<=\d)-(?=\d{4}\b)|\b(?:to|and)\b")

Event = tuple[Document, Statement]


def text_of(event: Event) -> str:
    """The text of a statement."""
    document, statement = event
    return document.text[statement.start : statement.end]


def latest(documents: Iterable[Document], today: str) -> list[Event]:
    """The newest statements, newest first: each event once, without what briefs say about themselves."""
    dated = [
        (document, statement)
        for document in documents
        for statement in _on_the_subject(document)
        if statement.date_to and statement.date_to <= today
    ]
    dated.sort(key=lambda event: (event[1].date_to or "", event[1].date_from or ""), reverse=True)
    return _each_once(dated, MAX_LATEST_EVENTS)


def between(documents: Iterable[Document], since: str, until: str) -> list[Event]:
    """The dated statements within the days, oldest first."""
    found = [
        (document, statement)
        for document in documents
        for statement in _on_the_subject(document)
        if statement.date_from and statement.date_to and since <= statement.date_from and statement.date_to <= until
    ]
    return sorted(found, key=lambda event: (event[1].date_from or "", event[1].date_to or ""))


def is_milestone(statement: Statement) -> bool:
    """Whether a brief marks a statement as a milestone."""
    return bool(getattr(statement, "milestone", False))


def milestones(
    events: Sequence[Event], marked: Callable[[Statement], bool] = is_milestone, most: int = MAX_PICTURE_EVENTS
) -> list[Event]:
    """The most important events, oldest first, spread over the period.

    These are the milestones of briefs; if there are fewer than five, also undisputed statements with the most
    publications.
    """
    known = [event for event in events if marked(event[1])]
    if len(known) < MIN_PICTURE_EVENTS:
        rest = [event for event in events if event not in known and event[1].date_from == event[1].date_to]
        rest.sort(key=lambda event: (event[1].party != "agreed", -len(event[1].reference_ids)))
        known = _each_once([*known, *rest], most * 4)
    return _spread(known, most)


def period(text: str) -> tuple[str, str]:
    """The first and last day named by the words, in digits of any script and in any order; MetadataError.

    A single date covers its whole period: `2025` the year, `2025-10` the month. The default starts with the takeover of
    2021.
    """
    words = [word for word in _BETWEEN.sub(" ", normalise(text)).split() if word]
    dates = [parse_date(word) for word in words]
    if not dates:
        return DEFAULT_PERIOD
    if len(dates) > 2:
        raise MetadataError("more than two dates")
    days = sorted(dates, key=lambda each: each.date_from)
    return days[0].date_from, max(day.date_to for day in days)


def statement_blocks(events: Sequence[Event], parties: Parties, say: Phrases, *, numbered: bool = False) -> list[Block]:
    """Statements, each with its publication; date and party precede it if the sentence lacks them, else its date is
    bold.
    """
    blocks = []
    for number, event in enumerate(events, 1):
        document, statement = event
        said = text_of(event)
        head = statement_head(claim_of(statement, said), parties, say, document.language)
        links: list[Span | str] = []
        for reference in [document.reference(identifier) for identifier in statement.reference_ids][:2]:
            links += [" · ", Span(say.isolated(reference.publisher or reference.title), url=reference.url)]
        words = [Span(f"{head}: ", bold=True), say.isolated(said)] if head else _dated(said, statement)
        before = [Span(f"{say.number(number)}. ", bold=True)] if numbered else []
        blocks.append(block(*before, *words, *links))
    return blocks


def _dated(said: str, statement: Statement) -> list[Span | str]:
    """A sentence with the date it names in bold."""
    start, end = date_span(said, statement.date_text) or (0, 0)
    pieces = [Span(said[:start]), Span(said[start:end], bold=True), Span(said[end:])]
    return [piece for piece in pieces if piece.text]


def _on_the_subject(document: Document) -> Iterable[Statement]:
    """The statements, without those in which a brief speaks of itself: whole sections, and “… is not known here”."""
    ends = [*(heading.start for heading in document.headings), len(document.text)][1:]
    own = [
        (heading.start, end)
        for heading, end in zip(document.headings, ends, strict=True)
        if REACH in document.text[heading.start : heading.end]
    ]
    return [
        one
        for one in document.statements
        if not any(start <= one.start < end for start, end in own)
        and not _OF_ITSELF.match(document.text, one.start, one.end)
    ]


def _each_once(events: Sequence[Event], most: int) -> list[Event]:
    kept: list[tuple[Event, set[str], int]] = []
    for event in events:
        words, day = set(_WORD.findall(normalise(text_of(event)))), _day(event)
        if any(
            abs(day - other) <= NEIGHBOUR_DAYS
            and len(words & known) >= MIN_SHARED_WORD_SHARE * min(len(words), len(known) or 1)
            for _, known, other in kept
        ):
            continue
        kept.append((event, words, day))
        if len(kept) == most:
            break
    return [event for event, _, _ in kept]


def _day(event: Event) -> int:
    return date.fromisoformat(event[1].date_from or "0001-01-01").toordinal()


def _spread(events: Sequence[Event], most: int) -> list[Event]:
    """At most `most`, oldest first: the first and the last, and the first of each equal part of the list."""
    ordered = sorted(events, key=_day)
    if len(ordered) <= most:
        return ordered
    step = (len(ordered) - 1) / (most - 1)
    return [ordered[round(number * step)] for number in range(most)]
