"""Finds the sides of a dispute: another party's statement on the same event that must be shown beside a claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from bot.answering.candidates import Candidate
from bot.answering.reading.reader import Reading
from bot.nlp.answer_type import without_dates
from index.normalise import normalise

NEUTRAL = frozenset({None, "agreed"})  # parties of undisputed statements
# Those who report and judge; every other party takes part in the dispute, and its statement belongs beside the others'.
REPORTERS = frozenset({"media", "analysts", "united-nations", "rights-groups", "international-bodies", "witnesses"})
NEAR_DAYS = 45
_NUMBER = re.compile(r"(?<![\w-])\d[\d,.]*(?![\w-])")
Contradicts = Callable[[Candidate, Candidate], bool]
Nearby = Callable[[Candidate], Sequence[Candidate]]


def never_alone(chosen: Sequence[Reading], nearby: Nearby, contradicts: Contradicts, *, most: int) -> list[Reading]:
    """The chosen claims; if only one acting party is among them, with another party's statement against the first claim.

    That is searched among the `nearby` statements of the same days, whether or not they answer the question.
    """
    first = chosen[0].candidate
    acting = {each.candidate.party for each in chosen} - NEUTRAL - REPORTERS
    if acting != {first.party} or most < 2:
        return list(chosen)
    for row in nearby(first):
        if (
            row.party not in REPORTERS
            and same_event(first, row)
            and not days_apart(first, row)
            and contradicts(first, row)
        ):
            return [chosen[0], Reading(row, chosen[0].answers, bearing=1.0), *chosen[1 : most - 1]]
    return list(chosen)


def with_both_sides(
    chosen: Sequence[Reading], pool: Sequence[Reading], opposes: Contradicts, *, bearing: float, most: int
) -> list[Reading]:
    """The chosen claims, each followed by what another acting party says against it; at most `most`.

    `bearing` is the minimal P(answers or belongs to the answer) of an added claim. A claim is left out if there is no
    room for its other side.
    """
    result: list[Reading] = []
    for reading in chosen:
        there = {each.candidate.place for each in result}
        if reading.candidate.place in there:
            continue
        against = [
            each for each in _against(reading, pool, opposes, result, bearing) if each.candidate.place not in there
        ]
        if not result or len(result) + 1 + len(against) <= most:
            result += [reading, *against][: most - len(result)]
    return result


def _against(
    reading: Reading, pool: Sequence[Reading], opposes: Contradicts, known: Sequence[Reading], bearing: float
) -> list[Reading]:
    """The likeliest statement against a claim by each other acting party that is not yet heard on this event."""
    mine = reading.candidate
    if mine.party in NEUTRAL:
        return []
    heard = {each.candidate.party for each in (*known, reading) if same_event(each.candidate, mine, any_party=True)}
    found: dict[str | None, Reading] = {}
    for other in pool:
        theirs = other.candidate
        if theirs.party in heard or theirs.party in REPORTERS or theirs.party in found or other.bearing < bearing:
            continue
        if same_event(mine, theirs) and opposes(mine, theirs):
            found[theirs.party] = other
    return list(found.values())


def disputed(chosen: Sequence[Reading], contradicts: Contradicts) -> bool:
    """Whether any two statements by different parties on one event contradict each other.

    What is said of years and what is said of some days are not of one event: a model of entailment often mistakes them for it.
    """
    rows = [reading.candidate for reading in chosen]
    pairs = [
        (one, other)
        for at, one in enumerate(rows)
        for other in rows[at + 1 :]
        if same_event(one, other) and _is_long(one) == _is_long(other)
    ]
    return any(contradicts(one, other) for one, other in pairs)


def by_party(chosen: Sequence[Reading]) -> list[Reading]:
    """Group the statements by party, parties in order of appearance."""
    order = list(dict.fromkeys(reading.candidate.party for reading in chosen))
    return sorted(chosen, key=lambda reading: order.index(reading.candidate.party))


def same_event(one: Candidate, other: Candidate, *, any_party: bool = False) -> bool:
    """Whether two statements (by different parties) are in one section or of one day, and about the same days."""
    if not any_party and (one.party in NEUTRAL or other.party in NEUTRAL or one.party == other.party):
        return False
    together = one.document.id == other.document.id and one.passage.heading == other.passage.heading
    if one.statement is None or other.statement is None:
        return one.document.id == other.document.id
    apart = days_apart(one, other)
    return (apart == 0 and bool(one.day)) or (together and apart <= NEAR_DAYS)


def _is_long(row: Candidate) -> bool:
    """Whether a statement is about more than NEAR_DAYS; one without a date is not."""
    first, last = row.days
    if not first or not last:
        return False
    return (date.fromisoformat(last) - date.fromisoformat(first)).days > NEAR_DAYS


def days_apart(one: Candidate, other: Candidate) -> int:
    """The days between two statements; 0 if they overlap or one is undated."""
    (first, last), (from_, to) = one.days, other.days
    if not (first and last and from_ and to):
        return 0
    (_, end), (start, _) = sorted([(first, last), (from_, to)])
    return max(0, (date.fromisoformat(start) - date.fromisoformat(end)).days)


def other_figures(one: Candidate, other: Candidate) -> bool:
    """Whether both contain numbers but none in common; days and years are ignored."""
    left, right = (set(_NUMBER.findall(without_dates(normalise(each.text)))) for each in (one, other))
    return bool(left and right and not left & right)
