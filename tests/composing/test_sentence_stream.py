"""Whole sentences out of pieces, however the pieces fall."""

from __future__ import annotations

import pytest

from bot.composing.sentence_stream import LONGEST, whole_sentences

CASES = {
    "Gen. Asim Munir spoke on 5 May [1]. Pakistan agreed. [2][3] The Taliban did not [4, 5].": [
        "Gen. Asim Munir spoke on 5 May [1].",
        "Pakistan agreed. [2][3]",
        "The Taliban did not [4, 5].",
    ],
    "<think>Hm. [1] Well.</think>\nIt ended [1].": ["It ended [1]."],
    "It ended [1]. <think>never closed": ["It ended [1]."],
    "- **One** is here [1].\n- Two [2]\n\n1. Three [3].": ["One is here [1].", "Two [2]", "Three [3]."],
    "It ended [1]. Half [1": ["It ended [1].", "Half [1"],
    "پاکستان نے کہا ہے۔ [1] طالبان نے انکار کیا [2]۔": ["پاکستان نے کہا ہے۔ [1]", "طالبان نے انکار کیا [2]۔"],
    "": [],
}


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_same_sentences_however_they_come(text, size):
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert list(whole_sentences(pieces, "en")) == CASES[text]


def test_a_sentence_comes_only_when_its_markers_are_whole():
    came = []

    def pieces():
        for piece in ("It ended", " [1]", ".", " [2", "]", " Then", " more [3]."):
            yield piece
            came.append(list(seen))

    seen = []
    for sentence in whole_sentences(pieces(), "en"):
        seen.append(sentence)
    assert seen == ["It ended [1]. [2]", "Then more [3]."]
    assert came[4] == []


def test_a_run_without_an_end_is_given_up():
    taken = []

    def pieces():
        while True:
            taken.append(1)
            yield "word " * 50

    assert list(whole_sentences(pieces(), "en")) == []
    assert len(taken) == LONGEST // 250 + 1
