"""Attributes the sentences of added articles to speakers, and finds what the other side says in the same article.

This is done at answer time, for the sentences that may be shown: nothing is stored in the index, so that a generation
never disagrees with the rules of the program that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.answering.candidates import Candidate, Said, of_passage
from bot.answering.reading.reader import Reading
from bot.answering.sides import NEUTRAL, REPORTERS
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.sayings import Saying, sayings
from bot.question.query import Asked
from index.build.sentences import split_sentences
from index.search import Index
from sources.document import Block, Document

CONTEXT_CHARS = 2500  # characters before a passage that are read for “he said”
DENIAL_CHARS = 3000  # characters within which a denial refers to a reported claim
NO_CLAIMS = frozenset({"heading", "caption", "code"})
_FINISHED = re.compile(r"[.!?…۔؟:;][”»“\"’')\]]*\d*$|[”»]$")
_MAX_HEADLINE_CHARS = 140  # longest line that may be a headline, if the file does not mark headings


class Articles:
    """Attributes the sentences of documents that have no statements. Thread-safe."""

    def __init__(self, index: Index, gazetteer: Gazetteer) -> None:
        self._index, self._gazetteer = index, gazetteer
        self._sayings = lru_cache(maxsize=512)(self._read)

    def attributed(self, asked: Asked, read: Sequence[Reading], least: float) -> list[Reading]:
        """The readings with their speakers, without headlines and captions, followed by what other parties say against them.

        `least` is the P(answers) from which a reading may be shown; only for those the other side is searched.
        """
        kept = [
            replace(each, candidate=self.attribute(each.candidate)) for each in read if not no_claim(each.candidate)
        ]
        there = {each.candidate.place for each in kept}
        likely = [each for each in kept if each.answers >= least] or kept[:1]  # the best one is shown below that, too
        shown = [each.candidate for each in likely if _acts(each.candidate)]
        added: dict[tuple[str, int], Candidate] = {}
        for row in shown:
            added.update({other.place: other for other in self._against(asked, row) if other.place not in there})
        kept = [
            replace(each, bearing=1.0) if any(answers_in_article(row, each.candidate) for row in shown) else each
            for each in kept
        ]
        return [*kept, *(Reading(row, 0.0, bearing=1.0) for row in added.values())]

    def rows(self, rows: Iterable[Candidate]) -> list[Candidate]:
        """The candidates with their speakers, without headlines and captions."""
        return [self.attribute(row) for row in rows if not no_claim(row)]

    def attribute(self, row: Candidate) -> Candidate:
        """A candidate with its speaker; a candidate of a brief is unchanged."""
        if row.document.statements:
            return row
        if row.document.kind_at(row.sentence.start) == "table":
            return _table_row(row)
        found = {saying.start: saying for saying in self._sayings(row.document, row.passage.start, row.passage.end)}
        saying, before = found.get(row.sentence.start), found.get(row.start)
        parted = before is not None and (saying is None or before.speaker != saying.speaker)
        start = row.sentence.start if parted else row.start
        denied = _denied(list(found.values()), saying) if saying is not None and saying.denies else None
        return replace(row, start=start, said=_said(row.document, saying, denied))

    def _against(self, asked: Asked, row: Candidate) -> list[Candidate]:
        """The nearest denial by each other acting party in the same article."""
        near: dict[str | None, Candidate] = {}
        for passage in self._index.passages_of(row.document.id):
            if passage.end < row.start - DENIAL_CHARS or passage.start > row.end + DENIAL_CHARS:
                continue
            for other in self.rows(of_passage(self._index, asked, passage)):
                known = near.get(other.party)
                if answers_in_article(row, other) and (known is None or _apart(row, other) < _apart(row, known)):
                    near[other.party] = other
        return list(near.values())

    def _read(self, document: Document, start: int, end: int) -> tuple[Saying, ...]:
        begin = max(0, document.text.rfind("\n", 0, max(0, start - CONTEXT_CHARS)))
        spans = split_sentences(document.text, document.language, begin, end)
        day = document.published if document.published and len(document.published) >= 4 else None
        cut = document.text[:end]
        return tuple(sayings(cut, spans, self._gazetteer, document.language, day=day, since=begin))


def answers_in_article(one: Candidate, other: Candidate) -> bool:
    """Whether two sayings in an article are close to each other and one denies what the other's party says."""
    if one.document.id != other.document.id or one.said is None or other.said is None:
        return False
    denied = one.said.denies == other.party or other.said.denies == one.party
    return _acts(one) and _acts(other) and denied and _apart(one, other) <= DENIAL_CHARS


def no_claim(row: Candidate) -> bool:
    """Whether a sentence is a headline, a caption or code, none of which makes a claim."""
    document = row.document
    if document.statements:
        return False
    if document.blocks:
        kind = document.kind_at(row.sentence.start)
        if kind == "table":
            return _block(document, row.sentence.start) == _header(document, row.sentence.start)
        if kind != "paragraph":
            return kind in NO_CLAIMS
    return document.kind in {"news", "opinion", "statement", "other"} and _is_line(
        document.text, row.sentence.start, row.end
    )


def _table_row(row: Candidate) -> Candidate:
    """The whole table row that contains a piece of text, with the table's header."""
    block, header = _block(row.document, row.sentence.start), _header(row.document, row.sentence.start)
    said = replace(_said(row.document, None), columns=row.document.text[header.start : header.end])
    return replace(row, start=block.start, end=block.end, said=said)


def _block(document: Document, place: int) -> Block:
    return next(block for block in document.blocks if block.start <= place < block.end)


def _header(document: Document, place: int) -> Block:
    """The first row of the table around an offset; rows are on adjacent lines."""
    at = document.blocks.index(_block(document, place))
    while (
        at
        and document.blocks[at - 1].kind == "table"
        and document.text[document.blocks[at - 1].end : document.blocks[at].start].count("\n") < 2
    ):
        at -= 1
    return document.blocks[at]


def _is_line(text: str, start: int, end: int) -> bool:
    """Whether a sentence is a short line without final punctuation: a headline, a byline, a caption, a menu entry."""
    left, right = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line = text[left : right if right >= 0 else len(text)].strip()
    return len(line) <= _MAX_HEADLINE_CHARS and _FINISHED.search(line) is None


def _acts(row: Candidate) -> bool:
    return row.said is not None and row.said.quoted and row.party not in NEUTRAL | REPORTERS


def _apart(one: Candidate, other: Candidate) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _denied(sayings: Sequence[Saying], denial: Saying) -> str | None:
    """The party that a denial contradicts: the last acting party before it other than its own."""
    others = [each for each in sayings if each.speaker.party not in NEUTRAL | REPORTERS | {denial.speaker.party}]
    before = [each for each in others if each.start < denial.start]
    nearest = before[-1] if before else next(iter(others), None)
    return nearest.speaker.party if nearest else None


def _said(document: Document, saying: Saying | None, denied: str | None = None) -> Said:
    """The voice of a sentence: its speaker (attributed to the media if the party is unknown), otherwise the article itself."""
    if saying is not None:
        party = saying.speaker.party or document.party or "media"
        return Said(party, saying.speaker.text, denies=denied, quoted=True)
    if document.kind == "news" and document.party is None:
        return Said("media", document.publisher or document.author)
    return Said(document.party, document.author)
