"""The values of a text: its numbers in digits and words of five languages, and its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from bot.nlp.time.lexicon import months
from bot.nlp.word_lists import rows_of_all, words_of_all

# Words that count without saying how many: the numbers that they may stand for, from the first, under the second.
_COUNTS: dict[str, tuple[float, float]] = {
    "dozens": (12, 200), "hundreds": (100, 2_000), "thousands": (1_000, 1_000_000), "millions": (1e6, 1e9), "half": (50, 51),
    "third": (33, 34), "quarter": (25, 26), "double": (2, 3), "triple": (3, 4), "majority": (51, 100), "minority": (1, 50),
}  # fmt: skip
_DOUBTFUL = frozenset(words_of_all("numbers", "doubtful"))
_PAIR = re.compile(rf"^\W*(?:{'|'.join(words_of_all('numbers', 'sides'))})")
_JOINS = words_of_all("numbers", "and")
_AND = re.compile(rf"\s+(?:(?:{'|'.join(_JOINS)})\s+)?")
_TO = re.compile(rf"\s{{0,9}}(?:[–—-]|\b(?:{'|'.join((*words_of_all('numbers', 'to'), *_JOINS))})\b)\s{{0,9}}")
_YEARS = re.compile(r"(?:18|19|20)\d\d[-–—/]\d\d")
_DIGITS = re.compile(r"\d{1,3}(?:[   ]\d{3})+(?!\d)|\d+(?:[.,٬٫'’]\d+)*")
_ISO = re.compile(r"(?<!\d)(\d{4})-(0[1-9]|1[0-2])(?:-(\d{2}))?(?!\d)|(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: what it may stand for (1.200 is 1.2 or 1200), and `start`, `end` in the normalised text.

    `scale` is what its last words multiply it with: a thousand in “8 thousand”, 1 in “8000”.
    """

    readings: frozenset[float]
    start: int
    end: int
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class CountWord:
    """A word that counts without saying how many, its end in the text, and the numbers that it may stand for: from `least`,
    under `below`."""

    name: str
    text: str
    end: int
    least: float
    below: float


@dataclass(frozen=True, slots=True)
class Day:
    """A date of a text; what it does not say is None."""

    day: int | None
    month: int
    year: int | None


def numbers(text: str) -> list[Number]:
    """The numbers of a normalised text in order, dates left out; “one” and “two sides” count nothing."""
    rest = text
    for start, end, _ in _dated(text):
        rest = rest[:start] + " " * (end - start) + rest[end:]
    found = sorted([*_in_digits(rest), *_in_words(rest)], key=lambda number: number.start)
    return _ranged(_added_up(found, rest), rest)


def _added_up(found: Sequence[Number], text: str) -> list[Number]:
    """The numbers with those in one that are said in two steps: 3 lakh 65 thousand."""
    made: list[Number] = []
    for number in found:
        before = made[-1] if made else None
        if (
            before is not None
            and _AND.fullmatch(text[before.end : number.start])
            and before.scale > 1
            and max(number.readings) < min(before.readings)
        ):
            sums = frozenset(one + other for one in before.readings for other in number.readings)
            made[-1] = replace(before, readings=sums, end=number.end)
        else:
            made.append(number)
    return made


def _ranged(found: Sequence[Number], text: str) -> list[Number]:
    """The numbers, each end of a range read as it is and as the other says: 8 to 12 thousand, 1992–96."""
    made = list(found)
    for at, (number, after) in enumerate(pairwise(found)):
        if _YEARS.fullmatch(text[number.start : after.end]):
            century = text[number.start : number.start + 2]
            made[at + 1] = replace(after, readings=after.readings | {float(century + text[after.start : after.end])})
        elif _TO.fullmatch(text[number.end : after.start]) and number.scale == 1 < after.scale:
            made[at] = replace(number, readings=number.readings | {value * after.scale for value in number.readings})
    return made


def count_words(text: str) -> list[CountWord]:
    """The words of a normalised text that count without a number: thousands, half, double."""
    return [
        CountWord(name, match.group(), match.end(), least, below)
        for name, least, below, pattern in _count_patterns()
        for match in pattern.finditer(text)
        if not re.search(r"\d[\d.,]*\s*$", text[: match.start()])  # “5 hundreds” is a number
    ]


def dated(text: str) -> list[tuple[int, int, list[Day]]]:
    """The dates of a normalised text with where they stand: start, end, and the days."""
    return _dated(text)


def days(text: str) -> list[Day]:
    """The dates of a normalised text: a month at least."""
    return [day for _, _, several in _dated(text) for day in several]


def _in_digits(text: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(text):
        scale, end = _scale_after(text, match.end())
        yield Number(frozenset(value * scale for value in _readings(match.group())), match.start(), end, scale)


def _readings(written: str) -> set[float]:
    pieces = re.split(r"[.,٬٫'’   ]", written)
    if len(pieces) == 1:
        return {float(written)}
    grouped = all(len(piece) == 3 for piece in pieces[1:]) and len(pieces[0]) <= 3
    found = {float("".join(pieces))} if grouped and "٫" not in written else set()
    if len(pieces) == 2 and not (grouped and "." not in written):
        found.add(float(f"{pieces[0]}.{pieces[1]}"))
    return found or {float(piece) for piece in pieces}


def _in_words(text: str) -> Iterator[Number]:
    words = list(_number_words().finditer(text))
    used = -1
    for position, match in enumerate(words):
        if match.start() < used or match.group() in _DOUBTFUL:
            continue
        value, end = _value(match.group()), match.end()
        after = words[position + 1] if position + 1 < len(words) else None
        if value >= 20 and after and value < 100 and re.fullmatch(r"[ -]|\s+[وи]\s+", text[end : after.start()]):
            unit = _value(after.group())
            if 0 < unit < 10:
                value, end = value + unit, after.end()
        scale, end = _scale_after(text, end)
        used = end
        if value == 1 and scale == 1:
            continue
        if value == 2 and scale == 1 and _PAIR.match(text[end:]):
            continue
        yield Number(frozenset({value * scale}), match.start(), end, scale)


def _scale_after(text: str, end: int) -> tuple[float, int]:
    """The hundreds, thousands and millions that follow, multiplied, and where they end."""
    scale = 1.0
    while match := _scales().match(text, end):
        factor = next(value for value, pattern in _scale_patterns() if re.fullmatch(pattern, match[1]))
        scale, end = scale * factor, match.end()
    return scale, end


def _value(word: str) -> float:
    return next(value for value, pattern in _unit_patterns() if re.fullmatch(pattern, word))


@cache
def _count_patterns() -> tuple[tuple[str, float, float, re.Pattern[str]], ...]:
    words = rows_of_all("numbers", "counts")
    return tuple(
        (name, least, below, re.compile(rf"(?<!\w)(?:{'|'.join(words[name])})(?!\w)"))
        for name, (least, below) in _COUNTS.items()
    )


@cache
def _unit_patterns() -> tuple[tuple[float, str], ...]:
    return _by_value("words")


@cache
def _scale_patterns() -> tuple[tuple[float, str], ...]:
    return _by_value("scales")


def _by_value(key: str) -> tuple[tuple[float, str], ...]:
    """(number, the words for it in all languages), the smallest first."""
    rows = {float(value): "|".join(words) for value, words in rows_of_all("numbers", key).items()}
    return tuple(sorted(rows.items()))


@cache
def _number_words() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(pattern for _, pattern in _unit_patterns())})\b")


@cache
def _scales() -> re.Pattern[str]:
    return re.compile(rf"[ -]?({'|'.join(pattern for _, pattern in _scale_patterns())})\b\.?")


@cache
def _months() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    """A date in words, and each month for telling which it is."""
    each = ["|".join(names) for names in months()]
    month, day = rf"(?:{'|'.join(each)})", r"\d{1,2}(?:st|nd|rd|th|م|مه|هم)?"
    few = rf"(?P<days>{day}(?:\s*(?:-|–|—|,|and|to|or|و|اور|او|تا|سے|и|по)\s*{day})*)"
    year = r"(?P<{}>(?:19|20|18)\d\d)"
    dated = (
        rf"(?<![\d.,]){few}\s+(?:of\s+|د\s+)?(?P<m1>{month})\b(?:,?\s+(?:سال\s+|کال\s+)?{year.format('y1')}(?!\d))?"
        rf"|(?:{year.format('y2')}\s+(?:کال\s+)?(?:د\s+|کی\s+)?)?\b(?P<m2>{month})\s+(?:په\s+|کی\s+)?(?P<d2>{day})\b(?!\s*\d)"
        rf"(?:,?\s+{year.format('y3')}(?!\d))?"
        rf"|\b(?P<m3>{month})\b,?\s+(?:of\s+|سال\s+)?{year.format('y4')}(?!\d)"
        rf"|(?<!\d){year.format('y5')}\s+(?:کال\s+)?(?:د\s+|کی\s+)?(?P<m4>{month})\b"
    )
    return re.compile(dated), tuple(re.compile(pattern) for pattern in each)


def _dated(text: str) -> list[tuple[int, int, list[Day]]]:
    found = [_iso(match) for match in _ISO.finditer(text)]
    pattern, each = _months()
    for match in pattern.finditer(text):
        name = next(match[group] for group in ("m1", "m2", "m3", "m4") if match[group])
        month = next(place for place, one in enumerate(each, 1) if one.fullmatch(name))
        year = next((int(match[group]) for group in ("y1", "y2", "y3", "y4", "y5") if match[group]), None)
        listed = [int(day) for day in re.findall(r"\d+", match["days"] or match["d2"] or "")]
        found.append(
            (match.start(), match.end(), [Day(day, month, year) for day in listed] or [Day(None, month, year)])
        )
    spans = sorted(found, key=lambda row: (row[0], -row[1]))
    return [row for row, before in zip(spans, [None, *spans], strict=False) if before is None or row[0] >= before[1]]


def _iso(match: re.Match[str]) -> tuple[int, int, list[Day]]:
    if match[1]:
        day = Day(int(match[3]) if match[3] else None, int(match[2]), int(match[1]))
    else:
        day = Day(int(match[4]), int(match[5]), int(match[6]))
    return match.start(), match.end(), [day]


def followers(text: str, found: list[Number]) -> Iterator[tuple[Number, str]]:
    """Each number with what stands between it and the next one: what it counts is in there."""
    for number, after in zip(found, [*found[1:], None], strict=False):
        yield number, text[number.end : after.start if after else len(text)]
