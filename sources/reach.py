"""How far the library reaches: the last day of its statements, overall and by subject. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sources.document import Document

_DAY = re.compile(r"\d{4}-\d\d-\d\d~?$")

# The subjects that briefs declare in their front matter; docs/library.md shows coverage by them.
SUBJECTS = (
    "history", "border", "refugees", "trade", "militancy", "strikes and war", "talks", "recognition", "people",
    "neighbours", "united nations", "rights", "explanations",
)  # fmt: skip


def reach(documents: Iterable[Document]) -> str | None:
    """The last ISO day of any dated statement; None if there is none.

    A statement of a month or a year counts as of its first day: “2026” does not reach to December.
    """
    return max(filter(None, map(_last_day, documents)), default=None)


def reach_by_subject(documents: Iterable[Document]) -> dict[str, str]:
    """Subject to the last ISO day of its statements, for each subject that a document declares; sorted by subject."""
    days: dict[str, str] = {}
    for document in documents:
        day = _last_day(document)
        if document.subject and day:
            days[document.subject] = max(day, days.get(document.subject, ""))
    return dict(sorted(days.items()))


def _last_day(document: Document) -> str | None:
    days = []
    for statement in document.statements:
        if statement.date_from and statement.date_to and statement.date_text:
            exact = _DAY.search(statement.date_text)
            days.append(statement.date_to if exact else statement.date_from)
    return max(days, default=None)
