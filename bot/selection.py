"""Which evidence is shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from bot.asked import Asked
from bot.evidence import Evidence, day_of, in_time
from bot.kinds import FACTS
from bot.overview import course
from bot.sides import ONE_VOICE, by_party, disputed, party_of, voice, with_both_sides
from index.search import Index
from index.text import normalise

MOST = 6  # claims of an answer
FEW = 3  # claims of an answer to a question for one fact
NEAR = 0.76  # of the best score: what scores less says little about the question
NEAR_FACT = 0.8  # the same for a question for one fact
NEWEST = 0.75  # of the best score: among these the latest come first, where the latest is asked for
CROWDED = 0.06  # what each claim of the same party already chosen costs
SAME = 0.75  # share of words from which two sentences say the same


def within_time(asked: Asked, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The evidence of the time that the question speaks of; all of it where that is only a preference."""
    if asked.time.kind != "hard" or not asked.time_scope:
        return list(ranked)
    return [item for item in ranked if in_time(item, asked.time_scope)]


def select(index: Index, asked: Asked, ranked: Sequence[Evidence], *, most: int = MOST) -> list[Evidence]:
    """The evidence to show, at most `most`: best first, newest first, in order of time, or by party where they differ."""
    if asked.overview:
        return course(index, asked, ranked, most)
    if asked.latest:
        ranked = _newest_first(ranked)
    fact = asked.kind in FACTS
    chosen = (
        _distinct(index, asked, ranked, min(most, FEW), NEAR_FACT)
        if fact
        else _distinct(index, asked, ranked, most, NEAR, CROWDED)
    )
    complete = with_both_sides(index, asked, chosen, ranked, most)
    if disputed(complete):
        return by_party(complete)
    if asked.time.kind == "hard" and not fact and asked.time_scope.since != asked.time_scope.until:
        return sorted(complete, key=day_of)
    return complete


def _newest_first(ranked: Sequence[Evidence]) -> list[Evidence]:
    near = [item for item in ranked if item.score >= NEWEST * ranked[0].score]
    return [*sorted(near, key=day_of, reverse=True), *(item for item in ranked if item not in near)]


def _asked_for(item: Evidence, asked: Asked) -> bool:
    """Whether the question names the speaker."""
    speaker = item.statement.speaker if item.statement else None
    words = set(normalise(asked.text).replace("'s", "").split())
    return any(len(word) > 3 and word in words for word in normalise(speaker or "").split())


def _distinct(
    index: Index, asked: Asked, ranked: Sequence[Evidence], most: int, near: float, crowding: float = 0.0
) -> list[Evidence]:
    """The best without repetition, and with a price (`crowding`) for each claim of the same party that is there already."""
    best = max((item.score for item in ranked), default=0.0)
    pool = [item for item in ranked if item.score >= near * best]
    chosen: list[Evidence] = []
    seen: list[set[str]] = []
    while pool and len(chosen) < most:
        item = max(
            pool, key=lambda row: row.score - crowding * sum(party_of(other) == party_of(row) for other in chosen)
        )
        pool.remove(item)
        words = set(index.terms(item.text))
        repeats = any(len(words & other) >= SAME * min(len(words), len(other)) for other in seen)
        crowded = sum(voice(other) == voice(item) for other in chosen) >= ONE_VOICE and not _asked_for(item, asked)
        if not repeats and not crowded:
            chosen.append(item)
            seen.append(words)
    return chosen
