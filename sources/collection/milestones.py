"""The timeline of the library: statements marked as milestones in briefs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sources.document import Document, Statement


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone, with its document."""

    document: Document
    statement: Statement

    @property
    def sentence(self) -> str:
        """The text of the statement."""
        return self.document.text[self.statement.start : self.statement.end]


def milestones(documents: Iterable[Document]) -> list[Milestone]:
    """Every milestone, earliest first; those of one day in the order of their documents."""
    found = [
        Milestone(document, statement)
        for document in documents
        for statement in document.statements
        if statement.milestone
    ]
    return sorted(found, key=lambda one: (one.statement.date_from or "", one.document.id, one.statement.start))
