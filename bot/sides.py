"""The sides of a dispute: what another party says of the same event stands beside a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.asked import Asked
from bot.evidence import Evidence, in_scope
from index.search import Index
from index.text import normalise

NEUTRAL = frozenset({None, "agreed"})  # who says what nobody disputes
NEAR_TEXT = 0.86  # cosine of two statements of one section from which they speak of the same event
NEAR_DAYS = 45
PER_CLAIM = 1  # counterparts that a claim brings along
_CONTRARY = re.compile(
    r"\b(den(y|ies|ied|ial)|reject\w*|dismiss\w*|refut\w*|disput\w*|disagree\w*|contradict\w*|blam\w*|accus\w*|alleg\w*|insist\w*"
    r"|claim\w*|contrary|instead|baseless|unfounded|false|no evidence|not true|protest\w*|condemn\w*|refus\w*|charge[sd]?"
    r"|conjecture|propaganda|whereas|in response|answered|replied|countered)\b"
)
_NUMBER = re.compile(r"(?<![\w-])\d[\d,.]*(?![\w-])")


def with_counterparts(
    index: Index, asked: Asked, chosen: Sequence[Evidence], pool: Sequence[Evidence]
) -> list[Evidence]:
    """The chosen evidence, each claim of a party followed by what another party says of the same event, if anything."""
    result: list[Evidence] = []
    for item in chosen:
        if all(item.start != other.start or item.document.id != other.document.id for other in result):
            result.append(item)
        for other in _counterparts(index, asked, item, pool):
            known = {(row.document.id, row.sentence.start) for row in [*result, *chosen]}
            if (other.document.id, other.sentence.start) not in known:
                result.append(other)
    return result


def disputed(items: Sequence[Evidence]) -> bool:
    """Whether parties contradict each other among the evidence: of the same event, and in words or numbers."""
    return any(
        _same_event(one, other) and _contrary(one, other)
        for position, one in enumerate(items)
        for other in items[position + 1 :]
    )


def by_party(items: Sequence[Evidence]) -> list[Evidence]:
    """The evidence with the statements of one party together, parties in the order in which they come."""
    order = list(dict.fromkeys(party_of(item) for item in items))
    return sorted(items, key=lambda item: order.index(party_of(item)))


def party_of(item: Evidence) -> str | None:
    """Who says it: the party of the statement or of the document."""
    return item.statement.party if item.statement else item.document.party


def _counterparts(index: Index, asked: Asked, item: Evidence, pool: Sequence[Evidence]) -> list[Evidence]:
    if party_of(item) in NEUTRAL or item.statement is None:
        return []
    near = [
        row
        for row in pool
        if _same_event(item, row) and row.statement is not None and in_scope(row.statement, asked.scope)
    ]
    if not near:
        return []
    likeness = index.likeness(item.sentence, [row.sentence for row in near])
    ranked = sorted(zip(likeness, near, strict=True), key=lambda pair: -pair[0])
    return [row for like, row in ranked if like >= NEAR_TEXT and _contrary(item, row)][:PER_CLAIM]


def _same_event(one: Evidence, other: Evidence) -> bool:
    """Whether two statements of different parties stand in one section and are of about the same days."""
    mine, theirs = party_of(one), party_of(other)
    if mine in NEUTRAL or theirs in NEUTRAL or mine == theirs:
        return False
    if one.document.id != other.document.id or one.passage.heading != other.passage.heading:
        return False
    return one.statement is None or other.statement is None or _days_apart(one, other) <= NEAR_DAYS


def _days_apart(one: Evidence, other: Evidence) -> int:
    from datetime import date

    mine, theirs = one.statement, other.statement
    if mine is None or theirs is None or not (mine.date_from and mine.date_to and theirs.date_from and theirs.date_to):
        return 0
    first, second = sorted([(mine.date_from, mine.date_to), (theirs.date_from, theirs.date_to)])
    return max(0, (date.fromisoformat(second[0]) - date.fromisoformat(first[1])).days)


def _contrary(one: Evidence, other: Evidence) -> bool:
    """Whether two statements oppose each other: one denies, blames or claims, or both give numbers that differ."""
    texts = normalise(one.text), normalise(other.text)
    if any(_CONTRARY.search(text) for text in texts):
        return True
    left, right = (set(_NUMBER.findall(text)) for text in texts)
    return bool(left and right and left != right)
