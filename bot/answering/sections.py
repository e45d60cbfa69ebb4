"""Answers a broad question with the section whose heading it names, in the order of the section."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.answering.candidates import Candidate, of_passage
from bot.answering.reading.features import Question
from bot.nlp.answer_type import OTHER
from bot.nlp.word_lists import STOP
from index.normalise import normalise
from index.search import Index
from index.types import Hit

MIN_SENTENCES = 3  # sentences of a section that is an overview
MAX_LOOSE_WORDS = 1  # words of the question that are in neither names nor heading: “history”, “known”
AVERAGED_SENTENCES = 8  # sentences of a section whose probabilities are averaged
Judge = Callable[[Sequence[Candidate]], list[float]]


def section(index: Index, question: Question, hits: Sequence[Hit], judge: Judge, *, least: float) -> list[Candidate]:
    """The sentences of the section that a question is about, in order; empty if there is none.

    `least` is the mean P(answers) from which the section is the answer.
    """
    asked = question.asked
    if asked.kind != OTHER or asked.bound or asked.latest or asked.scope.parties or asked.parts or not asked.names:
        return []
    best: tuple[float, list[Candidate]] = (least, [])
    for document, heading in dict.fromkeys((hit.passage.document_id, hit.passage.heading) for hit in hits):
        if not heading or not _headed(index, question, heading) or _explains(index, document):
            continue
        rows = _rows(index, question, document, heading)
        looked_at = rows[:AVERAGED_SENTENCES]
        mean = sum(judge(looked_at)) / len(looked_at) if len(rows) >= MIN_SENTENCES else 0.0
        best = max(best, (mean, rows), key=lambda pair: pair[0])
    return best[1]


def _explains(index: Index, document: str) -> bool:
    """Whether a document contains explainers, which are matched by their questions instead (explain.py)."""
    found = index.document(document)
    return found is not None and found.kind == "explainer"


def _headed(index: Index, question: Question, heading: str) -> bool:
    """Whether a heading contains every name of a question and all but MAX_LOOSE_WORDS of its other words that the library knows."""
    asked, last = question.asked, heading.rsplit(" – ", 1)[-1]
    things = {mention.entry_id for mention in question.gazetteer.find(last)}
    if not asked.things <= things:
        return False
    said, text = set(index.terms(last)), asked.normal
    for mention in sorted(asked.mentions, key=lambda each: -each.start):
        text = text[: mention.start] + " " + text[mention.end :]
    loose = [word for word in normalise(text).split() if word not in STOP and index.knows(word)]
    specific = question.gazetteer.names(last)
    return (
        sum(not set(index.terms(word)) <= said for word in loose) <= MAX_LOOSE_WORDS
        and len(specific - asked.things) <= 1
    )


def _rows(index: Index, question: Question, document: str, heading: str) -> list[Candidate]:
    passages = [passage for passage in index.passages_of(document) if passage.heading == heading]
    rows = [row for passage in passages for row in of_passage(index, question.asked, passage)]
    return sorted({row.place: row for row in rows}.values(), key=lambda row: row.sentence.start)
