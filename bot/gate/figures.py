"""Number and date rules: each must occur in the cited passages, and count or date the same thing there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bot.gate import WORD_FILES
from bot.gate.cited import Proof
from bot.nlp.quantities import CountWord, Day, Number, count_words, dated, days, followers, numbers
from bot.nlp.word_lists import word_table, words_of_all
from index.normalise import normalise

COUNTED_WORDS = 3  # words after a number in which the counted noun is sought
_ELLIPSIS = re.compile(rf"^\s*(?:{'|'.join(words_of_all('figures', 'same_again', WORD_FILES))})")
_AND = frozenset(words_of_all("clauses", "and", WORD_FILES))
_JOINING = frozenset(word_table("en", "figures", WORD_FILES).words("joining"))
_PARTS = re.compile(
    rf"(?<!\d)[,.]|[,.](?!\d)|[;:،؛۔()—–]|\b(?:{'|'.join(words_of_all('clauses', 'figure', WORD_FILES))})\b"
)


def number_fault(text: str, proofs: Sequence[Proof]) -> str | None:
    """Rejects a number that occurs in no cited passage; the days and years of a passage's own date count as occurring."""
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
    """Rejects a date that is neither in a cited passage nor the passage's own."""
    for day in days(normalise(text)):
        if not any(_dated(day, proof) for proof in proofs):
            written = "-".join(str(part) for part in (day.year, day.month, day.day) if part)
            return f"date {written}"
    return None


def counted_fault(text: str, proofs: Sequence[Proof], terms: Callable[[str], list[str]]) -> str | None:
    """Rejects a number attached to the wrong noun: the passages count something else with it, and this with another number.

    Only a number followed by its noun, in the language of the passages, can be judged.
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


def count_word_fault(
    text: str, proofs: Sequence[Proof], terms: Callable[[str], list[str]], language: str
) -> str | None:
    """Rejects “thousands”, “half” and the like if no passage has the word or a number in its range."""
    given = [found for proof in proofs for found in count_words(proof.folded)]
    folded = normalise(text)
    for word in count_words(folded):
        same = any(word.name == other.name for other in given)
        if not same and not any(_fits(word, folded, proof, terms, language) for proof in proofs):
            return f"number “{word.text}”"
    return None


def _fits(word: CountWord, folded: str, proof: Proof, terms: Callable[[str], list[str]], language: str) -> bool:
    """Whether a passage has a number in the range of a count word; in the sentence's language it must count the same thing."""
    things = set(terms(folded[word.end :])[:COUNTED_WORDS])
    for number, after in followers(proof.folded, numbers(proof.folded)):
        if any(word.least <= value < word.below for value in number.readings) and (
            proof.language != language or things & set(terms(after)[:COUNTED_WORDS])
        ):
            return True
    return False


def swapped_fault(text: str, proofs: Sequence[Proof], terms: Callable[[str], list[str]], language: str) -> str | None:
    """Rejects a number or date beside words that the passages have beside another one, and beside none of its own."""
    if any(proof.language != language for proof in proofs):
        return None
    given: dict[object, set[str]] = {}
    for proof in proofs:
        for value, beside in _bound_to(proof.folded, terms):
            given.setdefault(value, set()).update(beside)
    said = list(_bound_to(normalise(text), terms))
    whole, alone = set(terms(normalise(text))), sum(isinstance(value, Day) for value, _ in said) == 1
    for value, beside in said:
        if value not in given:
            continue
        together = [other for other, theirs in said if other != value and theirs == beside]  # the two ends of a period
        for other, theirs in given.items():
            # A date may be far from its event; a number is beside what it counts.
            near = whole if alone and isinstance(value, Day) else beside
            alien, own = beside & theirs - given[value], near & given[value] - theirs
            if (
                other != value
                and not any(_alike(other, each) for each in together)
                and type(other) is type(value)
                and alien
                and not own
            ):
                return f"{_named(value)} beside “{min(alien)}” of {_named(other)}"
    return None


def _bound_to(text: str, terms: Callable[[str], list[str]]) -> Iterator[tuple[object, set[str]]]:
    """Each number and date with the terms of its clause."""
    found: list[tuple[object, int, int]] = [
        (min(number.readings), number.start, number.end) for number in numbers(text)
    ]
    found += [(day, start, end) for start, end, several in dated(text) for day in several[:1]]
    blank = list(text)
    for _, start, end in found:  # other figures do not say what a figure counts
        blank[start:end] = " " * (end - start)
    words = "".join(blank)
    parting = [match for match in _PARTS.finditer(text) if match.group() not in _AND or _between(match, found)]
    cuts = [0, *(end for match in parting for end in match.span()), len(text)]
    for value, start, end in found:
        low = max(cut for cut in cuts if cut <= start)
        high = min((cut for cut in cuts if cut >= end), default=len(text))
        yield (
            value,
            {term for term in terms(words[low:high]) if len(term) > 3 and not term.isdigit() and term not in _JOINING},
        )


def _between(match: re.Match[str], found: Sequence[tuple[object, int, int]]) -> bool:
    """Whether an “and” has figures on both sides: only then does it separate their clauses."""
    return any(end <= match.start() for _, _, end in found) and any(start >= match.end() for _, start, _ in found)


def _alike(one: object, other: object) -> bool:
    """Whether two figures are equal; two days also are if only the year of one is missing."""
    if isinstance(one, Day) and isinstance(other, Day):
        return ((one.day, one.month) == (other.day, other.month) and None in {one.year, other.year}) or one == other
    return one == other


def _named(value: object) -> str:
    if isinstance(value, Day):
        return "-".join(str(part) for part in (value.year, value.month, value.day) if part)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _counted(text: str, terms: Callable[[str], list[str]]) -> list[tuple[Number, set[str]]]:
    counted: list[tuple[Number, set[str]]] = []
    for number, after in followers(text, numbers(text)):
        things = set([term for term in terms(after) if len(term) > 3 and not term.isdigit()][:COUNTED_WORDS])
        if counted and _ELLIPSIS.match(after):  # “291 containers in the ports, another 500 in Chaman”
            things |= counted[-1][1]
        counted.append((number, things))
    return counted


def _dated(day: Day, proof: Proof) -> bool:
    """Whether a passage has this date, as its own or in its text; a missing year is that of its own date or the only one it names."""
    given = days(proof.folded)
    named = {held.year for held in given if held.year}
    for held in given:
        year = held.year or (int(proof.last[:4]) if proof.last else next(iter(named)) if len(named) == 1 else None)
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
    """The endpoints of the passages' own dates that are given to the day."""
    points = [point.split("-") for proof in proofs for point in proof.points if len(point) == 10]
    return [Day(int(day), int(month), int(year)) for year, month, day in points]


def _years(proof: Proof) -> range:
    """The years that a passage's own date spans; empty without a date."""
    return range(int(proof.first[:4]), int(proof.last[:4]) + 1) if proof.first and proof.last else range(0)
