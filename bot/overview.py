"""What happened in a time, where a question asks nothing else: the statements of those days that the others circle round.

Which event matters is not in the question, so it is read off the library: a statement is central that many statements of other
documents of the same days are near to (degree centrality of sentences, Erkan and Radev 2004, LexRank).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from bot.asked import Asked
from bot.evidence import Evidence, day_of, days_of, in_time, overlaps, rows_of
from bot.sides import NEUTRAL, ONE_VOICE, party_of, voice, with_both_sides
from index.passages import Hit, Scope
from index.search import Index

HITS = 60  # passages of the days that are looked at
NEIGHBOURS = 5  # statements of other documents whose nearness makes one central
SAME = 0.93  # cosine from which two statements tell of the same
PARTS = 6  # of the time, among which the statements are to be spread
CROWDED = 0.01  # what each one already chosen from the same part costs, in cosine
EXACT = 0.01  # what a statement of a day has before one of a month or more: an event has a day
UNDISPUTED = 0.02  # what an event that nobody disputes has before one side's word, in cosine


def rank_overview(index: Index, asked: Asked, hits: Sequence[Hit]) -> list[Evidence]:
    """The statements that lie within the days, the most central first; those that reach beyond where there are none."""
    rows = [row for hit in hits for row in rows_of(index, asked, hit)]
    distinct = list({(row.document.id, row.sentence.start): row for row in rows}.values())
    inside = [row for row in distinct if _within(row, asked.timed)]
    return _by_centrality(index, inside or [row for row in distinct if in_time(row, asked.timed)])


def course(index: Index, asked: Asked, ranked: Sequence[Evidence], most: int) -> list[Evidence]:
    """At most so many of them, each event once, spread over the time, in its order."""
    pool, chosen = list(ranked), list[Evidence]()
    first, last = (min(map(day_of, ranked), default=""), max(map(day_of, ranked), default=""))
    while pool and len(chosen) < most:
        parts = [_part(day_of(row), first, last) for row in chosen]
        best = max(pool, key=lambda row: row.score - CROWDED * parts.count(_part(day_of(row), first, last)))
        pool.remove(best)
        told = chosen and float(index.likeness(best.sentence, [row.sentence for row in chosen]).max()) >= SAME
        if not told and sum(voice(row) == voice(best) for row in chosen) < ONE_VOICE:
            chosen.append(best)
    return sorted(with_both_sides(index, asked, chosen, ranked, most), key=day_of)


def _by_centrality(index: Index, rows: Sequence[Evidence]) -> list[Evidence]:
    scored = []
    for row in rows:
        others = [other.sentence for other in rows if other.document.id != row.document.id]
        near = np.sort(index.likeness(row.sentence, others))[-NEIGHBOURS:] if others else np.zeros(1)
        why = {
            "central": float(near.sum()) / NEIGHBOURS,
            "undisputed": UNDISPUTED if party_of(row) in NEUTRAL else 0.0,
            "exact": EXACT if _is_exact(row) else 0.0,
        }
        scored.append(replace(row, score=sum(why.values()), why=why))
    return sorted(scored, key=lambda row: -row.score)


def _within(row: Evidence, scope: Scope) -> bool:
    first, last = days_of(row)
    if not first or not last or not overlaps(first, last, scope):
        return False
    return not ((scope.since and first < scope.since) or (scope.until and last > scope.until))


def _is_exact(row: Evidence) -> bool:
    first, last = days_of(row)
    return bool(first and last) and _number(str(last)) - _number(str(first)) <= 1


def _part(day: str, first: str, last: str) -> int:
    """Which of PARTS equal parts of the time a day lies in."""
    low, here, high = (_number(each) for each in (first, day, last))
    return min(PARTS - 1, int(PARTS * (here - low) / (high - low))) if high > low else 0


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal() if day else 0
