"""Checks that readers can verify the footnotes of a brief: publishers named, hosts known, weak ones marked."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from sources.briefs.parser import Brief
from sources.document import Reference
from sources.errors import Problem
from sources.hosts import Hosts

_EXAMPLES = ("example.com", "example.net", "example.org")  # reserved for documentation by RFC 2606


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
