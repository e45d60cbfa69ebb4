"""Which words of a request narrow a list, and which only say what to tell of each event."""

from __future__ import annotations

import pytest

from bot.nlp.names.gazetteer import Gazetteer
from bot.question.input import normal_form
from bot.question.narrowing import is_known, narrowing

GAZETTEER = Gazetteer.load()


def narrows(question):
    text = normal_form(question)
    return set(narrowing(text, GAZETTEER.find(text)))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("list the attacks on barbers in Karachi", {"barbers"}),
        ("list the attacks in Karachi with dates and the number of dead", set()),
        ("Every closure of Chaman since 2020 - who closed it, how long, in order", set()),
        ("list the agreements on fisheries, with dates", {"fisheries"}),
        ("a table of the talks: place, delegates, outcome", set()),
    ],
)
def test_what_is_to_be_told_of_each_event_narrows_nothing(question, words):
    assert narrows(question) == words


def test_names_and_numbers_are_no_words_that_narrow():
    assert narrows("list the strikes on Khost in April 2022") == set()


def test_a_word_that_no_request_had_is_strange():
    assert is_known("attacks")
    assert is_known("with")
    assert not is_known("zorblax")
