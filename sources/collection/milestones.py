"""The timeline of the library: the statements that briefs mark as milestones. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sources.document import Document, Statement


@dataclass(frozen=True, slots=True)
class Milestone:
    """A marked statement, with the document in which it stands."""

    document: Document
    statement: Statement

    @property
    def sentence(self) -> str:
        """The words of the statement."""
        return self.document.text[self.statement.start : self.statement.end]


def milestones(documents: Iterable[Document]) -> list[Milestone]:
    """Every milestone, the earliest first; those of one day in the order of their documents."""
    found = [
        Milestone(document, statement)
        for document in documents
        for statement in document.statements
        if statement.milestone
    ]
    return sorted(found, key=lambda one: (one.statement.date_from or "", one.document.id, one.statement.start))
