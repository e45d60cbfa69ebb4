"""When a question is about: the days it names, whether they bind, and whether it asks for the latest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from bot.nlp.time.expressions import Period, find_periods
from bot.nlp.time.lexicon import choice, ranges, relations
from index.normalise import normalise
from sources.parties import LANGUAGES

HARD, PREFERENCE, LATEST, NONE = "hard", "preference", "latest", "none"
_BARE_IS_ON = frozenset({("ru", "day"), ("ps", "day"), ("ru", "season")})  # where no word for “on” or “in” is needed


@dataclass(frozen=True, slots=True)
class TimeScope:
    """The time of a question: ISO days, inclusive, None where open; the words it was read from; how far it binds.

    `kind`: `hard` filters, `preference` only raises what falls into it (the year of a name, a when-question),
    `latest` orders by date (and filters, where it has days too), `none` is no time at all. `note` says how a Solar
    Hijri date was converted.
    """

    since: str | None = None
    until: str | None = None
    text: str = ""
    kind: str = NONE
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    since: date | None
    until: date | None
    spans: tuple[tuple[int, int], ...]
    bound: bool


def read_time(question: str, *, today: date, language: str = "en") -> TimeScope:
    """The time scope of a question in one of the five languages (any other is read as English)."""
    language = language if language in LANGUAGES else "en"
    text, places = _normalised(question)
    periods = find_periods(text, language, today)
    if not periods and language != "en":
        periods = find_periods(text, "en", today)
    reading = _read(text, periods, language)
    named = [(period.start, period.end) for period in periods] + list(reading.spans if reading else ())
    latest = _latest(text, named, language)
    if reading is None and latest is None:
        return TimeScope()
    if reading is None:
        return TimeScope(text=_words_at(question, places, latest.span() if latest else (0, 1)), kind=LATEST)
    words_read = ", ".join(_words_at(question, places, span) for span in reading.spans)
    note = "; ".join(period.note for period in periods if period.note) or None
    return TimeScope(_iso(reading.since), _iso(reading.until), words_read, _kind(text, reading, latest, language), note)


def _kind(text: str, reading: _Reading, latest: object, language: str) -> str:
    if latest is not None and reading.bound:
        return LATEST
    if not reading.bound or _asks_when(language).search(text):
        return PREFERENCE
    return HARD


def _read(text: str, periods: Sequence[Period], language: str) -> _Reading | None:
    """All periods of a question with their relations, as one."""
    if not periods:
        return None
    for one, other in pairwise(periods):
        together = _range(text, one, other, language)
        if together:
            return together
    readings = _joined(text, periods, language)
    if not readings:
        return None
    bound = [reading for reading in readings if reading.bound] or readings
    since, until = _together(bound)
    spans = tuple(span for reading in bound for span in reading.spans)
    return _Reading(since, until, spans, any(reading.bound for reading in bound)) if since or until else None


def _joined(text: str, periods: Sequence[Period], language: str) -> list[_Reading]:
    """The readings of all periods; what is joined to a bound one belongs to it (“in 2024 and 2025”)."""
    joint = re.compile(rf"\s*(?:{choice('joins', language)})\s*")
    readings: list[_Reading] = []
    end = 0
    for period in periods:
        reading = _related(text, period, language)
        if reading is None:
            continue
        last = readings[-1] if readings else None
        if last and last.bound and not reading.bound and joint.fullmatch(text, end, period.start):
            since, until = _together([last, reading])
            readings[-1] = _Reading(since, until, ((last.spans[0][0], period.end),), True)
        else:
            readings.append(reading)
        end = period.end
    return readings


def _together(readings: Sequence[_Reading]) -> tuple[date | None, date | None]:
    """The days of several times: one that is open on the left and one that is open on the right meet, others add up."""
    starts = [reading.since for reading in readings if reading.since]
    ends = [reading.until for reading in readings if reading.until]
    if len(starts) < len(readings) and len(ends) < len(readings) and starts and ends:
        since, until = max(starts), min(ends)
        return (since, until) if since <= until else (None, None)
    return (
        min(starts) if len(starts) == len(readings) else None,
        max(ends) if len(ends) == len(readings) else None,
    )


def _range(text: str, one: Period, other: Period, language: str) -> _Reading | None:
    if one.kind == "event" and other.kind == "event":
        return None
    for before, between, after in _ranges(language):
        first, last = before.search(text, 0, one.start), after.match(text, other.end)
        if first and last and between.fullmatch(text, one.end, other.start) and one.first <= other.last:
            return _Reading(one.first, other.last, ((first.start("r"), last.end()),), True)
    return None


def _related(text: str, period: Period, language: str) -> _Reading | None:
    here = ((period.start, period.end),)
    for relation, before, after in _relations(language):
        first, last = before.search(text, 0, period.start), after.match(text, period.end)
        if not first or not last or (relation == "in" and period.kind == "event"):
            continue
        if _part_of_name(text, first.group("r"), period):
            return _Reading(period.first, period.last, here, False)
        since, until = _bounds(relation, period)
        return _Reading(since, until, ((first.start("r"), last.end()),), True)
    if period.kind == "event":
        return None
    bound = period.kind == "relative" or (language, period.kind) in _BARE_IS_ON
    return _Reading(period.first, period.last, here, bound)


def _bounds(relation: str, period: Period) -> tuple[date | None, date | None]:
    after = period.last if period.kind == "event" else period.last + timedelta(days=1)
    return {
        "before": (None, period.first - timedelta(days=1)),
        "until": (None, period.last),
        "after": (after, None),
        "since": (period.first, None),
        "in": (period.first, period.last),
    }[relation]


def _part_of_name(text: str, relation: str, period: Period) -> bool:
    """“in the 2001 attacks”, “in the late-October 2025 talks”: the year belongs to the thing."""
    following = text[period.end :].lstrip()
    if _names_with_years().match(following):
        return True
    return relation.endswith(" the") and period.kind in {"day", "month", "year"} and following[:1].isalpha()


@cache
def _names_with_years() -> re.Pattern[str]:
    return re.compile(rf"(?:{choice('names_with_years', 'en')})\b")


def _latest(text: str, named: Sequence[tuple[int, int]], language: str) -> re.Match[str] | None:
    """The word that asks for the latest; none that is part of a time that is named (“this month”, “from 2022 to today”)."""
    for match in _latest_words(language).finditer(text):
        if not any(match.start() < end and start < match.end() for start, end in named):
            return match
    return None


@cache
def _latest_words(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{choice('latest', language)})(?!\w)")


@cache
def _asks_when(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{choice('when', language)})(?!\w)")


@cache
def _relations(language: str) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """(relation, what ends where a period starts, what starts where it ends), in the order in which they are tried."""
    return tuple((relation, _ending(before), _starting(after)) for relation, before, after in relations(language))


@cache
def _ranges(language: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (_ending(before), re.compile(rf"\s*(?:{between})\s*(?:the )?"), _starting(after))
        for before, between, after in ranges(language)
    )


def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<r>(?<!\w)(?:{pattern}))[\s-]*$" if pattern else r"(?P<r>)$")


def _starting(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{pattern})(?!\w)" if pattern else "")


def _normalised(question: str) -> tuple[str, list[int]]:
    """The question normalised letter by letter, and the place in it that each letter came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(question):
        for letter in normalise(char):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def _words_at(question: str, places: list[int], span: tuple[int, int]) -> str:
    return question[places[span[0]] : places[span[1] - 1] + 1].strip()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
