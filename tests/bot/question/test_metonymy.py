"""Capitals that act or speak are read as the governments that sit there; capitals as places stay."""

from __future__ import annotations

import pytest

from bot.nlp.names.gazetteer import Gazetteer
from bot.question.metonymy import governments

GAZETTEER = Gazetteer.load()


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("what does kabul want?", "what does taliban want?"),
        ("islamabad accused the ttp", "pakistan accused the ttp"),
        ("talks between kabul and islamabad", "talks between taliban and pakistan"),
        ("why did delhi open its embassy?", "why did india open its embassy?"),
        ("что говорит москва", "что говорит москва"),
        ("چرا کابل گفت که نمی‌داند", "چرا طالبان گفت که نمی‌داند"),
    ],
)
def test_a_capital_that_acts_is_a_government(question, read):
    language = "ru" if question.startswith("что") else "fa" if question.startswith("چرا") else "en"
    assert governments(question, language, GAZETTEER, None) == read


@pytest.mark.parametrize(
    "question",
    [
        "what happened in kabul?",
        "officials in islamabad said no",
        "islamabad mosque bombing",
        "did peshawar burn?",
        "who bombed kabul's airport?",
    ],
)
def test_a_capital_that_is_a_place_stays(question):
    assert governments(question, "en", GAZETTEER, None) == question


@pytest.mark.parametrize(
    ("day", "party"), [("2023-05-01", "taliban"), ("1998-05-01", "taliban"), ("1961-09-06", None), ("2015-01-01", None)]
)
def test_who_sits_in_kabul_depends_on_the_day(day, party):
    read = governments("what did kabul say?", "en", GAZETTEER, day)
    assert ("taliban" in read) == (party == "taliban")
