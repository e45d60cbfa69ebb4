"""The days of a period, out of the match that found it: month and year, season, decade, last week."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from sources.text import solar_hijri

FIRST_YEAR, LAST_YEAR = 1890, 2030
Days = tuple[date, date]  # the first and the last, inclusive
Build = Callable[
    [re.Match[str], date], Days | None
]  # out of a match and today; None where the calendar has no such day


def _chosen(match: re.Match[str], group: str) -> int | None:
    named = match.groupdict()
    return next((place for place in range(1, 13) if named.get(f"{group}{place}")), None)


def iso(match: re.Match[str], today: date) -> Days | None:
    """2025-10-19 or 2025-10."""
    year, month = int(match["y"]), int(match["m"])
    if "d" not in match.re.groupindex:
        return _month(year, month)
    return _day(year, month, int(match["d"]), int(match["d"]))


def numeric(match: re.Match[str], today: date) -> Days | None:
    """12.10.2025 or 5/10/2025: the day first, as the readers' countries write it, unless that can only be the month."""
    day, month, year = int(match["d"]), int(match["m"]), int(match["y"])
    if month > 12:
        day, month = month, day
    return _day(year, month, day, day)


def ago(numbers: tuple[str, ...]) -> Build:
    """Two weeks ago, a year ago: that day, that week, that month, that year."""
    distance = last_of(numbers)

    def build(match: re.Match[str], today: date) -> Days | None:
        if not any(match[f"c{place}"] for place in range(4)):
            place = next(place for place in range(4) if match[f"u{place}"] is not None)
            then = today - timedelta(days=(1, 7, 30, 365)[place])
        else:
            days = distance(match, today)
            if days is None:
                return None
            place, then = next(place for place in range(4) if match[f"c{place}"]), days[0]
        if place < 2:
            return then - timedelta(days=3 * place), then + timedelta(days=3 * place)
        return _month(then.year, then.month) if place == 2 else (date(then.year, 1, 1), date(then.year, 12, 31))

    return build


def named_month(match: re.Match[str], today: date) -> Days | None:
    """A month with its year, maybe with days, a part of it (early) or a second month."""
    named = match.groupdict()
    year, month, until = int(match["y"]), _chosen(match, "m") or 1, _chosen(match, "n")
    if named.get("d"):
        return _day(year, month, int(named["d"]), int(named.get("d2") or named["d"]))
    first, last = _month(year, month)
    if until:
        return (first, _month(year, until)[1]) if until > month else None
    third = named.get("third")
    if third:
        ends = {"e": (1, 10), "s": (1, 10), "b": (1, 10), "m": (11, 20), "l": (21, last.day)}[third[0]]
        return first.replace(day=ends[0]), first.replace(day=ends[1])
    return first, last


def _day(year: int, month: int, first: int, last: int) -> Days | None:
    try:
        days = date(year, month, first), date(year, month, last)
    except ValueError:
        return None
    return days if days[0] <= days[1] else None


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def solar_month(match: re.Match[str], today: date) -> Days | None:
    """A month of a Solar Hijri year, maybe with a day."""
    first, last = solar_hijri.month_days(int(match["y"]), _chosen(match, "m") or 1)
    if not match["d"]:
        return first, last
    day = first + timedelta(days=int(match["d"]) - 1)
    return (day, day) if first <= day <= last else None


def months_of_year(first: int, last: int) -> Build:
    """From the first month of a year to the last, which may lie in the year after (13, 14)."""

    def build(match: re.Match[str], today: date) -> Days:
        year = int(match["y"])
        end = _month(year + 1, last - 12) if last > 12 else _month(year, last)
        return date(year, first, 1), end[1]

    return build


def fiscal_year(match: re.Match[str], today: date) -> Days:
    """Pakistan's: from July to June; written with one year it is the one in which it ends."""
    first = int(match["y"]) if match["z"] else int(match["y"]) - 1
    return date(first, 7, 1), date(first + 1, 6, 30)


def years(match: re.Match[str], today: date) -> Days | None:
    """A year, or 2021-23."""
    first = last = int(match["y"])
    written = match.groupdict().get("z")
    if written:
        last = int(written) if len(written) == 4 else first // 100 * 100 + int(written)
    return (date(first, 1, 1), date(last, 12, 31)) if first <= last <= LAST_YEAR else None


def decade(match: re.Match[str], today: date) -> Days:
    """The 1990s, or a part of them."""
    return _third(int(match["y"]), match.groupdict().get("third"))


def spelt_decade(match: re.Match[str], today: date) -> Days:
    """The nineties, or a part of them."""
    names = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
    place = next(place for place, name in enumerate(names) if match.group().endswith(name))
    return _third(1920 + 10 * place, match["third"])


def _third(year: int, third: str | None) -> Days:
    first, last = {"early": (0, 3), "mid": (4, 6), "late": (7, 9), None: (0, 9)}[third]
    return date(year + first, 1, 1), date(year + last, 12, 31)


def always(day: date) -> Build:
    """The same day always."""
    return lambda match, today: (day, day)


def last_of(numbers: tuple[str, ...]) -> Build:
    """The last three months, with the words for two to ten."""

    def build(match: re.Match[str], today: date) -> Days | None:
        place, written = next((place, match[f"c{place}"]) for place in range(4) if match[f"c{place}"])
        if written.isdigit():
            number = int(written)
        else:
            number = 2 + next(place for place, names in enumerate(numbers) if re.fullmatch(names, written))
        days = (1, 7, 30, 365)[place] * number
        return (today - timedelta(days=days), today) if 0 < number <= 200 else None

    return build


def near(match: re.Match[str], today: date) -> Days:
    """Last year, this year, last month, this month, last week, this week, yesterday."""
    monday = today - timedelta(days=today.weekday())
    before = today.replace(day=1) - timedelta(days=1)
    return (
        (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        (date(today.year, 1, 1), today),
        (before.replace(day=1), before),
        (today.replace(day=1), today),
        (monday - timedelta(days=7), monday - timedelta(days=1)),
        (monday, today),
        (today - timedelta(days=1), today - timedelta(days=1)),
    )[(_chosen(match, "p") or 1) - 1]
