from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.nlp.language_id import detect
from bot.nlp.time.time_scope import TimeScope, read_time
from sources.text import solar_hijri

TODAY = date(2026, 4, 20)  # a Monday

HARD = [
    # English
    ("en", "What happened in September 2023?", "2023-09-01", "2023-09-30", "in September 2023"),
    ("en", "What was signed on 9 October 2025?", "2025-10-09", "2025-10-09", "on 9 October 2025"),
    ("en", "Who met on October 9th, 2025 in Doha?", "2025-10-09", "2025-10-09", "on October 9th, 2025"),
    ("en", "What was agreed on 12 Nov 1893?", "1893-11-12", "1893-11-12", "on 12 Nov 1893"),
    ("en", "What was said on 2025-10-19?", "2025-10-19", "2025-10-19", "on 2025-10-19"),
    ("en", "Attacks between 2021 and 2023", "2021-01-01", "2023-12-31", "between 2021 and 2023"),
    ("en", "List the talks in 2025 and 2026", "2025-01-01", "2026-12-31", "in 2025 and 2026"),
    ("en", "Strikes in 2022, 2023 and 2024", "2022-01-01", "2024-12-31", "in 2022, 2023 and 2024"),
    ("en", "Attacks from 2021 to 2023", "2021-01-01", "2023-12-31", "from 2021 to 2023"),
    ("en", "Events between 9 and 19 October 2025", "2025-10-09", "2025-10-19", "between 9 and 19 October 2025"),
    (
        "en",
        "Who spoke from September 2023 until January 2024?",
        "2023-09-01",
        "2024-01-31",
        "from September 2023 until January 2024",
    ),
    ("en", "What has happened since 2021?", "2021-01-01", None, "since 2021"),
    ("en", "Air strikes from 2022 to today", "2022-01-01", None, "from 2022 to today"),
    ("en", "Air strikes 2022–present", "2022-01-01", None, "2022–present"),
    ("en", "closures between March 2023 and now", "2023-03-01", None, "between March 2023 and now"),
    ("ur", "2022 سے آج تک کے حملے", "2022-01-01", None, "2022 سے آج تک"),
    ("ps", "له ۲۰۲۲ نه تر نن پورې بریدونه", "2022-01-01", None, "له ۲۰۲۲ نه تر نن پورې"),
    ("fa", "حملات از ۲۰۲۲ تا امروز", "2022-01-01", None, "از ۲۰۲۲ تا امروز"),
    ("ru", "Удары с 2022 года по сегодняшний день", "2022-01-01", None, "с 2022 года по сегодняшний день"),
    ("en", "How have ties been since the takeover?", "2021-08-15", None, "since the takeover"),
    ("en", "What changed after the fall of Kabul?", "2021-08-15", None, "after the fall of Kabul"),
    ("en", "What did Pakistan do before the fall of Kabul?", None, "2021-08-14", "before the fall of Kabul"),
    ("en", "Who recognised them before 2001?", None, "2000-12-31", "before 2001"),
    ("en", "What had Pakistan said by March 2026?", None, "2026-03-31", "by March 2026"),
    ("en", "Refugees until 2015", None, "2015-12-31", "until 2015"),
    ("en", "Strikes after May 2016", "2016-06-01", None, "after May 2016"),
    ("en", "What did Pakistan do after 9/11?", "2001-09-11", None, "after 9/11"),
    ("en", "Madrasas during the 1990s", "1990-01-01", "1999-12-31", "during the 1990s"),
    ("en", "Who ruled in the early 1980s?", "1980-01-01", "1983-12-31", "in the early 1980s"),
    ("en", "Why did they recognise them in the nineties?", "1990-01-01", "1999-12-31", "in the nineties"),
    ("en", "What was closed in spring 2020?", "2020-03-01", "2020-05-31", "in spring 2020"),
    ("en", "What was closed in winter 2023?", "2023-12-01", "2024-02-29", "in winter 2023"),
    ("en", "Exports in the third quarter of 2022", "2022-07-01", "2022-09-30", "in the third quarter of 2022"),
    ("en", "Transit trade in FY2023-24", "2023-07-01", "2024-06-30", "in FY2023-24"),
    ("en", "What did they say in late November 2025?", "2025-11-21", "2025-11-30", "in late November 2025"),
    ("en", "What was agreed in April and May 2018?", "2018-04-01", "2018-05-31", "in April and May 2018"),
    ("en", "Where did they meet at the end of 2018?", "2018-10-01", "2018-12-31", "at the end of 2018"),
    ("en", "How many attacks last year?", "2025-01-01", "2025-12-31", "last year"),
    ("en", "What happened last month?", "2026-03-01", "2026-03-31", "last month"),
    ("en", "How many returned this year?", "2026-01-01", "2026-04-20", "this year"),
    ("en", "What was closed last week?", "2026-04-13", "2026-04-19", "last week"),
    ("en", "Strikes in the past three months", "2026-01-20", "2026-04-20", "in the past three months"),
    # Urdu
    ("ur", "ستمبر 2023 میں کیا ہوا؟", "2023-09-01", "2023-09-30", "ستمبر 2023 میں"),
    ("ur", "9 اکتوبر 2025 کو کیا ہوا؟", "2025-10-09", "2025-10-09", "9 اکتوبر 2025 کو"),
    ("ur", "سال ۲۰۲۱ میں کیا ہوا؟", "2021-01-01", "2021-12-31", "سال ۲۰۲۱ میں"),
    ("ur", "2021 اور 2023 کے درمیان کتنے حملے ہوئے؟", "2021-01-01", "2023-12-31", "2021 اور 2023 کے درمیان"),
    ("ur", "2021 سے 2023 تک کتنے حملے ہوئے؟", "2021-01-01", "2023-12-31", "2021 سے 2023 تک"),
    ("ur", "2001 سے پہلے کس نے تسلیم کیا؟", None, "2000-12-31", "2001 سے پہلے"),
    ("ur", "اگست 2021 کے بعد کیا بدلا؟", "2021-09-01", None, "اگست 2021 کے بعد"),
    ("ur", "سقوط کابل کے بعد تعلقات کیسے رہے؟", "2021-08-15", None, "سقوط کابل کے بعد"),
    ("ur", "1990 کی دہائی میں کیا ہوا؟", "1990-01-01", "1999-12-31", "1990 کی دہائی میں"),
    ("ur", "پچھلے سال کتنے حملے ہوئے؟", "2025-01-01", "2025-12-31", "پچھلے سال"),
    ("ur", "اس سال کیا ہوا؟", "2026-01-01", "2026-04-20", "اس سال"),
    # Pashto
    ("ps", "په ۲۰۲۱ کال کې څه وشول؟", "2021-01-01", "2021-12-31", "۲۰۲۱ کال کې"),
    ("ps", "د ۲۰۲۴ کال په فبرورۍ کې څه وشول؟", "2024-02-01", "2024-02-29", "۲۰۲۴ کال په فبرورۍ کې"),
    ("ps", "د ۲۰۲۵ کال د اکتوبر په ۹مه څه وشول؟", "2025-10-09", "2025-10-09", "۲۰۲۵ کال د اکتوبر په ۹مه"),
    ("ps", "له ۲۰۲۱ راهیسې څه بدل شوي؟", "2021-01-01", None, "۲۰۲۱ راهیسې"),
    ("ps", "له ۲۰۰۱ کال مخکې چا په رسمیت وپېژندل؟", None, "2000-12-31", "۲۰۰۱ کال مخکې"),
    ("ps", "د کابل له سقوط وروسته څه وشول؟", "2021-08-15", None, "د کابل له سقوط وروسته"),
    ("ps", "د ۲۰۲۱ او ۲۰۲۳ ترمنځ څو بریدونه وشول؟", "2021-01-01", "2023-12-31", "۲۰۲۱ او ۲۰۲۳ ترمنځ"),
    ("ps", "تېر کال څو بریدونه وشول؟", "2025-01-01", "2025-12-31", "تېر کال"),
    # Persian and Dari
    ("fa", "در سپتمبر ۲۰۲۳ چه شد؟", "2023-09-01", "2023-09-30", "در سپتمبر ۲۰۲۳"),
    ("fa", "در ۹ اکتبر ۲۰۲۵ چه رخ داد؟", "2025-10-09", "2025-10-09", "در ۹ اکتبر ۲۰۲۵"),
    ("fa", "در سال ١٩٩٦ چه شد؟", "1996-01-01", "1996-12-31", "در سال ١٩٩٦"),
    ("fa", "از ۲۰۲۱ تا ۲۰۲۳ چند حمله شد؟", "2021-01-01", "2023-12-31", "از ۲۰۲۱ تا ۲۰۲۳"),
    ("fa", "بین ۲۰۲۱ و ۲۰۲۳ چند حمله شد؟", "2021-01-01", "2023-12-31", "بین ۲۰۲۱ و ۲۰۲۳"),
    ("fa", "پیش از ۲۰۰۱ چه کسی آنان را به رسمیت شناخت؟", None, "2000-12-31", "پیش از ۲۰۰۱"),
    ("fa", "پس از سقوط کابل چه شد؟", "2021-08-15", None, "پس از سقوط کابل"),
    ("fa", "در دهه ۱۹۹۰ چه شد؟", "1990-01-01", "1999-12-31", "در دهه ۱۹۹۰"),
    ("fa", "در بهار ۲۰۲۰ چه شد؟", "2020-03-01", "2020-05-31", "در بهار ۲۰۲۰"),
    ("fa", "در سال ۱۴۰۳ چه شد؟", "2024-03-20", "2025-03-20", "در سال ۱۴۰۳"),
    ("fa", "در میزان ۱۴۰۴ چه شد؟", "2025-09-23", "2025-10-22", "در میزان ۱۴۰۴"),
    ("fa", "در ۱۷ میزان ۱۴۰۴ چه شد؟", "2025-10-09", "2025-10-09", "در ۱۷ میزان ۱۴۰۴"),
    ("fa", "سال گذشته چند حمله شد؟", "2025-01-01", "2025-12-31", "سال گذشته"),
    # Russian
    ("ru", "Что произошло в сентябре 2023 года?", "2023-09-01", "2023-09-30", "в сентябре 2023 года"),
    ("ru", "Что случилось 9 октября 2025 года?", "2025-10-09", "2025-10-09", "9 октября 2025 года"),
    ("ru", "Что было в 2021 году?", "2021-01-01", "2021-12-31", "в 2021 году"),
    ("ru", "Сколько атак было с 2021 по 2023 год?", "2021-01-01", "2023-12-31", "с 2021 по 2023 год"),
    ("ru", "Сколько атак было между 2021 и 2023 годами?", "2021-01-01", "2023-12-31", "между 2021 и 2023"),
    ("ru", "Что изменилось с 2021 года?", "2021-01-01", None, "с 2021 года"),
    ("ru", "Кто признал талибов до 2001 года?", None, "2000-12-31", "до 2001 года"),
    ("ru", "Что изменилось после падения Кабула?", "2021-08-15", None, "после падения Кабула"),
    ("ru", "Что было в 1990-х годах?", "1990-01-01", "1999-12-31", "в 1990-х годах"),
    ("ru", "Что было весной 2020 года?", "2020-03-01", "2020-05-31", "весной 2020 года"),
    ("ru", "Сколько атак было в прошлом году?", "2025-01-01", "2025-12-31", "в прошлом году"),
]

PREFERENCE = [
    ("en", "What is the Durand Line of 1893?", "1893-01-01", "1893-12-31"),
    ("en", "Did the 1893 treaty expire?", "1893-01-01", "1893-12-31"),
    ("en", "What did Washington ask after the 2001 attacks?", "2001-01-01", "2001-12-31"),
    ("en", "Why did the late-October 2025 talks fail?", "2025-10-21", "2025-10-31"),
    ("en", "When in 2021 was Spin Boldak taken?", "2021-01-01", "2021-12-31"),
    ("en", "Torkham closure October 2025", "2025-10-01", "2025-10-31"),
    ("ur", "1893 کا معاہدہ کیا تھا؟", "1893-01-01", "1893-12-31"),
    ("ru", "Кто гарантировал Женевские соглашения 1988 года?", "1988-01-01", "1988-12-31"),
    ("fa", "معاهده ۱۸۹۳ چه بود؟", "1893-01-01", "1893-12-31"),
]

LATEST = [
    ("en", "What is the latest UN assessment?", "latest"),
    ("en", "What is the most recent attack?", "most recent"),
    ("en", "Who is army chief now?", "now"),
    ("en", "When was the last air strike?", "the last"),
    ("ur", "تازہ ترین حملہ کون سا ہے؟", "تازہ ترین"),
    ("ur", "آخری حملہ کب ہوا؟", "آخری"),
    ("ps", "وروستی برید کله وشو؟", "وروستی"),
    ("fa", "آخرین حمله چه زمانی بود؟", "آخرین"),
    ("fa", "تازه‌ترین گزارش ملل متحد چیست؟", "تازه‌ترین"),
    ("ru", "Какой последний доклад ООН?", "последний"),
    ("ru", "Кто сейчас посол в Кабуле?", "сейчас"),
]

NONE = [
    ("en", "What does resolution 2021 say?"),
    ("en", "What is the 1267 committee?"),
    ("en", "Who sits on the 1988 Committee?"),
    ("en", "Are there 3,000 fighters in Kunar?"),
    ("en", "Are there 2000 fighters in Kunar?"),
    ("en", "Is the border 2,640 km long?"),
    ("en", "Is the fence 2011 km long?"),
    ("en", "What is CASA-1000?"),
    ("en", "May Afghans cross at Torkham?"),
    ("en", "Why did the fall of Kabul matter?"),
    ("en", "Who is Mullah Omar?"),
    ("ur", "قرارداد 1988 کیا ہے؟"),
    ("ur", "کیا 2000 جنگجو ہیں؟"),
    ("fa", "چرا می‌خواهند مرز را ببندند؟"),
    ("fa", "آیا ۱۴۰۰ سرباز کشته شدند؟"),
    ("ps", "ولې مې پوښتنه وکړه؟"),
    ("ru", "Правда ли, что там 2000 боевиков?"),
]


@pytest.mark.parametrize(("language", "question", "since", "until", "text"), HARD)
def test_a_time_that_binds(language, question, since, until, text):
    scope = read_time(question, today=TODAY, language=language)
    assert (scope.since, scope.until, scope.text, scope.kind) == (since, until, text, "hard")


@pytest.mark.parametrize(("language", "question", "since", "until"), PREFERENCE)
def test_a_year_of_a_name_or_of_a_when_question_only_prefers(language, question, since, until):
    scope = read_time(question, today=TODAY, language=language)
    assert (scope.since, scope.until, scope.kind) == (since, until, "preference")


@pytest.mark.parametrize(("language", "question", "text"), LATEST)
def test_what_asks_for_the_latest(language, question, text):
    assert read_time(question, today=TODAY, language=language) == TimeScope(text=text, kind="latest")


@pytest.mark.parametrize(("language", "question"), NONE)
def test_numbers_and_words_that_are_no_time(language, question):
    assert read_time(question, today=TODAY, language=language) == TimeScope()


def test_the_latest_since_a_day_has_both():
    scope = read_time("What is the latest attack since January 2026?", today=TODAY)
    assert (scope.since, scope.until, scope.kind) == ("2026-01-01", None, "latest")


def test_two_times_are_taken_together():
    scope = read_time("What happened in 2021 and in 2023?", today=TODAY)
    assert (scope.since, scope.until, scope.text) == ("2021-01-01", "2023-12-31", "in 2021, in 2023")


def test_a_solar_hijri_year_says_what_it_was_taken_for():
    scope = read_time("در سال ۱۴۰۳ چه شد؟", today=TODAY, language="fa")
    assert scope.note == "سال 1403 (Solar Hijri) = 2024-03-20 to 2025-03-20"
    assert read_time("1403 میں کیا ہوا؟", today=TODAY, language="ur") == TimeScope()


def test_a_language_that_nobody_knows_is_read_as_english():
    assert read_time("in 2021", today=TODAY, language="und").since == "2021-01-01"


def test_a_day_that_no_calendar_has_is_no_day():
    scope = read_time("What happened on 31 February 2025?", today=TODAY)
    assert (scope.since, scope.until) == ("2025-02-01", "2025-02-28")


def test_the_words_read_are_a_part_of_the_question():
    for language, question, *_ in HARD:
        assert read_time(question, today=TODAY, language=language).text in question


@pytest.mark.parametrize(
    ("year", "first"),
    [
        (1357, "1978-03-21"),
        (1375, "1996-03-20"),
        (1380, "2001-03-21"),
        (1399, "2020-03-20"),
        (1400, "2021-03-21"),
        (1404, "2025-03-21"),
        (1405, "2026-03-21"),
    ],
)
def test_nowruz(year, first):
    assert solar_hijri.new_year(year).isoformat() == first


def test_solar_months_follow_each_other():
    for year in range(solar_hijri.FIRST_YEAR, solar_hijri.LAST_YEAR + 1):
        days = [solar_hijri.month_days(year, month) for month in range(1, 13)]
        assert days[0][0] == solar_hijri.new_year(year)
        assert days[-1][1] == solar_hijri.year_days(year)[1]
        assert all(one[1] + timedelta(days=1) == other[0] for one, other in pairwise(days))


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What happened on Oct. 12, 2025?", ("2025-10-12", "2025-10-12")),
        ("What happened on 12.10.2025?", ("2025-10-12", "2025-10-12")),
        ("What happened on 5/10/2025?", ("2025-10-05", "2025-10-05")),
        ("What happened on 10/25/2025?", ("2025-10-25", "2025-10-25")),
        ("What happened on 45.10.2025?", (None, None)),
        ("What happened two weeks ago?", ("2026-11-11", "2026-11-17")),
        ("What happened a year ago?", ("2025-01-01", "2025-12-31")),
        ("What happened 3 months ago?", ("2026-08-01", "2026-08-31")),
        ("دو هفته پیش چه شد؟", ("2026-11-11", "2026-11-17")),
        ("ایک سال پہلے کیا ہوا؟", ("2025-01-01", "2025-12-31")),
        ("Что случилось два года назад?", ("2024-01-01", "2024-12-31")),
    ],
)
def test_other_ways_to_write_a_day(question, days):
    language = "en" if question.isascii() else detect(question)
    read = read_time(question, today=date(2026, 11, 28), language=language)
    assert (read.since, read.until) == days
