"""Asks back when a question refers to “the attack” or “he” without saying which, and offers dated alternatives.

A logistic regression over the question's vector (evals.fitting.questions.open_questions) decides whether the reference is
open; it is as multilingual as the encoder. A name, a number, a day or a rare word in the question closes it. The alternatives are
events whose statements would answer the question with similar probabilities, each in a whole sentence; figures of a year are
none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.answering.answer import Alternative
from bot.answering.candidates import Candidate
from bot.answering.events.marked import FIGURED, MarkedEvents, MarkedRows
from bot.answering.gist import without_day
from bot.answering.reading.features import Question
from bot.answering.reading.reader import Reading
from bot.answering.sides import NEUTRAL
from bot.nlp.linear import Linear
from bot.question.listing import Kinds, kinds_of, one_of
from sources.document import Document

WEIGHTS = Path(__file__).parents[1] / "weights" / "open_questions.json"
SHORT_SENTENCE_WORDS = 18  # of a sentence that is short
MAX_ALTERNATIVES = 5  # alternatives offered
MIN_ALTERNATIVES = 2
RARE_IDF = 5.7  # rarity of a word (inverse document frequency) from which it narrows the reference by itself
MIN_SCORE_RATIO = 0.1  # share of the best probability that another statement must reach to be offered
MIN_PROBABILITY = 0.01  # probability below which a statement is not offered
DISTINCT_EVENT_DAYS = 10  # days between two statements from which they report two events
MAX_DATE_DAYS = 31  # longest span of days that a date identifies
Judge = Callable[[Sequence[Candidate]], Sequence[Reading]]


@dataclass(frozen=True)
class OpenReference:
    """Decides whether a question's reference is open; never if the classifier was fitted on another encoder."""

    model: Linear | None

    @classmethod
    def open(cls, encoder: Any) -> OpenReference:
        """Load the shipped classifier."""
        return cls(Linear.open(WEIGHTS, encoder))

    def __call__(self, question: Question) -> bool:
        """Whether neither the question nor the conversation says which event or person is meant."""
        if self.model is None or narrowed(question):
            return False
        vector = question.index.embed(question.asked.normal)
        return float(self.model(vector)[0, 0]) >= self.model.least[0]


def narrowed(question: Question) -> bool:
    """Whether a question contains a name, a number, a time or a rare word, or is a follow-up."""
    asked = question.asked
    if asked.text != asked.question or asked.parts or asked.scope or asked.latest:
        return True
    if asked.names or question.numbers or asked.time_scope:
        return True
    own = asked.language in question.index.languages()[:1]  # words of other languages are rare without being specific
    return own and max(question.words.values(), default=0.0) >= RARE_IDF


def alternatives(
    question: Question, rows: Sequence[Candidate], judge: Judge, marked: MarkedEvents
) -> tuple[Alternative, ...]:
    """Up to MAX_ALTERNATIVES dated alternatives of an open question, newest first; none if there is at most one."""
    told = sorted(filter(_is_told_by_its_date, rows), key=lambda row: -row.cosine)
    named = _named(question)
    events = [row for row in told if marked.told(row.text) or not marked.has_read(row.document.id)]
    alike = [row for row in events if named and _is_one(row, marked, *named)]
    for some, more in ((alike, named), (events, None), (told, None)):
        found = _likeliest([row for row in some if not _is_figure(row, marked)], judge)
        made = {each.date: each for each in (_alternative(question, row, marked) for row in found)}
        if more:  # and the latest that matter most, where the statements that were looked up tell of few
            made |= {each.date: each for each in _latest(question, marked, *more) if each.date not in made}
        if len(made) >= MIN_ALTERNATIVES:
            return tuple(sorted(list(made.values())[:MAX_ALTERNATIVES], key=lambda each: each.date, reverse=True))
    return ()


def _named(question: Question) -> tuple[str, tuple[Kinds, ...]] | None:
    """The type and kinds of the event that a question speaks of."""
    asked = question.asked
    of_type = one_of(asked.normal, asked.mentions, question.index, asked.lookup)
    return (of_type, kinds_of(asked.normal, of_type)) if of_type else None


def _likeliest(rows: Sequence[Candidate], judge: Judge) -> list[Candidate]:
    """The statements that answer nearly as well as the best, one of each event."""
    # The reader reads few statements, and the most promising may all report one event: one of each event is read as well.
    read = {each.candidate.place: each for some in (rows, _each_event(rows)) for each in judge(some)}
    likeliest = sorted(read.values(), key=lambda reading: -reading.answers)
    best = likeliest[0].answers if likeliest else 0.0
    return _each_event(
        [each.candidate for each in likeliest if each.answers >= max(MIN_SCORE_RATIO * best, MIN_PROBABILITY)]
    )


def _is_one(row: Candidate, marked: MarkedEvents, of_type: str, kinds: tuple[Kinds, ...]) -> bool:
    return any(_fits(each, of_type, kinds) for each in marked.told(row.text))


def _fits(event: MarkedRows, of_type: str, kinds: tuple[Kinds, ...]) -> bool:
    return of_type in event.event.types and all(each & set(event.event.kinds) for each in kinds)


def _latest(question: Question, marked: MarkedEvents, of_type: str, kinds: tuple[Kinds, ...]) -> Iterator[Alternative]:
    """The events of a type that briefs mark as milestones, newest first."""
    for event in reversed(marked.all):
        if _fits(event, of_type, kinds) and any(row.statement.milestone for row in event.rows):
            yield _of_event(question, event)


def _is_figure(row: Candidate, marked: MarkedEvents) -> bool:
    """Whether a statement tells of a year's figures or of who held an office, and of nothing that happened."""
    events = marked.told(row.text)
    return bool(events) and all(map(_is_of_figures, events))


def _is_of_figures(event: MarkedRows) -> bool:
    return set(event.event.types) <= {*FIGURED, "appointment"}


def _each_event(rows: Sequence[Candidate]) -> list[Candidate]:
    """The first statement of each event; statements of neighbouring days count as one event."""
    kept: list[Candidate] = []
    for row in rows:
        if all(_days_between(row, other) >= DISTINCT_EVENT_DAYS for other in kept):
            kept.append(row)
    return kept


def _alternative(question: Question, row: Candidate, marked: MarkedEvents) -> Alternative:
    if event := next((each for each in marked.told(row.text) if not _is_of_figures(each)), None):
        return _of_event(question, event)
    assert row.statement is not None
    sentence = row.sentence
    return _choice(question, row.statement.date_text or row.day, row.day, row.document, sentence.start, sentence.end)


def _of_event(question: Question, event: MarkedRows) -> Alternative:
    """An event in the words of the statement that stands for it, or of the first short one that is of no side."""
    short = [
        row
        for row in event.rows[1:]
        if len(row.text.split()) <= SHORT_SENTENCE_WORDS and row.statement.party in NEUTRAL
    ]
    row = event.rows[0] if len(event.rows[0].text.split()) <= 2 * SHORT_SENTENCE_WORDS or not short else short[0]
    return _choice(question, event.event.day, event.event.first, row.document, row.statement.start, row.statement.end)


def _choice(question: Question, written: str, first: str, document: Document, start: int, end: int) -> Alternative:
    label = without_day(document.text[start:end])
    asked = question.asked.question.rstrip(" ?؟.!")
    day = date.fromisoformat(first)
    when = f"{day.day} {day:%B %Y}" if len(written) >= len(first) else f"{day:%B %Y}"
    return Alternative(written, label, f"{asked} ({when}: {label})?", document.id, start, end)


def _is_told_by_its_date(row: Candidate) -> bool:
    first, last = row.days
    return row.statement is not None and bool(first and last) and _ordinal(last) - _ordinal(first) <= MAX_DATE_DAYS


def _days_between(one: Candidate, other: Candidate) -> int:
    return abs(_ordinal(one.days[0]) - _ordinal(other.days[0]))


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day or "0001-01-01").toordinal()
