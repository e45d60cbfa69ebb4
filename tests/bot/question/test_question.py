"""Questions are checked before anything is looked up."""

from __future__ import annotations

import pytest

from bot.errors import QuestionError
from bot.question.input import read_question


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "is empty"),
        ("  \n\t", "is empty"),
        ("?!", "is empty"),
        ("😀", "is empty"),
        ("x" * 2001, "has 2,001 characters"),
        ("a\0b", "is not text"),
        ("a\ufffdb", "is not text"),
        ("a\ud800", "is not text"),
    ],
)
def test_what_is_no_question(raw, message):
    with pytest.raises(QuestionError, match=message):
        read_question(raw)


def test_a_question_is_one_clean_line():
    assert read_question(" What\nis\x1b[31m  the TTP? ") == "What is [31m the TTP?"
