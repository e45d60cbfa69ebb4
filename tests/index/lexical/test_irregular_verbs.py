"""The forms of an irregular verb are one search term."""

from __future__ import annotations

from index.lexical.bm25 import Analyser
from index.lexical.irregular_verbs import regular


def test_forms_of_a_verb_are_one_term():
    terms = Analyser().terms
    assert terms("began") == terms("begun") == terms("begin") == terms("begins")
    assert terms("fought") == terms("fights") != terms("caught")


def test_other_words_and_scripts_stay():
    assert regular("beginner tooken شروع начал") == "beginner tooken شروع начал"
