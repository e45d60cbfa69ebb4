"""What is asked: a checked question."""

from __future__ import annotations

import unicodedata

from bot.errors import QuestionError

LONGEST = 2000


def read_question(raw: str) -> str:
    """The question as one clean line; QuestionError where it is empty, too long or no text."""
    if len(raw) > LONGEST:
        raise QuestionError(f"The question has {len(raw):,} characters: ask in at most {LONGEST:,}.")
    if "\0" in raw or "\ufffd" in raw or any(unicodedata.category(char) == "Cs" for char in raw):
        raise QuestionError("The question is not text: type it in words.")
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in raw)
    question = " ".join(visible.split())
    if not any(char.isalnum() for char in question):
        raise QuestionError("The question is empty: type it in words, for example “What is the Durand Line?”.")
    return question
