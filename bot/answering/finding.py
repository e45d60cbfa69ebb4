"""Finds the statements that may answer a question, and has them judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from bot.answering import overview
from bot.answering.candidates import MAX_HITS, MAX_PASSAGES, REACH, Candidate, candidates, of_passage, of_statements
from bot.answering.reading.features import Question
from bot.answering.reading.reader import Judgement, Reader
from bot.question.query import Asked
from index.search import Index
from index.types import Hit, Scope

MAX_WRITTEN = 10  # statements with the nearest written questions that are considered, too
MAX_SENTENCES = 6  # nearest single sentences whose passages are considered, too


@dataclass(frozen=True)
class Finder:
    """Searches one open index and has the reader judge what it finds. Thread-safe."""

    index: Index
    reader: Reader

    def search(self, asked: Asked) -> list[Hit]:
        """The best passages; among equals those of the requested period come first."""
        if asked.overview:
            return _on_the_subject(self.index.search(asked.lookup, overview.MAX_HITS, asked.timed, words=asked.words))
        hits = _on_the_subject(self.index.search(asked.lookup, MAX_HITS, asked.scope, words=asked.words))
        hits = self._with_nearest_sentences(asked, hits)
        timed = self.lately(asked.timed) if asked.latest else asked.timed
        if not asked.time_scope and not asked.latest:
            return hits
        inside = _on_the_subject(self.index.search(asked.lookup, MAX_HITS // 2, timed, words=asked.words))
        best = hits[: MAX_HITS // 2]
        first, then = (inside, best) if asked.latest else (best, inside)
        known = {hit.passage.id for hit in first}
        return [*first, *(hit for hit in then if hit.passage.id not in known)]

    def candidates(self, question: Question, hits: Sequence[Hit]) -> list[Candidate]:
        """The statements of the best passages, and those for which the nearest questions were written."""
        rows = candidates(self.index, question.asked, hits)
        if self.reader.known is None:
            return rows
        near = self.reader.known.nearest(question, MAX_WRITTEN)
        told = of_statements(self.index, question.asked, [(each.document, each.digest) for each, _ in near])
        return list({row.place: row for row in [*rows, *told]}.values())

    def judged(self, question: Question, hits: Sequence[Hit], day: date) -> Judgement:
        """The judgement of what was found."""
        return self.reader.judge(question, self.candidates(question, hits), day)

    def nearby(self, asked: Asked, row: Candidate) -> list[Candidate]:
        """The other statements of a statement's section, most similar to the question first."""
        if row.statement is None:
            return []
        passages = [p for p in self.index.passages_of(row.document.id) if p.heading == row.passage.heading]
        around = [each for passage in passages for each in of_passage(self.index, asked, passage)]
        return sorted((each for each in around if each.place != row.place), key=lambda each: -each.cosine)

    def lately(self, scope: Scope) -> Scope:
        """The last year that the library knows of, inside a scope."""
        if self.reach is None:
            return scope
        since = (date.fromisoformat(self.reach) - timedelta(days=365)).isoformat()
        return replace(scope, since=max(since, scope.since or since))

    @cached_property
    def reach(self) -> str | None:
        """The last day that the library knows of."""
        return self.index.reach()

    def _with_nearest_sentences(self, asked: Asked, hits: list[Hit]) -> list[Hit]:
        """The hits, with passages moved up that contain a sentence more similar to the question than the passage as a whole."""
        known = {hit.passage.id for hit in hits[:MAX_PASSAGES]}
        near = self.index.nearest_sentences(asked.lookup, MAX_SENTENCES, asked.scope)
        low = min((hit.score for hit in hits[:MAX_PASSAGES]), default=0.0)
        added = [Hit(passage, low, None, None) for passage in near if passage.id not in known]
        room = max(0, MAX_PASSAGES - len(added))
        return [*hits[:room], *_on_the_subject(added), *hits[room:]]


def _on_the_subject(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without the sections in which briefs describe themselves."""
    return [hit for hit in hits if REACH not in hit.passage.heading]
