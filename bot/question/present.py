"""Tells whether a question asks how things stand now, by its words and its vector.

Two regressions (`python -m evals.fitting.questions.present`); without the encoder that they were fitted on the words tell alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.nlp.names.gazetteer import Mention
from bot.nlp.sparse import WithVector
from bot.question.list_model import Library, features

WEIGHTS = Path(__file__).with_name("present.json")


def asks_for_now(question: str, mentions: Sequence[Mention], index: Library, lookup: str) -> bool:
    """Whether what holds now is asked for; the question's vector in `index` is that of `lookup`."""
    told = _fitted()
    vector = index.embed(lookup) if index.encoder.fingerprint == told.encoder else None
    return told.holds(features(question, mentions), vector)


@cache
def _fitted() -> WithVector:
    return WithVector.open(WEIGHTS)
