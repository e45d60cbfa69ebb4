"""Checks what the statements of a brief rest on: footnotes that readers can verify, and days that are the event's, not a copy's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from sources.briefs.parser import Brief
from sources.document import Document, Reference, Statement
from sources.errors import Problem
from sources.hosts import Hosts

_EXAMPLES = ("example.com", "example.net", "example.org")  # reserved for documentation by RFC 2606
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PRINTED = ("media", "analysts", "rights-groups")  # their own publication dates what they say


def reference_problems(brief: Brief, hosts: Hosts) -> Iterator[Problem]:
    """Footnotes without a publisher, with an unknown host, or weak but not marked so."""
    for reference in brief.document.references:
        line = brief.reference_lines[reference.id]
        if not reference.publisher:
            yield Problem(
                brief.file, line, f"[^{reference.id}] names no publisher: add *Publisher* in front of the date"
            )
        for address in _unknown(reference, hosts):
            name = urlsplit(address).hostname
            message = f"the host {name} of [^{reference.id}] is in no class: add it to sources/hosts.toml"
            yield Problem(brief.file, line, message, "warning")
        if hosts.is_weak(reference) and not reference.weak:
            message = f"[^{reference.id}] is a weak source: add `, weak` at its end, or cite a stronger one"
            yield Problem(brief.file, line, message)


def weak_statements(brief: Brief) -> Iterator[Problem]:
    """Statements supported by weak references only, as warnings."""
    document = brief.document
    weak = {reference.id for reference in document.references if reference.weak}
    for statement, line in zip(document.statements, brief.statement_lines, strict=True):
        if statement.reference_ids and weak.issuperset(statement.reference_ids):
            yield Problem(brief.file, line, "only weak references: look for a stronger one", "warning")


def _unknown(reference: Reference, hosts: Hosts) -> Iterator[str]:
    for address in dict.fromkeys(filter(None, (reference.url, reference.read_at))):
        name = (urlsplit(address).hostname or "").removeprefix("www.")
        if name not in _EXAMPLES and hosts.of_address(address) is None:
            yield address


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
