"""Where a question asks several things, it is divided; what only sounds like it is not."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlp.names.gazetteer import Gazetteer
from bot.question.input import normal_form
from bot.question.parts import MAX_PARTS, fitted, gaps, tokens
from bot.question.query import understand

GAZETTEER = Gazetteer.load()


def parts(question):
    text = normal_form(question)
    return fitted()(text, GAZETTEER.find(text))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who led the delegation and what did it demand?", ["who led the delegation", "what did it demand"]),
        ("Кто подписал договор и когда он вступил в силу?", ["кто подписал договор", "когда он вступил в силу"]),
        ("معاہدے پر کس نے دستخط کیے اور کب؟", ["معاہدے پر کس نے دستخط کیے", "کب"]),
        ("د خبرو کوربه څوک وو او پایله یې څه وه؟", ["د خبرو کوربه څوک وو", "پایله یې څه وه"]),
        ("وزیر خارجه به کجا رفت و با کی دیدار کرد؟", ["وزیر خارجه به کجا رفت", "با کی دیدار کرد"]),
    ],
)
def test_two_questions_at_once_in_five_languages(question, expected):
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What did Pakistan and the Taliban agree in Doha?",
        "When and where were the talks held?",
        "Торговля между Пакистаном и Афганистаном",
        "پاکستان اور طالبان کے تعلقات",
        "Kabul",
    ],
)
def test_one_question_is_not_divided(question):
    assert parts(question) == []


def test_a_name_is_one_token_and_is_never_cut():
    text = "what did the government of pakistan say?"
    row = tokens(text, GAZETTEER.find(text))
    assert [text[each.start : each.end] for each in row if each.text.startswith("<")] == ["government", "pakistan"]
    assert all(0 < at < len(row) for at in gaps(row))


def test_a_very_long_question_is_divided_at_its_beginning_alone():
    ending = "and when did it begin?"
    short, long = f"who leads the movement {ending}", f"who leads the movement {'of the north ' * 40}{ending}"
    assert parts(short)[-1] == "when did it begin"
    assert "when did it begin" not in parts(long)


def test_at_most_so_many_parts():
    assert len(parts(" and ".join(f"who is number {n} and what does he want" for n in range(9)))) <= MAX_PARTS


def test_a_later_part_is_about_the_names_and_the_period_of_the_first():
    asked = understand(
        "What did Muttaqi say in Delhi in October 2025 and how did Islamabad respond?",
        gazetteer=GAZETTEER,
        known=lambda _: True,
        languages=("en",),
        today=date(2026, 11, 28),
    )
    first, second = asked.parts
    assert second.question == "how did islamabad respond"
    assert "muttaqi" in second.text
    assert "october 2025" in second.text
    assert "say" not in second.text
    assert second.time_scope == first.time_scope
