"""The gate's rules on figures: every number and date of a sentence stands in its passages, at the thing it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.proof import Proof
from bot.written import Day, Number, days, followers, numbers
from index.text import normalise

AFTER = 3  # words behind a number among which stands what it counts


def number_fault(text: str, proofs: Sequence[Proof]) -> str | None:
    """The first number of a sentence that no cited passage has; the days of a passage's own date count as there."""
    evidence = "\n".join(proof.folded for proof in proofs)
    held = {value for number in numbers(evidence) for value in number.readings}
    for day in [*days(evidence), *_own_days(proofs)]:
        held |= {float(part) for part in (day.day, day.year) if part}
    held |= {float(year) for proof in proofs for year in _years(proof)}
    folded = normalise(text)
    for number in numbers(folded):
        if not number.readings & held:
            return f"number {folded[number.start : number.end]}"
    return None


def date_fault(text: str, proofs: Sequence[Proof]) -> str | None:
    """The first date of a sentence that is neither in a cited passage nor the passage's own."""
    for day in days(normalise(text)):
        if not any(_dated(day, proof) for proof in proofs):
            written = "-".join(str(part) for part in (day.year, day.month, day.day) if part)
            return f"date {written}"
    return None


def counted_fault(text: str, proofs: Sequence[Proof], terms: Callable[[str], list[str]]) -> str | None:
    """A number that the passages give of another thing, while they give another number of this one.

    Only numbers with the counted word behind them, in the language of the passages, can be judged.
    """
    evidence = "\n".join(proof.folded for proof in proofs)
    given = _counted(evidence, terms)
    folded = normalise(text)
    for number, things in _counted(folded, terms):
        same = {thing for other, theirs in given if other.readings & number.readings for thing in theirs}
        others = {thing for other, theirs in given if not other.readings & number.readings for thing in theirs}
        if same and things and not things & same and things & (others - same):
            return f"number {folded[number.start : number.end]} of another thing"
    return None


def _counted(text: str, terms: Callable[[str], list[str]]) -> list[tuple[Number, set[str]]]:
    found = numbers(text)
    return [
        (number, {term for term in terms(after)[:AFTER] if len(term) > 3 and not term.isdigit()})
        for number, after in followers(text, found)
    ]


def _dated(day: Day, proof: Proof) -> bool:
    """Whether a passage has this date: in its words, with its own year where the words leave it out, or as its own date."""
    for held in days(proof.folded):
        year = held.year or (int(proof.last[:4]) if proof.last else None)
        if (
            day.month == held.month
            and day.day in {None, held.day}
            and (day.year is None or day.year in {held.year, year})
        ):
            return True
    if day.day is not None:
        own = _own_days([proof])
        return any((day.day, day.month) == (end.day, end.month) and day.year in {None, end.year} for end in own)
    if not proof.first or not proof.last or all(len(point) == 4 for point in proof.points):
        return False
    years = [day.year] if day.year else range(int(proof.first[:4]), int(proof.last[:4]) + 1)
    return any(proof.first[:7] <= f"{year:04}-{day.month:02}" <= proof.last[:7] for year in years)


def _own_days(proofs: Sequence[Proof]) -> list[Day]:
    """The ends of each passage's own date that are days."""
    points = [point.split("-") for proof in proofs for point in proof.points if len(point) == 10]
    return [Day(int(day), int(month), int(year)) for year, month, day in points]


def _years(proof: Proof) -> range:
    """The years that a passage is about."""
    return range(int(proof.first[:4]), int(proof.last[:4]) + 1) if proof.first and proof.last else range(0)
