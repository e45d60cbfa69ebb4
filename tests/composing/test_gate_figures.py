"""Numbers and dates: in digits, words and five languages, and what the gate makes of them."""

from __future__ import annotations

import pytest
from support.made.gate_cases import proof, terms

from bot.gate.figures import counted_fault, date_fault, number_fault
from bot.nlp.quantities import Day, days, numbers
from index.normalise import normalise


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 people", [{1200}]),
        ("1.200 people", [{1200, 1.2}]),
        ("16 000 беженцев и 2,5 млн", [{16000}, {2_500_000}]),
        ("twenty-five men, three hundred thousand, a dozen", [{25}, {300_000}, {12}]),
        ("two sides and two soldiers", [{2}]),
        ("۱۲ شہری اور تین فوجی", [{12}, {3}]),
        ("سه سرباز", [{3}]),
        ("درې کسان", [{3}]),
        ("три солдата, двенадцать раненых", [{3}, {12}]),
        ("5 lakh rupees, 2 crore", [{500_000}, {20_000_000}]),
        ("ایک لاکھ 46 ہزار", [{146_000}]),
        ("one million and two hundred thousand", [{1_200_000}]),
        ("8 to 12 thousand", [{8, 8_000}, {12_000}]),
        ("с 2,5 до 5 млрд", [{2.5, 2_500_000_000}, {5_000_000_000}]),
        ("20 سے 27 لاکھ", [{20, 2_000_000}, {2_700_000}]),
        ("in 1992–96 and 2022-23", [{1992}, {96, 1996}, {2022}, {23, 2023}]),
        ("both of them", []),
        ("5 killed and 7 million displaced", [{5}, {7_000_000}]),
        ("on 29 October 2025 they met", []),
        ("one of them", []),
    ],
)
def test_numbers_are_read(text, values):
    assert [set(number.readings) for number in numbers(normalise(text))] == values


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("29 October 2025", [Day(29, 10, 2025)]),
        ("November 6, 2025", [Day(6, 11, 2025)]),
        ("6–7 November 2025", [Day(6, 11, 2025), Day(7, 11, 2025)]),
        ("in May 2024", [Day(None, 5, 2024)]),
        ("29 октября 2025 года", [Day(29, 10, 2025)]),
        ("۲۹ اکتوبر ۲۰۲۵", [Day(29, 10, 2025)]),
        ("۱۹ اکتبر ۲۰۲۵", [Day(19, 10, 2025)]),
        ("د ۲۰۲۵ کال د اکتوبر ۱۹", [Day(19, 10, 2025)]),
        ("2025-10-19 or 19.10.2025", [Day(19, 10, 2025), Day(19, 10, 2025)]),
        ("it may be so", []),
    ],
)
def test_dates_are_read(text, read):
    assert days(normalise(text)) == read


KILLED = proof("Pakistan said 23 soldiers and 200 fighters were killed on 11 October 2025.", date="2025-10-12")


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Pakistan said 23 soldiers were killed.", None),
        ("Пакистан сообщил о гибели 23 солдат.", None),
        ("پاکستان نے کہا ۲۳ فوجی مارے گئے", None),
        ("In 2025 Pakistan said so.", None),
        ("Pakistan said 58 soldiers were killed.", "number 58"),
        ("Pakistan said three soldiers were killed.", "number three"),
        ("پاکستان نے کہا ۵۸ فوجی مارے گئے", "number 58"),
        ("Pakistan said two thousand were killed.", "number two thousand"),
    ],
)
def test_a_number_stands_in_the_passage(sentence, fault):
    assert number_fault(sentence, [KILLED]) == fault


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("It happened on 11 October 2025.", None),
        ("It happened on 11 October.", None),
        ("It was said on 12 October 2025.", None),
        ("It happened in October 2025.", None),
        ("Это произошло 11 октября 2025 года.", None),
        ("It happened on 14 October 2025.", "date 2025-10-14"),
        ("It happened on 11 November 2025.", "date 2025-11-11"),
        ("It happened in October 2024.", "date 2024-10"),
        ("Это произошло 11 ноября 2025 года.", "date 2025-11-11"),
        ("یہ ۱۱ نومبر ۲۰۲۵ کو ہوا", "date 2025-11-11"),
    ],
)
def test_a_date_is_that_of_the_passage(sentence, fault):
    assert date_fault(sentence, [KILLED]) == fault


def test_a_whole_year_dates_no_month():
    assert date_fault("It happened in March 2020.", [proof("It happened.", date="2020")]) == "date 2020-3"
    assert date_fault("It happened in March 2020.", [proof("It happened.", date="2020-02/2020-05")]) is None


def test_a_number_counts_the_same_thing():
    assert counted_fault("Pakistan said 200 fighters died.", [KILLED], terms) is None
    assert counted_fault("Pakistan said 200 soldiers died.", [KILLED], terms) == "number 200 of another thing"
    assert counted_fault("Pakistan said 23 fighters died.", [KILLED], terms) == "number 23 of another thing"
    assert counted_fault("Pakistan said 23 of its men died.", [KILLED], terms) is None
