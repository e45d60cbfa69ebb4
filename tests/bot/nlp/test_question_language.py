from __future__ import annotations

import pytest

from bot.nlp.language_id import UNKNOWN, detect

QUESTIONS = [
    ("en", "When was Torkham closed?"),
    ("en", "TTP attacks 2023"),
    ("en", "torkham"),
    ("ur", "طورخم کب بند ہوا؟"),
    ("ur", "پاکستان اور افغانستان کی سرحد پر باڑ کیوں لگائی گئی؟"),
    ("ur", "Noor Wali Mehsud کون ہے؟"),
    ("ur", "ٹی ٹی پی"),
    ("ps", "تورخم کله وتړل شو؟"),
    ("ps", "د پاکستان او افغانستان ترمنځ جګړه ولې پیل شوه؟"),
    ("ps", "د ډیورنډ کرښه"),
    ("ps", "TTP څه شی دی؟"),
    ("fa", "تورخم چه زمانی بسته شد؟"),
    ("fa", "پاکستان چرا پناهجویان را اخراج کرد؟"),
    ("fa", "طالبان"),
    ("fa", "ملا هبت‌الله کیست"),
    ("ru", "Когда закрыли Торхам?"),
    ("ru", "ТТП"),
    ("ru", "Что такое APTTA?"),
    (UNKNOWN, "ما هي حدود أفغانستان مع باكستان؟"),
    (UNKNOWN, "Коли закрили кордон із Афганістаном?"),
    (UNKNOWN, "塔利班是什么？"),
    (UNKNOWN, "2021?"),
    (UNKNOWN, ""),
]


@pytest.mark.parametrize(("language", "question"), QUESTIONS)
def test_the_language_of_a_short_question(language, question):
    assert detect(question) == language


def test_letters_as_an_arabic_or_urdu_keyboard_writes_them_make_no_difference():
    assert detect("د پاكستان او افغانستان په سرحد كي څه وشول") == "ps"
    assert detect("پاكستان اور افغانستان کے درمیان جنگ") == "ur"


def test_a_foreign_name_does_not_change_the_language_of_a_question():
    assert detect("What does کنڑ mean, and why did Pakistan say so?") == "en"
    assert detect("International Crisis Group نے کیا کہا؟") == "ur"
