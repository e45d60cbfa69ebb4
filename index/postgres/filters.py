"""A scope as SQL conditions on the passages table."""

from __future__ import annotations

from typing import Any

from index.types import Scope


def conditions(scope: Scope) -> tuple[str, dict[str, Any]]:
    """SQL that begins with AND for passages aliased `p`, with its parameters; a range of days excludes undated ones."""
    clauses: list[str] = []
    values: dict[str, Any] = {}
    for name, value, clause in (
        ("since", scope.since, "p.date_to >= :since"),
        ("until_day", scope.until, "p.date_from <= :until_day"),
        ("languages", list(scope.languages), "p.language = ANY(:languages)"),
        ("documents", list(scope.documents), "p.document_id = ANY(:documents)"),
        ("parties", list(scope.parties), "p.parties && CAST(:parties AS TEXT[])"),
    ):
        if value:
            clauses.append(f" AND {clause}")
            values[name] = value
    return "".join(clauses), values
