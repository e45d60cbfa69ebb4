"""The sides of a dispute: what another party says of the same event stands beside a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.asked import Asked
from bot.evidence import Evidence, in_scope
from bot.kinds import without_dates
from index.search import Index
from index.text import normalise

NEUTRAL = frozenset({None, "agreed"})  # who says what nobody disputes
# Who reports and judges; every other party acts in what is disputed, and its own word belongs beside the others'.
REPORTERS = frozenset({"media", "analysts", "united-nations", "rights-groups", "international-bodies", "witnesses"})
NEAR_TEXT = 0.94  # cosine of two statements of one section from which they speak of the same event
SAME_TEXT = 0.97  # the same from which two parties speak of the same point of it, whether or not one denies
RELEVANT = 0.55  # of the best score: what another party says has to bear on the question, too
NEAR_DAYS = 45
ONE_VOICE = 2  # claims of one speaker in an answer
_CONTRARY = re.compile(
    r"\b(den(y|ies|ied|ial)|reject\w*|dismiss\w*|refut\w*|disput\w*|disagree\w*|contradict\w*|blam\w*|accus\w*|alleg\w*|insist\w*"
    r"|claim\w*|contrary|instead|baseless|unfounded|false|no evidence|not true|protest\w*|condemn\w*|refus\w*|charge[sd]?"
    r"|conjecture|propaganda|whereas|in response|answered|replied|countered)\b"
)
_NUMBER = re.compile(r"(?<![\w-])\d[\d,.]*(?![\w-])")


def with_both_sides(
    index: Index, asked: Asked, chosen: Sequence[Evidence], pool: Sequence[Evidence], most: int
) -> list[Evidence]:
    """The chosen evidence, each claim followed by what other parties say of the same event, each party once; at most so many.

    A claim for whose other side there is no room is left out as well.
    """
    best = max((row.score for row in pool), default=0.0)
    relevant = [row for row in pool if row.score >= RELEVANT * best]
    result: list[Evidence] = []
    for item in chosen:
        there = {_place(row) for row in result}
        if _place(item) in there:
            continue
        others = _counterparts(index, asked, item, relevant, known=[*result, item])
        group = [item, *(row for row in others if _place(row) not in there)]
        if not result or len(result) + len(group) <= most:
            result += group[:most]
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


def voice(item: Evidence) -> tuple[str | None, str | None] | int:
    """Whose voice it is: party and speaker; a statement without either is a voice of its own."""
    if item.statement is None or (item.statement.party in NEUTRAL and not item.statement.speaker):
        return id(item)
    return (item.statement.party, item.statement.speaker)


def party_of(item: Evidence) -> str | None:
    """Who says it: the party of the statement or of the document."""
    return item.statement.party if item.statement else item.document.party


def _place(item: Evidence) -> tuple[str, int]:
    return (item.document.id, item.sentence.start)


def _counterparts(
    index: Index, asked: Asked, item: Evidence, pool: Sequence[Evidence], *, known: Sequence[Evidence]
) -> list[Evidence]:
    """The most relevant statement of each party that acts and says something else of the event, and has no word yet; of
    those who only report, one for the claim of an actor that nobody else answers."""
    if party_of(item) in NEUTRAL or item.statement is None:
        return []
    near = [row for row in pool if row.statement and _same_event(item, row) and in_scope(row.statement, asked.scope)]
    if not near:
        return []
    likeness = index.likeness(item.sentence, [row.sentence for row in near])
    found: dict[str | None, Evidence] = {}
    for like, row in sorted(zip(likeness, near, strict=True), key=lambda pair: -pair[1].score):
        answered = any(party_of(other) == party_of(row) and _about(row, other) for other in known)
        if not answered and like >= NEAR_TEXT and (like >= SAME_TEXT or _contrary(item, row)):
            found.setdefault(party_of(row), row)
    actors = [row for party, row in found.items() if party not in REPORTERS]
    if actors or party_of(item) in REPORTERS:
        return actors
    return list(found.values())[:1]


def _about(row: Evidence, other: Evidence) -> bool:
    """Whether a statement that is there already is of the same section and days."""
    same = row.document.id == other.document.id and row.passage.heading == other.passage.heading
    return same and _days_apart(row, other) <= NEAR_DAYS


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
    left, right = (set(_NUMBER.findall(without_dates(text))) for text in texts)
    return bool(left and right and left != right)
