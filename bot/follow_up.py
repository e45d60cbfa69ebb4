"""Completing a question from the conversation: history helps to understand it and is never evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.text import normalise

_LEANS = re.compile(
    r"^(and|but|so|then|also|or|what about|how about|what else|why|when|where|who|how|how many|how much|since when)\b[^a-z]*$"
    r"|^(and|but|so|then|also|or|what about|how about)\b"
    r"|\b(he|she|it|they|him|her|them|his|hers|its|their|theirs|that|this|these|those|there|then|the same|both|one|ones"
    r"|the (two|deal|talks|attack|strike|agreement|meeting|group|man|minister|former|latter|other side|others?))\b"
    r"|^(اور|پهر|لیکن|و|اما|پس|او|خو|بیا|а|и|но|тогда|потом)\b"
    r"|\b(وه|اس|ان|اسی|یه|ان کا|او|ان|انها|اینها|این|هغه|هغوی|دا|دوی|он|она|оно|они|его|ее|их|ему|ей|им|это|этот|эта|эти|там|тогда)\b"
)
SHORT = 5  # words up to which a question without a name of its own leans on what was asked before


def complete(question: str, history: Sequence[str], names: Callable[[str], set[str]]) -> str:
    """The question as it has to be looked up: with the last question before it where it leans on that one.

    It leans on it when it begins like a continuation, holds a pronoun, or is short and names nothing itself.
    """
    turns = [turn for turn in history if turn.strip()]
    if not turns or not leans(question, names):
        return question
    before = turns[-1]
    if len(turns) > 1 and leans(before, names):
        before = f"{turns[-2]} {before}"
    return f"{before} {question}"


def leans(question: str, names: Callable[[str], set[str]]) -> bool:
    """Whether a question cannot be understood alone."""
    text = normalise(question)
    if _LEANS.search(text):
        return True
    return len(text.split()) <= SHORT and not names(question)
