"""The Solar Hijri calendar of Iran and Afghanistan, converted to Gregorian days. Pure."""

from __future__ import annotations

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1300, 1410
_ANCHOR_YEAR, _ANCHOR = 1400, date(2021, 3, 21)
# positions of leap years in the 33-year cycle; valid from 1206 to 1498
_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def is_leap(year: int) -> bool:
    """Whether the last month of that year has 30 days."""
    return year % 33 in _LEAP


def new_year(year: int) -> date:
    """The Gregorian day on which a Solar Hijri year begins (Nowruz)."""
    if year >= _ANCHOR_YEAR:
        days = sum(365 + is_leap(passed) for passed in range(_ANCHOR_YEAR, year))
        return _ANCHOR + timedelta(days=days)
    return _ANCHOR - timedelta(days=sum(365 + is_leap(passed) for passed in range(year, _ANCHOR_YEAR)))


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last Gregorian day of a Solar Hijri month (1 to 12)."""
    first = new_year(year) + timedelta(days=31 * min(month - 1, 6) + 30 * max(month - 7, 0))
    length = 31 if month <= 6 else 30 if month < 12 or is_leap(year) else 29
    return first, first + timedelta(days=length - 1)


def year_days(year: int) -> tuple[date, date]:
    """The first and the last Gregorian day of a Solar Hijri year."""
    return new_year(year), new_year(year + 1) - timedelta(days=1)
