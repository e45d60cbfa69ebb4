"""Asks back when a question refers to “the attack” or “he” without saying which, and offers dated alternatives.

A logistic regression over the question's vector (evals.fitting.open_questions) decides whether the reference is open; it is as
multilingual as the encoder. A name, a number, a day or a rare word in the question closes the reference. The alternatives are
the dated statements that would answer the question with similar probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.answering.answer import Alternative
from bot.answering.candidates import Candidate
from bot.answering.features import Question
from bot.answering.gist import first_words
from bot.answering.reader import Reading
from bot.nlp.linear import Linear

WEIGHTS = Path(__file__).with_name("weights") / "open_questions.json"
WORDS = 12  # of a label
MOST = 5  # alternatives offered
FEWEST = 2
RARE = 5.7  # rarity of a word (inverse document frequency) from which it narrows the reference by itself
NEAR = 0.1  # share of the best probability that another statement must reach to be offered
LEAST = 0.01  # probability below which a statement is not offered
APART = 10  # days between two statements from which they report two events
EXACT = 31  # longest span of days that a date identifies
Judge = Callable[[Sequence[Candidate]], list[Reading]]


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
    if question.names or question.numbers or asked.time_scope:
        return True
    own = asked.language in question.index.languages()[:1]  # words of other languages are rare without being specific
    return own and max(question.words.values(), default=0.0) >= RARE


def alternatives(question: Question, rows: Sequence[Candidate], judge: Judge) -> tuple[Alternative, ...]:
    """Up to MOST dated alternatives of an open question, newest first; none if there is at most one."""
    told = sorted(filter(_is_told_by_its_date, rows), key=lambda row: -row.cosine)
    # The reader reads few statements, and the most promising may all report one event: one of each event is read as well.
    read = {each.candidate.place: each for some in (told, _each_event(told)) for each in judge(some)}
    likeliest = sorted(read.values(), key=lambda reading: -reading.answers)
    best = likeliest[0].answers if likeliest else 0.0
    chosen = _each_event([each.candidate for each in likeliest if each.answers >= max(NEAR * best, LEAST)])[:MOST]
    if len(chosen) < FEWEST:
        return ()
    return tuple(_alternative(question, row) for row in sorted(chosen, key=lambda row: row.day, reverse=True))


def _each_event(rows: Sequence[Candidate]) -> list[Candidate]:
    """The first statement of each event; statements of neighbouring days count as one event."""
    kept: list[Candidate] = []
    for row in rows:
        if all(_days_between(row, other) >= APART for other in kept):
            kept.append(row)
    return kept


def _alternative(question: Question, row: Candidate) -> Alternative:
    assert row.statement is not None
    own = row.document.text[row.sentence.start : row.sentence.end]
    label = first_words(own, WORDS)
    asked = question.asked.question.rstrip(" ?؟.!")
    written = row.statement.date_text or row.day
    day = date.fromisoformat(row.day)
    when = f"{day.day} {day:%B %Y}" if len(written) >= len(row.day) else f"{day:%B %Y}"
    return Alternative(
        date=written,
        label=label,
        question=f"{asked} ({when}: {label.rstrip(' …')})?",
        document_id=row.document.id,
        start=row.sentence.start,
        end=row.sentence.end,
    )


def _is_told_by_its_date(row: Candidate) -> bool:
    first, last = row.days
    return row.statement is not None and bool(first and last) and _ordinal(last) - _ordinal(first) <= EXACT


def _days_between(one: Candidate, other: Candidate) -> int:
    return abs(_ordinal(one.days[0]) - _ordinal(other.days[0]))


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day or "0001-01-01").toordinal()
