"""Tells which words of a request narrow a list (“attacks on mosques”), and which say what to tell of each event (“with dates”).

A logistic regression over a word and those around it, fitted by `python -m evals.fitting.questions.narrowing` on English requests
whose narrowing words were marked. Names stand for their kind and narrow by themselves (listing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.nlp.names.gazetteer import Mention
from bot.nlp.sparse import Sparse
from bot.nlp.word_lists import STOP
from bot.question.parts import Token, tokens

WEIGHTS = Path(__file__).with_name("narrowing.json")
STEM_LETTERS = 5  # letters by which forms of a word are one
NEITHER = frozenset({"month", "term"})  # kinds of names that are no party, place or person
MAX_LEAD_WORDS = 3  # words from a word that leads (“with”, “on”), beyond which its distance no longer counts


def narrowing(question: str, mentions: Sequence[Mention]) -> dict[str, float]:
    """The words of a request that narrow a list, each with the probability that it does."""
    row, model = row_of(question, mentions), fitted()
    likely = ((row[at].text, model(features(row, at))) for at in words(row))
    return {word: probability for word, probability in likely if probability >= model.least}


def row_of(question: str, mentions: Sequence[Mention]) -> list[Token]:
    """The words, marks and names of a request; what is no party, place, person or the like stays a word."""
    return tokens(question, [each for each in mentions if each.kind not in NEITHER])


def is_known(word: str) -> bool:
    """Whether the model has seen a normalised word, or a form of it."""
    seen = fitted().weights
    return word in STOP or not word.isalpha() or word in seen or f"{word[:STEM_LETTERS]}*" in seen


def words(row: Sequence[Token]) -> list[int]:
    """The places of the tokens that may narrow: words that are no name, no number and none of STOP."""
    return [at for at, each in enumerate(row) if each.text.isalpha() and len(each.text) > 1 and each.text not in STOP]


def features(row: Sequence[Token], at: int) -> set[str]:
    """A word, its neighbours, what leads it (the last mark and the last small word before), and what of the request it follows."""
    texts = [each.text for each in row]
    padded = ["^", "^", *texts, "$", "$"]
    word, middle = texts[at], at + 2
    near = {f"{place}:{padded[middle + place]}" for place in (-2, -1, 1, 2)}
    leads = [place for place in range(at) if texts[place] in STOP]
    marks = [texts[place] for place in range(at) if not (texts[place].isalnum() or texts[place].startswith("<"))]
    names = [texts[place] for place in range(at) if texts[place].startswith("<")]
    led = (
        {f"led {texts[leads[-1]]}", f"led {min(at - leads[-1], MAX_LEAD_WORDS)} {texts[leads[-1]]}"} if leads else set()
    )
    return {
        word,
        f"{word[:STEM_LETTERS]}*",
        *near,
        f"-2:{padded[middle - 2]} {padded[middle - 1]}",
        *led,
        f"mark {marks[-1] if marks else ''}",
        f"mark {marks[-1] if marks else ''} {leads and texts[leads[-1]]}",
        f"named {bool(names)}",
        f"first {at < 2}",
        f"ends {len(row) - at <= 2}",
    }


@cache
def fitted() -> Sparse:
    """The shipped model."""
    return Sparse.open(WEIGHTS)
