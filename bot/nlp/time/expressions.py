"""The periods that a question names: a day, a month, a season, a year, a decade, last month, the takeover."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.nlp.time.lexicon import PART_MONTHS, around_no_year, choice, phrase, words
from bot.nlp.time.resolve import (
    Build,
    ago,
    always,
    decade,
    fiscal_year,
    iso,
    last_of,
    months_of_year,
    named_month,
    near,
    numeric,
    solar_month,
    spelt_decade,
    years,
)
from sources.text import solar_hijri

TAKEOVER, NINE_ELEVEN = date(2021, 8, 15), date(2001, 9, 11)

_YEAR = r"(?<![\d.,:/+№#-])(?P<y>(?:189\d|19\d\d|20[0-2]\d|2030))(?!\d|[.,:]\d|,\d)"
_SOLAR = r"(?<![\d.,:/+#-])(?P<y>(?:13\d\d|14(?:0\d|10)))(?!\d|[.,:]\d)"
_DAY = r"(?<![\d.,-])(?P<d>[0-3]?\d)(?:st|nd|rd|th|مه|مې|می|ام|م|-?го|-?е)?(?!\d)"
_DAY2 = r"(?P<d2>[0-3]?\d)(?:st|nd|rd|th|مه|می|م|-?го|-?е)?"
_THIRD = r"(?:the )?(?P<third>early|mid(?:dle of)?|late|start of|beginning of|last days of)[ -]"
_TO = r"\s?(?:-|–|—|and|to|until|till|through|و|او|اور|تا|سی|تر|и|по)\s?"

Row = tuple[str, str, Build]
_SOLAR_LANGUAGES = frozenset({"fa", "ps"})


@dataclass(frozen=True, slots=True)
class Period:
    """Some days, inclusive, and where they stand in the normalised question.

    `kind`: day, month, season, part, year, decade, event or relative; `note` says how a Solar Hijri date was converted.
    """

    first: date
    last: date
    start: int
    end: int
    kind: str
    note: str | None = None


def find_periods(text: str, language: str, today: date) -> list[Period]:
    """The periods in a normalised question in their order; where two overlap, the more exact one."""
    found: list[Period] = []
    groups = [group for group in _GROUPS if _guard(group, language).search(text)]
    for kind, pattern, build in (row for group in groups for row in _patterns(group, language)):
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            if kind in {"year", "solar"} and _no_year(text, match):
                continue
            days = build(match, today)
            if days is not None:
                found.append(_period(kind, match, days))
    return sorted(found, key=lambda period: period.start)


def _period(kind: str, match: re.Match[str], days: tuple[date, date]) -> Period:
    solar = kind.startswith("solar")
    note = f"{match.group().strip()} (Solar Hijri) = {days[0]} to {days[1]}" if solar else None
    return Period(*days, match.start(), match.end(), {"solar": "year", "solar-month": "month"}.get(kind, kind), note)


def _no_year(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start("y")].rstrip(" (#"), text[match.end("y") :].lstrip(" -")
    unit_before, unit_after = _unit_around()
    return bool(unit_before.search(before) or unit_after.match(after))


@cache
def _unit_around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    before, after = around_no_year()
    return re.compile(rf"(?<!\w)(?:{before})$"), re.compile(rf"(?:{after})(?!\w)")


@cache
def _guard(group: str, language: str) -> re.Pattern[str]:
    """What a question must hold for a group of patterns to be worth compiling, which takes most of a first question."""
    if group == "years":
        return re.compile(r"\d{4}|ties\b")
    if group == "relative":
        return re.compile("|".join(choice(key, language) for key in ("relative", "spans", "ago")).replace("##", ".*"))
    if group == "solar" and language not in _SOLAR_LANGUAGES:
        return re.compile(r"(?!)")
    return re.compile(r"\d{4}" if group in {"dates", "solar"} else choice(group, language))


@cache
def _patterns(group: str, language: str) -> tuple[tuple[str, re.Pattern[str], Build], ...]:
    """What is looked for in a group, the more exact first."""
    rows = _GROUPS[group](language)
    return tuple((kind, re.compile(rf"(?<!\w){pattern}(?!\w)"), build) for kind, pattern, build in rows)


def _year_and_gap(language: str) -> tuple[str, str]:
    return _dressed(_YEAR, language), rf"(?:\s*{phrase('links', language)})*\s*"


def _dates(language: str) -> Iterator[Row]:
    yield "day", rf"{_YEAR}-(?P<m>[01]\d)-(?P<d>[0-3]\d)", iso
    yield "month", rf"{_YEAR}-(?P<m>0[1-9]|1[0-2])", iso
    yield "day", r"(?<![\d./])(?P<d>[0-3]?\d)(?P<s>[./])(?P<m>[0-3]?\d)(?P=s)(?P<y>(?:19|20)\d\d)", numeric


def _months(language: str) -> Iterator[Row]:
    month, other = _choice("m", words("months", language)), _choice("n", words("months", language))
    year, gap = _year_and_gap(language)
    yield "day", rf"{_DAY}(?:{_TO}{_DAY2})?{gap}{month}{gap}{year}", named_month
    yield "day", rf"{month}{gap}{_DAY}(?:{_TO}{_DAY2})?{gap}{year}", named_month
    yield "day", rf"{year}{gap}{month}{gap}{_DAY}", named_month
    yield "month", rf"{month}(?:{_TO}|\s*,\s*){other}{gap}{year}", named_month
    yield "month", rf"(?:{_THIRD})?{month}{gap}{year}", named_month
    yield "month", rf"{year}{gap}{month}", named_month


def _parts(language: str) -> Iterator[Row]:
    year, gap = _year_and_gap(language)
    for place, part in enumerate(words("parts", language)):
        yield "part", rf"(?:{part})[ -]?{gap}{year}", months_of_year(*PART_MONTHS[place])
        yield "part", rf"{year}{gap}(?:{part})", months_of_year(*PART_MONTHS[place])


def _whole_years(language: str) -> Iterator[Row]:
    yield "year", r"(?:fy|fiscal year|financial year) ?" + _YEAR + r"(?:\s?[-–/]\s?(?P<z>\d{2,4}))?", fiscal_year
    yield from _decades(language)
    yield "year", _YEAR + r"\s?[-–/]\s?(?P<z>\d{4}|\d\d)", years
    yield "year", _dressed(_YEAR, language), years


def _events(language: str) -> Iterator[Row]:
    for event, told in zip((TAKEOVER, NINE_ELEVEN), words("events", language), strict=True):
        yield "event", rf"(?:{told})", always(event)


def _choice(group: str, alternatives: tuple[str, ...]) -> str:
    return "(?:" + "|".join(f"(?P<{group}{place}>{names})" for place, names in enumerate(alternatives, 1)) + ")"


def _dressed(year: str, language: str) -> str:
    before, after = phrase("year_before", language), phrase("year_after", language)
    return (rf"(?:{before} )?" if before else "") + year + (rf"(?: ?{after}(?!\w))?" if after else "")


def _solar(language: str) -> Iterator[Row]:
    month = _choice("m", words("solar_months", language))
    year, gap = _dressed(_SOLAR, language), rf"(?:\s*{phrase('links', language)})*\s*"
    yield "solar-month", rf"(?:{_DAY}{gap})?{month}{gap}{year}", solar_month
    yield "solar-month", rf"{year}{gap}{month}(?:{gap}{_DAY})?", solar_month
    yield "solar", year, lambda match, today: solar_hijri.year_days(int(match["y"]))


def _seasons(language: str) -> Iterator[Row]:
    year, gap = _year_and_gap(language)
    for place, season in enumerate(words("seasons", language)):
        build = months_of_year(3 + 3 * place, 5 + 3 * place)
        yield "season", rf"(?:{season}){gap}{year}", build
        yield "season", rf"{year}{gap}(?:{season})", build


def _decades(language: str) -> Iterator[Row]:
    third = "(?:the )?(?:(?P<third>early|mid|late)[ -])?" if language == "en" else ""
    after, before = phrase("decade_after", language), phrase("decade_before", language)
    tens = r"(?P<y>(?:18[89]|19\d|20[012])0)"
    yield "decade", rf"(?<!\d){third}{before}{tens}{after}", decade
    if language == "en":
        yield "decade", rf"{third}({choice('spelt_decades', language)})", spelt_decade


def _relative(language: str) -> Iterator[Row]:
    numbers = words("numbers", language)
    spans = words("spans", language)
    counted = [span.replace("##", rf"(?P<c{place}>\d+|{'|'.join(numbers)})") for place, span in enumerate(spans)]
    yield "relative", "(?:" + "|".join(counted) + ")", last_of(numbers)
    one = choice("one", language)
    before = [
        span.replace("##", rf"(?:(?P<c{place}>\d+|{'|'.join(numbers)})|(?P<u{place}>{one}))")
        for place, span in enumerate(words("ago", language))
    ]
    yield "relative", "(?:" + "|".join(before) + ")", ago(numbers)
    yield "relative", _choice("p", words("relative", language)), near


_GROUPS: dict[str, Callable[[str], Iterator[Row]]] = {
    "dates": _dates,
    "months": _months,
    "solar": _solar,
    "seasons": _seasons,
    "parts": _parts,
    "years": _whole_years,
    "events": _events,
    "relative": _relative,
}
