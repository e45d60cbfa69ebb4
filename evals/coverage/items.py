"""The dates, numbers and names of a sentence as they are compared: 1,700,000 is 1.7 million, Nov 1893 is 1893-11."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MONTHS = tuple(month.casefold() for month in calendar.month_name[1:])
_SMALL = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = dict(zip(_SMALL, range(2, 21), strict=True)) | dict(zip(_TENS, range(20, 100, 10), strict=True))
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "m": 10**6, "bn": 10**9}

# Spellings of one name: what CONFLICTS.md of the fact base lists and what its sources mix, and peoples of countries.
_SPELLINGS = """
haibatullah hibatullah, yaqoob yaqub, stanekzai stanikzai, mehsud mahsud, mansour mansoor mansur, qaeda qaida
shakeeb shakib shokaib, akhundzada akhunzada, khyber kyber, pashtun pashtuns pukhtun, taliban taleban talibs, us usa
afghanistan afghan afghans, pakistan pakistani pakistanis, india indian indians, iran iranian, china chinese
qatar qatari, russia russian russians, us american americans america, un nations, britain british uk
uzbekistan uzbek uzbeks, türkiye turkey turkish turkiye, tajikistan tajik tajiks, turkmenistan turkmen, ussr soviet
soviets, uae emirates emirati emiratis, tehrik tehreek tehrike, baloch balochistan, haqqani haqqanis, saudi saudis
mujahideen mujahidin, germany german, norway norwegian, kazakhstan kazakh, europe european eu, islam islamic muslim
hazara hazaras, arab arabs, iskp khorasan isis isil, waziristan waziristani, asia asian, france french
"""
_SAME = {word: group.split()[0] for group in re.split(r"[,\n]", _SPELLINGS) for word in group.split()}
_SAME |= {"america": "us", "american": "us", "americans": "us", "soviet": "ussr", "soviets": "ussr"}

_YEAR = r"(?:1[6-9]\d\d|20[0-4]\d)"
_MONTH = rf"(?:{'|'.join(month[:3] for month in _MONTHS)})[a-z]*"
_DAYS = r"\d{1,2}(?:(?:\s*[-–/,]\s*|,? (?:and|to|or) )\d{1,2})*"
_ISO = re.compile(rf"\b({_YEAR})-(0[1-9]|1[0-2])(?:-(\d\d))?(?:(?:/| to )(?:(\d\d)-)?(\d\d)(?![\d-]))?(?!\d)")
_LONG = re.compile(
    rf"(?:\b({_DAYS})[\s-]+)?\b({_MONTH})\b\.?(?:\s+(\d{{1,2}})(?=,?\s+{_YEAR}))?(?:,?\s+(?:of\s+)?({_YEAR})\b)?", re.I
)
_PLAIN_YEAR = re.compile(rf"(?<![\d.,])({_YEAR})(?:[-–/](\d\d|{_YEAR})s?\b(?![-–]))?(?![\d,]\d)")
_SCALE = r"(?:hundred|thousand|million|billion)"
_NUMBER = re.compile(
    r"(?:(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?"
    rf"|\b(?:(?P<tens>{'|'.join(_TENS)})-(?P<unit>one|{'|'.join(_SMALL[:8])})"
    rf"|(?P<word>{'|'.join((*_SMALL, *_TENS))}|(?:an?|one)(?= {_SCALE})))\b)(?:\s*-?(?P<scale>{_SCALE}|m|bn)\b)?",
    re.I,
)
_TO = re.compile(r"\s*(?:[-–]|to|or|and|,|/)\s*(?:[$€£]|Rs\.?|USD|PKR|about|some|nearly|over|\s)*", re.I)
_NAME = re.compile(r"(?<![\w’'])[A-ZÄÖÜĀĪŪ][\w]*")
_MIDWAY = re.compile(r"[a-z0-9,;’)] ([A-ZÄÖÜĀĪŪ]\w+)")
_NO_NAMES = {
    "united",
    "mr",
    "gen",
    "lt",
    "maj",
    "dr",
    "fy",
    "rs",
    "vs",
    "km",
    *(day.casefold() for day in calendar.day_name),
}
_LONG_FORMS = {
    "hrw": "human rights watch", "qcg": "quadrilateral coordination group", "pm": "prime minister",
    "is": "islamic state", "kp": "khyber pakhtunkhwa", "idp": "displaced", "idps": "displaced", "ngos": "charities",
    "fm": "foreign minister", "mp": "member of parliament", "mps": "members of parliament", "un": "united nations",
    "us": "united states",
}  # fmt: skip

Key = tuple[str, str | float]


@dataclass(frozen=True, slots=True)
class Item:
    """A date, number or name as written; a text that holds one of `keys` holds it."""

    words: str
    keys: frozenset[Key]


def name_words(texts: Iterable[str]) -> frozenset[str]:
    """The words that are names: written with a capital amid a sentence somewhere, and nowhere without one."""
    texts = list(texts)
    plain = {word for text in texts for word in re.findall(r"(?<![\w’'-])[a-zäöü]{2,}\b", text)}
    return frozenset(_folded(word) for text in texts for word in _MIDWAY.findall(text) if _folded(word) not in plain)


def wanted(date: str, text: str, names: frozenset[str], *, undated: bool = False) -> list[Item]:
    """The items of a fact of that date; without its dates when they have no source."""
    text = re.sub(r"\(?(?:see )?topic \d+\)?|\bQ[1-4]\b", "", text)
    text = re.sub(r"\b(the|between|these) (?:two|three|four|five)\b", r"\1", text)  # “the two sides” counts nothing
    items = _items(re.sub(r"-?Q[1-4]", "", date), text, names)
    return [item for item in items if not (undated and any(kind == "date" for kind, _ in item.keys))]


def held(date: str, text: str, names: frozenset[str]) -> frozenset[Key]:
    """The keys of every item of a statement of that date; a day is in its month and its year."""
    keys = {key for item in _items(date, text, names) for key in item.keys}
    days = [str(value) for kind, value in keys if kind == "date"]
    keys |= {("date", day[:length]) for day in days for length in (4, 7)}
    keys |= {("date", f"-{day[4:]}") for day in days if len(day) > 4}
    keys |= {("day", float(day[8:])) for day in days if len(day) == 10}
    folded = text.casefold()
    return frozenset(keys | {("name", short) for short, long in _LONG_FORMS.items() if long in folded})


def _items(date: str, text: str, names: frozenset[str]) -> Iterator[Item]:
    text = f"{date} ¦ {text}"
    years = sorted(set(re.findall(rf"\b{_YEAR}\b", text))) or ["-"]
    for pattern, reader in ((_ISO, _iso), (_LONG, _long), (_PLAIN_YEAR, _year)):
        for match in pattern.finditer(text):
            for words, days in reader(match, years):
                yield Item(words, frozenset(("date", day) for day in days))
        text = pattern.sub(_blanked, text)
    yield from _numbers(text)
    yield from _names(text, names)


def _iso(match: re.Match[str], _: list[str]) -> Iterator[tuple[str, list[str]]]:
    """2022-04, 2022-04-16, 2022-04-16/17, 2022-04/06 and 2022-04-16 to 05-02."""
    year, month, day, other, last = match.groups()
    first = [f"{year}-{month}" + (f"-{day}" if day else "")]
    if not day and month > year[2:]:  # 2007-09 may be a span of years
        first.append(year[:2] + month)
    yield match[0], first
    if last and (day or int(last) <= 12):
        yield match[0], [f"{year}-{other or month}-{last}" if day else f"{year}-{last}"]


def _blanked(match: re.Match[str]) -> str:
    return match[0] if match.re is _LONG and not _is_date(match) else "¦"


def _is_date(match: re.Match[str]) -> bool:
    whole = match[2].casefold()
    return match[2][0].isupper() and (whole == "sept" or any(name.startswith(whole) for name in _MONTHS))


def _long(match: re.Match[str], years: list[str]) -> Iterator[tuple[str, list[str]]]:
    """12 November 1893, Nov 1893, 3 and 5 May (of the years of the context), June."""
    if not _is_date(match):
        return
    month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(match[2][:3].casefold()))
    of_years = [match[4]] if match[4] else years
    days = re.findall(r"\d+", match[1] or match[3] or "")
    for day in days or [""]:
        end = f"-{int(day):02d}" if day else ""
        yield f"{day} {match[2]} {match[4] or ''}".strip(), [f"{year}-{month:02d}{end}" for year in of_years]


def _year(match: re.Match[str], _: list[str]) -> Iterator[tuple[str, list[str]]]:
    """1893; both ends of 1979-87."""
    yield match[1], [match[1]]
    if match[2]:
        last = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        yield last, [last]


def _numbers(text: str) -> Iterator[Item]:
    matches = list(_NUMBER.finditer(text))
    for number, match in enumerate(matches):
        scales = {_SCALES[match["scale"].casefold()] if match["scale"] else 1}
        after = matches[number + 1] if number + 1 < len(matches) else None
        if not match["scale"] and after and after["scale"] and _TO.fullmatch(text[match.end() : after.start()]):
            scales.add(_SCALES[after["scale"].casefold()])
        keys = {("number", round(_value(match) * scale, 3)) for scale in scales}
        if re.match(r"st|nd|rd|th", text[match.end() :]):
            keys |= {("day", value) for _, value in keys}
        yield Item(match[0].strip(), frozenset(keys))


def _value(match: re.Match[str]) -> float:
    if match["digits"]:
        return float(match["digits"].replace(",", "") + (match["part"] or ""))
    if match["tens"]:
        unit = match["unit"].casefold()
        return _VALUES[match["tens"].casefold()] + _VALUES.get(unit, 1)
    return _VALUES.get(match["word"].casefold(), 1)


def _names(text: str, names: frozenset[str]) -> Iterator[Item]:
    for match in _NAME.finditer(text):
        folded = _folded(match[0])
        if folded not in _NO_NAMES | _VALUES.keys() and (folded in names or folded in _SAME or _is_short(match[0])):
            yield Item(match[0], frozenset({("name", _SAME.get(folded, folded))}))


def _is_short(word: str) -> bool:
    return len(word) > 1 and word.rstrip("s").isupper() and not word.isdigit()


def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
