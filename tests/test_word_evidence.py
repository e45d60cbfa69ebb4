"""Words are weighed among the candidates."""

from __future__ import annotations

from bot.word_evidence import word_evidence

RARITIES = {"fence": 2.0, "border": 1.0, "begin": 3.0}


def test_what_every_candidate_has_tells_none_apart():
    every = [["border", "fence"], ["border", "begin"], ["border"]]
    fence, begin, neither = word_evidence(RARITIES, every)
    assert begin > fence > neither
    assert begin <= 1.0


def test_nothing_asked_or_nothing_there():
    assert word_evidence({}, [["a"], ["b"]]) == [0.0, 0.0]
    assert word_evidence(RARITIES, []) == []
    assert word_evidence(RARITIES, [[]]) == [0.0]


def test_a_short_text_counts_more_than_a_long_one_with_the_same_words():
    short, long, _ = word_evidence(RARITIES, [["fence"], ["fence", *["word"] * 30], ["border"]])
    assert short > long
