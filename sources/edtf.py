"""Parses dates as sources write them: a subset of EDTF (ISO 8601-2:2019, level 1), into inclusive ISO days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from sources.errors import DateError

_POINT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FORMS = "write 2022, 2022-04, 2022-04-16 or a range such as 2022-04/2022-06, with ~ at the end for “about”"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Inclusive ISO days; `approximate` when the date is marked `~`."""

    date_from: str
    date_to: str
    approximate: bool = False


def parse_date(text: str) -> DateSpan:
    """The days of `2022`, `2022-04`, `2022-04-16`, a range `A/B` of two such dates, or one of these followed by `~`.

    Raises DateError for any other form, for nonexistent days, and for ranges that run backwards.
    """
    written = text.strip()
    bare = written.removesuffix("~")
    first, slash, second = bare.partition("/")
    start, end = _days(first, written), _days(second if slash else first, written)
    if slash and len(first) != len(second):
        raise DateError(
            f"“{written}”: give both ends of the range with the same precision ({first}/{second} mixes them)"
        )
    if start[0] > end[1]:
        raise DateError(f"“{written}” runs backwards: put the earlier date first")
    return DateSpan(start[0], end[1], approximate=written.endswith("~"))


def parse_months(text: str) -> DateSpan:
    """The days of `2022-04/2025-11`, the inclusive months that a brief covers; DateError for any other form."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}/[0-9]{4}-[0-9]{2}", text.strip()):
        raise DateError(f"“{text}” is not a span of months: write FROM/TO, for example 2022-04/2025-11")
    return parse_date(text)


def publication_date(text: str) -> str:
    """The ISO date (YYYY, YYYY-MM or YYYY-MM-DD) of a publication, the later end of a range; raises DateError."""
    parse_date(text)
    return text.strip().removesuffix("~").rpartition("/")[2]


def publication_day(stamp: str | None) -> str | None:
    """The ISO date of a date or timestamp (`2022-04-16T08:00Z`, `2022-04`), None for anything else."""
    try:
        return publication_date(re.split(r"[T ]", stamp.strip())[0]) if stamp else None
    except DateError:
        return None


def _days(point: str, written: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day."""
    match = _POINT.fullmatch(point)
    if not match:
        raise DateError(f"“{written}” is not a date: {_FORMS}")
    year, month, day = match[1], match[2], match[3]
    if year == "0000":
        raise DateError(f"“{written}” is not a date: there is no year 0")
    if month and not "01" <= month <= "12":
        raise DateError(f"“{written}” is not a date: there is no month {month}")
    if day:
        if not 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]:
            raise DateError(f"“{written}” is not a date: {year}-{month} has no day {day}")
        return point, point
    last = month or "12"
    return f"{year}-{month or '01'}-01", f"{year}-{last}-{calendar.monthrange(int(year), int(last))[1]:02d}"
