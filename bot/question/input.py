"""Checks and normalises a typed question."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from itertools import chain
from pathlib import Path

from bot.errors import QuestionError

MAX_QUESTION_CHARS = 2000
_EDGES = " \t.,;:!?¿¡؟،؛۔…\"'“”„«»()[]"


def read_question(raw: str) -> str:
    """The question as one clean line; raises QuestionError if it is empty, too long or no text."""
    size = max(len(raw), len(unicodedata.normalize("NFKC", raw)) if len(raw) <= MAX_QUESTION_CHARS else 0)
    if size > MAX_QUESTION_CHARS:  # NFKC can turn one character into eighteen, and later steps work on those
        raise QuestionError(f"The question has {size:,} characters: ask in at most {MAX_QUESTION_CHARS:,}.")
    if "\0" in raw or "\ufffd" in raw or any(unicodedata.category(char) == "Cs" for char in raw):
        raise QuestionError("The question is not text: type it in words.")
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in raw)
    question = " ".join(visible.split())
    if not any(char.isalnum() for char in question):
        raise QuestionError("The question is empty: type it in words, for example “What is the Durand Line?”.")
    return question


def normal_form(question: str) -> str:
    """A question without what must not change its answer: case, punctuation at its ends, politeness around it.

    This form is embedded, searched and read; readers are always shown the question as typed.
    """
    text = question.lower().strip(_EDGES)
    while (polite := _polite().match(text)) and polite.end() < len(text):
        text = text[polite.end() :].strip(_EDGES)
    return f"{text}?"


@cache
def _polite() -> re.Pattern[str]:
    """A pattern for the openings of polite.toml at the beginning of a text."""
    words = tomllib.loads(Path(__file__).with_name("polite.toml").read_text(encoding="utf-8"))
    opening = "|".join(re.escape(each) for each in sorted(chain.from_iterable(words.values()), key=len, reverse=True))
    return re.compile(rf"(?:{opening})[\s,:;–—-]+", re.IGNORECASE)
