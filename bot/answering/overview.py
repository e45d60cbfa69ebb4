"""Answers “what happened in …?” with the most central statements of that period.

The question does not say which events matter, so the library decides: a statement is central if many statements of other
documents of the same days are similar to it (degree centrality of sentences, Erkan and Radev 2004, LexRank).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from bot.answering.candidates import Candidate, of_passage, overlaps
from bot.answering.sides import NEUTRAL
from bot.question.query import Asked
from index.search import Index
from index.types import Hit, Scope

MAX_HITS = 60  # passages of the period that are considered
NEIGHBOURS = 5  # nearest statements of other documents that define centrality
DUPLICATE_COSINE = 0.93  # cosine from which two statements report the same event
PERIOD_PARTS = 6  # of the period, over which the statements are spread
CROWDED_PENALTY = 0.01  # penalty, in cosine, for each statement already chosen from the same part
EXACT_DAY_BONUS = 0.01  # bonus, in cosine, for a statement of a single day: an event has a day
UNDISPUTED_BONUS = 0.02  # bonus, in cosine, for an undisputed event over one side's word
MAX_STATEMENTS_PER_SPEAKER = 2  # statements of one speaker
MAX_EXTRA_DAYS = 31  # days by which a statement may be less exact than the period


def course(index: Index, asked: Asked, hits: Sequence[Hit], most: int, skip: int = 0) -> list[Candidate]:
    """Up to `most` statements of a period, one for each event, spread over it, oldest first, after the first `skip`."""
    rows = [row for hit in hits for row in of_passage(index, asked, hit.passage)]
    distinct = list({row.place: row for row in rows}.values())
    scope = asked.timed
    inside = (
        [row for row in distinct if _within(row, scope)]
        or [row for row in distinct if _about(row, scope)]
        or ([] if scope.since == scope.until else [row for row in distinct if overlaps(*row.days, scope)])
    )
    pool = _by_centrality(index, inside)
    days = [row.day for _, row in pool]
    first, last = min(days, default=""), max(days, default="")
    chosen: list[Candidate] = []
    while pool and len(chosen) < most + skip:
        parts = [_part(row.day, first, last) for row in chosen]
        best = max(pool, key=lambda pair: pair[0] - CROWDED_PENALTY * parts.count(_part(pair[1].day, first, last)))
        pool.remove(best)
        row = best[1]
        told = (
            chosen and float(index.likeness(row.sentence, [each.sentence for each in chosen]).max()) >= DUPLICATE_COSINE
        )
        alone = row.party in NEUTRAL or sum(each.voice == row.voice for each in chosen) < MAX_STATEMENTS_PER_SPEAKER
        if not told and alone:
            chosen.append(row)
    return sorted(chosen[skip:], key=lambda row: row.day)


def _by_centrality(index: Index, rows: Sequence[Candidate]) -> list[tuple[float, Candidate]]:
    scored = []
    for row in rows:
        others = [other.sentence for other in rows if other.document.id != row.document.id]
        near = np.sort(index.likeness(row.sentence, others))[-NEIGHBOURS:] if others else np.zeros(1)
        score = float(near.sum()) / NEIGHBOURS
        score += UNDISPUTED_BONUS if row.party in NEUTRAL else 0.0
        score += EXACT_DAY_BONUS if _is_exact(row) else 0.0
        scored.append((score, row))
    return sorted(scored, key=lambda pair: -pair[0])


def _within(row: Candidate, scope: Scope) -> bool:
    first, last = row.days
    if not first or not last or not overlaps(first, last, scope):
        return False
    return not ((scope.since and first < scope.since) or (scope.until and last > scope.until))


def _about(row: Candidate, scope: Scope) -> bool:
    """Whether a statement is of about the period: it overlaps it, and is not of a much longer one."""
    first, last = row.days
    if not first or not last or not overlaps(first, last, scope):
        return False
    longest = MAX_EXTRA_DAYS + _number(scope.until or last) - _number(scope.since or first)
    return _number(last) - _number(first) <= longest


def _is_exact(row: Candidate) -> bool:
    first, last = row.days
    return bool(first and last) and _number(str(last)) - _number(str(first)) <= 1


def _part(day: str, first: str, last: str) -> int:
    """The index of the part (of PERIOD_PARTS equal ones) that contains a day."""
    low, here, high = (_number(each) for each in (first, day, last))
    return min(PERIOD_PARTS - 1, int(PERIOD_PARTS * (here - low) / (high - low))) if high > low else 0


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal() if day else 0
