"""Parses dates as web pages write them, in eleven languages and three scripts, keeping their precision. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sources.edtf import publication_date
from sources.errors import DateError
from sources.text import solar_hijri

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "\u200c": " "})

# The names of the twelve months, variants separated by “/”.
_MONTHS = (
    "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep october/oct"
    " november/nov december/dec",
    "января/январь/янв февраля/февраль/фев марта/март/мар апреля/апрель/апр мая/май июня/июнь/июн июля/июль/июл"
    " августа/август/авг сентября/сентябрь/сен октября/октябрь/окт ноября/ноябрь/ноя декабря/декабрь/дек",
    "січня/січ лютого/лют березня/бер квітня/квіт травня/трав червня/черв липня/лип серпня/серп вересня/вер жовтня/жовт"
    " листопада/лист грудня/груд",
    "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    "ژانویه/جنوری/جنوري فوریه/فبروری/فبروري مارس/مارچ آوریل/اپریل می/مه/مئ ژوئن/جون ژوئیه/جولای/ژوئیهٔ اوت/اگست/آگست"
    " سپتامبر/سپتمبر اکتبر/اکتوبر/اکتوبر نوامبر/نومبر دسامبر/دسمبر",
    "ینایر/يناير فبرایر/فبراير مارس أبریل/أبريل/ابریل مایو/مايو یونیو/يونيو یولیو/يوليو أغسطس/اغسطس سبتمبر أکتوبر/أكتوبر/اکتوبر"
    " نوفمبر دیسمبر/ديسمبر",
    "januar/jan/jänner februar/feb märz/mär/maerz april/apr mai juni/jun juli/jul august/aug september/sep oktober/okt"
    " november/nov dezember/dez",
    "janvier/janv février/févr mars avril/avr mai juin juillet/juil août septembre/sept octobre/oct novembre/nov"
    " décembre/déc",
    "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago septiembre/sept/sep octubre/oct"
    " noviembre/nov diciembre/dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
)
_SOLAR = (
    "فروردین اردیبهشت خرداد تیر مرداد/امرداد شهریور مهر آبان آذر دی بهمن اسفند",
    "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
    "وری غویی غبرګولی چنګاښ زمری وږی تله لړم لیندۍ مرغومی سلواغه کب",
)
_DAY_FIRST = ("en-gb", "en-pk", "en-in", "en-au", "en-af", "en-nz", "en-ie", "en-za")


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a text: ISO with its precision, and its position."""

    iso: str
    start: int
    end: int


def dates_in(text: str, language: str = "") -> list[Written]:
    """Every date of a text in order; `language` (“en-US”, “fa”) decides how to read 03/04/2024.

    If that is undecided, only the year is given. Solar Hijri dates are converted to Gregorian.
    """
    plain = text.translate(_DIGITS).translate(_LETTERS).casefold()
    if len(plain) != len(text):  # a letter that becomes two in lower case
        plain = text.translate(_DIGITS).translate(_LETTERS)
    found = list[Written]()
    for iso, start, end in sorted(_all(plain, language.casefold()), key=lambda one: (one[1], -one[2])):
        if not found or start >= found[-1].end:
            found.append(Written(iso, start, end))
    return found


def iso_day(year: int, month: int = 0, day: int = 0) -> str | None:
    """YYYY, YYYY-MM or YYYY-MM-DD, None for anything that is no date or outside the plausible years."""
    if not 1700 <= year <= 2100:
        return None
    written = f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
    try:
        return publication_date(written)
    except DateError:
        return None


def _all(text: str, language: str) -> Iterator[tuple[str, int, int]]:
    for match in _words().finditer(text):
        if iso := _of_words(match):
            yield iso, match.start(), match.end()
    for match in _YEAR_FIRST.finditer(text):
        iso = _solar(int(match[1]), int(match[2]), int(match[3])) or iso_day(
            int(match[1]), int(match[2]), int(match[3])
        )
        if iso:
            yield iso, match.start(), match.end()
    for match in _CJK.finditer(text):
        if iso := iso_day(int(match[1]), int(match[2]), int(match[3] or 0)):
            yield iso, match.start(), match.end()
    for match in _YEAR_LAST.finditer(text):
        if iso := _of_figures(int(match[1]), int(match[3]), int(match[4]), match[2], language):
            yield iso, match.start(), match.end()


_YEAR_FIRST = re.compile(r"(?<![\d./-])(1[3-9][0-9]{2}|20[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![\d-])")
_CJK = re.compile(r"(?<!\d)((?:19|20)[0-9]{2})\s?[年년]\s?([0-9]{1,2})\s?[月월](?:\s?([0-9]{1,2})\s?[日일])?")
_YEAR_LAST = re.compile(r"(?<![\d./-])([0-9]{1,2})([-/.])([0-9]{1,2})\2(1[3-9][0-9]{2}|20[0-9]{2})(?![\d/-])")


def _of_figures(first: int, second: int, year: int, separator: str, language: str) -> str | None:
    if year < 1500:
        return _solar(year, second, first)
    if first > 12 or separator == ".":
        return iso_day(year, second, first)
    if second > 12:
        return iso_day(year, first, second)
    if first == second:
        return iso_day(year, first, second)
    if language == "en-us":
        return iso_day(year, first, second)
    if (language and not language.startswith("en")) or language.startswith(_DAY_FIRST):
        return iso_day(year, second, first)
    return iso_day(year)


def _solar(year: int, month: int, day: int) -> str | None:
    if not solar_hijri.FIRST_YEAR <= year <= solar_hijri.LAST_YEAR or not 1 <= month <= 12:
        return None
    first, last = solar_hijri.month_days(year, month)
    if not 0 <= day <= (last - first).days + 1:
        return None
    gregorian = date_of(first.toordinal() + max(day, 1) - 1)
    return gregorian if day else gregorian[:7]


def date_of(ordinal: int) -> str:
    """The ISO day of a proleptic Gregorian ordinal."""
    from datetime import date

    return date.fromordinal(ordinal).isoformat()


def _of_words(match: re.Match[str]) -> str | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    name = next(groups[key] for key in ("m1", "m2", "m3", "m4") if key in groups)
    year = int(next(groups[key] for key in ("y1", "y2", "y3", "y4") if key in groups))
    day = int(next((groups[key] for key in ("d1", "d2", "d4") if key in groups), 0))
    names, solar = _names()
    if year < 1500:
        return _solar(year, solar[name], day) if name in solar else None
    return iso_day(year, names[name], day) if name in names else None


@cache
def _names() -> tuple[dict[str, int], dict[str, int]]:
    """(month by name, month of the Solar Hijri year by name)."""
    tables = []
    for source in (_MONTHS, _SOLAR):
        table: dict[str, int] = {}
        for language in source:
            for number, variants in enumerate(language.split(), 1):
                for variant in variants.split("/"):
                    table.setdefault(variant.translate(_LETTERS), number)
        tables.append(table)
    return tables[0], tables[1]


def month_names() -> frozenset[str]:
    """Every name of a month in these languages, in lower case."""
    names, solar = _names()
    return frozenset({*names, *solar})


@cache
def _words() -> re.Pattern[str]:
    names, solar = _names()
    month = "|".join(sorted(map(re.escape, {*names, *solar}), key=len, reverse=True))
    year = r"(?:1[3-9][0-9]{2}|20[0-9]{2})(?![\d:])"
    day = r"[0-3]?[0-9]"
    of = r"(?:\s*(?:de|of|по)\s+|[\s.,،/-]+)"
    return re.compile(
        rf"(?<![\w.])(?P<d1>{day})(?:st|nd|rd|th|er|º|\.)?{of}(?P<m1>{month})\b\.?{of}(?P<y1>{year})"
        rf"|\b(?P<m2>{month})\.?\s+(?P<d2>{day})(?:st|nd|rd|th)?(?:\s*[,،]\s*|\s+)(?P<y2>{year})"
        rf"|\b(?P<y4>{year})\s+(?P<m4>{month})\s+(?P<d4>{day})(?!\w)"
        rf"|\b(?P<m3>{month})\.?\s*[,،]?\s+(?P<y3>{year})"
    )
