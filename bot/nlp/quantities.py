"""The values of a text: its numbers in digits and words of five languages, and its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from bot.nlp.time.lexicon import MONTHS
from index.normalise import normalise

_SCALES = {
    1e2: "hundred سو|صد|سل сот|сотн[аиюей]*",
    1e3: "thousand ہزار|هزار|زره|زرو тыс|тысяч[аиуей]*",
    1e5: "lakh|lac لاکھ",
    1e6: "million|mn|m ملین|میلیون|ملیون|میلیونو|میلیونه|ملیونو|ملیونه млн|миллион\\w*",
    1e7: "crore کروڑ",
    1e9: "billion|bn ارب|میلیارد|بیلیون|ملیارد|میلیاردو|ملیاردو|میلیارده млрд|миллиард\\w*",
}
_UNITS = {
    0: "zero صفر ноль",
    1: "one ایک|یک|یو один|одна|одного",  # before a scale alone
    2: "two|second|twice دو|دوسر[اےی]|دوم|دوه|دویم[ه]? дв[ае]|двух|двум[я]?|второй|второго|втором|вторая",
    3: "three|third تین|تیسر[اےی]|سه|سوم|درې|دریم[ه]? три|тр[её]х|трем|тремя|третий|третьего|третьем|третья",
    4: "four|fourth چار|چوتھ[اےی]|چهار|چهارم|څلور|څلورم[ه]? четыре|четыр[её]х|четвертый|четвертого|четвертом",
    5: "five|fifth پانچ|پنج|پنجم|پنځه|پنځم пять|пяти|пятый|пятого",
    6: "six|sixth چھ|شش|ششم|شپږ|شپږم шесть|шести|шестой|шестого",
    7: "seven|seventh سات|هفت|هفتم|اووه|اووم семь|семи|седьмой|седьмого",
    8: "eight|eighth آٹھ|هشت|هشتم|اته|اتم восемь|восьми|восьмой|восьмого",
    9: "nine|ninth نو|نه|نهم|نهه девять|девяти|девятый|девятого",
    10: "ten|tenth دس|ده|دهم|لس|لسم десять|десяти|десятый|десятого",
    11: "eleven|eleventh گیارہ|یازده|یوولس одиннадцат[ьи]",
    12: "twelve|twelfth|dozen بارہ|دوازده|دولس|درجن двенадцат[ьи]|дюжин[ауы]",
    13: "thirteen تیرہ|سیزده|دیارلس тринадцат[ьи]",
    14: "fourteen چودہ|چهارده|څوارلس четырнадцат[ьи]",
    15: "fifteen پندرہ|پانزده|پنځلس пятнадцат[ьи]",
    16: "sixteen سولہ|شانزده|شپاړس шестнадцат[ьи]",
    17: "seventeen سترہ|هفده|اوولس семнадцат[ьи]",
    18: "eighteen اٹھارہ|هجده|هژده|اتلس восемнадцат[ьи]",
    19: "nineteen انیس|نوزده|نولس девятнадцат[ьи]",
    20: "twenty|twentieth بیس|بیست|شل двадцат[ьи]",
    30: "thirty تیس|سی|دېرش тридцат[ьи]",
    40: "forty چالیس|چهل|څلوېښت сорок[а]?",
    50: "fifty پچاس|پنجاه|پنځوس пятьдесят|пятидесяти",
    60: "sixty ساٹھ|شصت|شپېته шестьдесят|шестидесяти",
    70: "seventy ستر|هفتاد|اویا семьдесят|семидесяти",
    80: "eighty اسی|هشتاد|اتیا восемьдесят|восьмидесяти",
    90: "ninety نوے|نود|نوي девяносто|девяноста",
}
# Words that count without saying how many: a name, the range of numbers that they may stand for, and the words.
_COUNTS = (
    ("dozens", 12, 200, "dozens|scores|десятк[иовами]+|درجنوں|بیسیوں|ده ها|دهها|لسګونه|لسګونو"),
    (
        "hundreds",
        100,
        2_000,
        "(?:several |a few |many |some )?hundreds|(?:several|a few|many) hundred|"
        "сотн[иямах]+|сотен|нескольк\\w+ сот\\w*"
        "|سینکڑوں|سیکڑوں|کئی سو|چند سو|صد ها|صدها|چند صد|چندصد|سلګونه|سلګونو|څو سوه",
    ),
    (
        "thousands",
        1_000,
        1_000_000,
        "thousands|(?:several|a few|many) thousand|"
        "тысячи|тысячам\\w*|тысячах|нескольк\\w+ тысяч\\w*"
        "|ہزاروں|کئی ہزار|چند ہزار|هزاران|هزارها|چند هزار|زرګونه|زرګونو|څو زره",
    ),
    (
        "millions",
        1e6,
        1e9,
        "millions|миллионы|миллионами?|миллионах|لاکھوں|کروڑوں|میلیون ها|میلیونها|میلیونونه|میلیونونو",
    ),
    ("half", 50, 51, "half|halved|половин[аыуе]|вдвое|نصف|آدھا|آدھی|آدھے|نیمی|نیمایي"),
    ("third", 33, 34, "one-third|a third|one third|two-thirds|two thirds|треть|трети|تہائی|یک سوم|دو سوم|درېیمه برخه"),
    ("quarter", 25, 26, "a quarter|one quarter|three quarters|четверть|четверти|چوتھائی|یک چهارم|ربع|څلورمه برخه"),
    ("double", 2, 3, "double[ds]?|doubling|twofold|удвоил\\w*|двойн\\w+|دگنا|دوگنا|دوگنی|دو برابر|دوه چنده"),
    (
        "triple",
        3,
        4,
        "triple[ds]?|tripling|threefold|treble[ds]?|утроил\\w*|тройн\\w+|втрое|تگنا|تین گنا|سه برابر|درې چنده",
    ),
    ("majority", 51, 100, "majority|most of|most|mostly|большинств\\w+|اکثریت\\w*|بیشتر"),
    ("minority", 1, 50, "minority|меньшинств\\w+|اقلیت\\w*|لږکي"),
)
# Words that are numbers in one language and something else in another (نو “new”, سی, نه “not”), and a side that is no count.
_DOUBTFUL = frozenset(
    normalise(word) for word in ("نو", "نه", "سی", "اسی", "سو", "سل", "ستر", "ده", "دس", "m", "نوی", "چھ")
)
_PAIR = re.compile(
    r"^\W*(?:sides?|countr|part(?:y|ies)|neighbou?r|governments?|nations?|capitals?|states?|delegations?"
    r"|ممالک|ملک|فریق|ملکوں|کشور|طرف|هیواد|خوا|لوری|сторон|стран|госуд|сосед|правит)"
)
_JOINS = "and|и|اور|و|او"
_AND = re.compile(rf"\s+(?:(?:{normalise(_JOINS)})\s+)?")
_TO = re.compile(
    rf"\s{{0,9}}(?:[–—-]|\b(?:{normalise(f'to|and with|or|до|или|تا|سے|یا|څخه تر|نه تر|{_JOINS}')})\b)\s{{0,9}}"
)
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
    return tuple(
        (name, least, below, re.compile(rf"(?<!\w)(?:{normalise(words)})(?!\w)"))
        for name, least, below, words in _COUNTS
    )


@cache
def _unit_patterns() -> tuple[tuple[float, str], ...]:
    return tuple((float(value), "|".join(normalise(words).split(" "))) for value, words in _UNITS.items())


@cache
def _scale_patterns() -> tuple[tuple[float, str], ...]:
    return tuple((value, "|".join(normalise(words).split(" "))) for value, words in _SCALES.items())


@cache
def _number_words() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(pattern for _, pattern in _unit_patterns())})\b")


@cache
def _scales() -> re.Pattern[str]:
    return re.compile(rf"[ -]?({'|'.join(pattern for _, pattern in _scale_patterns())})\b\.?")


@cache
def _months() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    """A date in words, and each month for telling which it is."""
    each = ["|".join(normalise(table.split(";")[place]) for table in MONTHS.values()) for place in range(12)]
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
