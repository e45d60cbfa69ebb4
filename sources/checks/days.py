"""Checks the dates of statements: none after its source, none taken from a copy, no milestone in two briefs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sources.briefs.parser import Brief
from sources.document import Document, Statement
from sources.errors import Problem

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PRINTED = ("media", "analysts", "rights-groups")  # their own publication dates what they say


def day_problems(brief: Brief) -> Iterator[Problem]:
    """Statements later than `updated` and, as warnings, days that may only be the date of the one page that was read.

    A copy is often dated when it was made, not when the event happened. If the only dated source of a statement has the
    very same day, the day has to be compared with a second source; `checked` after the party records that it was.
    """
    document = brief.document
    for statement, line in zip(document.statements, brief.statement_lines, strict=True):
        if statement.date_to and document.published and statement.date_to > document.published:
            message = (
                f"{statement.date_text} runs beyond `updated` ({document.published}): end it at the last day known"
            )
            yield Problem(brief.file, line, message)
        if not statement.checked and _may_be_a_copy_s(document, statement):
            message = (
                f"{statement.date_text} is the day of its only dated source, too: compare it with another one and "
                "add ` · checked` behind the party, or write the month or `~`"
            )
            yield Problem(brief.file, line, message, "warning")


def _may_be_a_copy_s(document: Document, statement: Statement) -> bool:
    if statement.party in _PRINTED:
        return False
    published = [document.reference(identifier).published or "" for identifier in statement.reference_ids]
    days = [day for day in published if _DAY.fullmatch(day)]
    return days == [statement.date_text]


def repeated_milestones(briefs: Iterable[Brief]) -> Iterator[Problem]:
    """Milestones of one day and party in two briefs, as warnings: a timeline would show the event twice."""
    seen: dict[tuple[str | None, str | None], str] = {}
    for brief in briefs:
        for statement, line in zip(brief.document.statements, brief.statement_lines, strict=True):
            if not statement.milestone:
                continue
            first = seen.setdefault((statement.date_text, statement.party), brief.file)
            if first != brief.file:
                message = f"{first} has a milestone of {statement.date_text} and this party, too: mark one of them"
                yield Problem(brief.file, line, message, "warning")
