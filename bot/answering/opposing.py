"""Tells by the support model which statements contradict each other, and which must be shown together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.answering.articles import answers_in_article
from bot.answering.candidates import Candidate
from bot.answering.reading.reader import Reader
from bot.answering.reading.support import Support
from bot.answering.sides import other_figures
from index.search import Index


@dataclass(frozen=True)
class Opposing:
    """What one statement says against another. Thread-safe; without the model only other figures and denials count."""

    index: Index
    reader: Reader

    def contradicts(self, one: Candidate, other: Candidate) -> bool:
        """Whether two statements contradict each other, so that the parties disagree."""
        return self._against(one, other, self.reader.contradicted)

    def opposes(self, one: Candidate, other: Candidate) -> bool:
        """Whether one may oppose the other, so that both must be shown."""
        return self._against(one, other, self.reader.contradicted / 2)

    @cached_property
    def _support(self) -> Support | None:
        return Support.open(self.index.encoder) if self.reader.reads else None

    def _against(self, one: Candidate, other: Candidate, least: float) -> bool:
        if answers_in_article(one, other):
            return True
        if self._support is None:
            return other_figures(one, other)
        pairs = ((one.text, other.text), (other.text, one.text))
        return any(self._support(*pair).contradicted >= least for pair in pairs)
