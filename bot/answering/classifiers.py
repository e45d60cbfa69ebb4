"""The small classifiers that answering does without where their weights are lost, and what is missing then."""

from __future__ import annotations

from bot.answering.events import ask_back, statement_types
from bot.answering.reading.reader import FOLDER
from bot.answering.ways.judge import SORTS_FILE
from bot.nlp.linear import Linear


def damage() -> str | None:
    """What is missing for want of a classifier's weights, in one sentence; None if all are sound."""
    for path, missing in (
        (FOLDER / SORTS_FILE, "what sort of answer a question wants is not told"),
        (ask_back.WEIGHTS, "no question is asked back"),
        (statement_types.WEIGHTS, "added documents are in no list"),
    ):
        if not Linear.is_sound(path):
            return f"{missing}: {path} is missing or damaged: install Torkham again"
    return None
