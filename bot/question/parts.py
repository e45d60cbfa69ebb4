"""Tells where a question asks several things: a logistic regression over the words on both sides of each gap.

Fitted by `python -m evals.fitting.questions.parts` on questions in five languages. Names stand for their kind, so that what is
learned of one place holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from bot.nlp.answer_type import kind_of
from bot.nlp.names.gazetteer import Mention
from bot.nlp.sparse import Sparse
from index.normalise import normalise

WEIGHTS = Path(__file__).with_name("question_parts.json")
MAX_PARTS = 4
MAX_TOKENS = 60  # at the beginning of a question, among which it is divided
MIN_WORDS_BEFORE_GAP = 2  # words before the first gap: “when and where” asks for one statement that tells both
PLACED_WORDS, UNPLACED_WORDS = 3, 8  # words beside a gap that count with their place, and without it
STEM_LETTERS = 5  # letters by which forms of a word are one
_AND = re.compile(r"\A(?:and|but|also|اور|و|او|а|и|но)\s+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[?؟.!;؛,،:–—-]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark or a name, and its slice of the question."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class PartsModel:
    """What tells the gaps of a question at which it is divided."""

    gap: Sparse

    def __call__(self, question: str, mentions: Sequence[Mention]) -> list[str]:
        """The first MAX_PARTS parts of a question that asks several things; empty if it asks one."""
        row = tokens(question, mentions)[:MAX_TOKENS]
        cuts = [at for at in gaps(row) if self.likely(row, at) >= self.gap.least][: MAX_PARTS - 1]
        places = [0, *(row[at].start for at in cuts), len(question)]
        parts = [_bare(question[one:other]) for one, other in pairwise(places)]
        return parts if len(parts) > 1 and all(parts) else []

    def likely(self, row: Sequence[Token], at: int) -> float:
        """The probability that another part begins with a token."""
        return self.gap(features(row, at))


def tokens(question: str, mentions: Sequence[Mention]) -> list[Token]:
    """The words and marks of a question; a name is one of them and stands for its kind."""
    named = sorted(mentions, key=lambda each: (each.start, -each.end))
    row: list[Token] = []
    end = 0
    for mention in named:
        if mention.start >= end:
            row += _plain(question, end, mention.start)
            row.append(Token(f"<{mention.kind}>", mention.start, mention.end))
            end = mention.end
    return [*row, *_plain(question, end, len(question))]


def _bare(part: str) -> str:
    """A part without what joins it to the one before."""
    return _AND.sub("", part.strip(" ,;:?؟،؛."))


def _plain(question: str, start: int, end: int) -> Iterator[Token]:
    for found in _TOKEN.finditer(question, start, end):
        word = normalise(found.group()) or found.group()
        yield Token("0" if word.isdigit() else word, found.start(), found.end())


def gaps(row: Sequence[Token]) -> list[int]:
    """The places of the tokens with which another part may begin."""
    words = [at for at, token in enumerate(row) if not _TOKEN.fullmatch(token.text) or token.text.isalnum()]
    return words[MIN_WORDS_BEFORE_GAP:]


def features(row: Sequence[Token], at: int) -> set[str]:
    """The words around the gap before a token, with their places and without, and how much stands on either side."""
    texts = [
        f"{token.text[:STEM_LETTERS]}*" if len(token.text) > STEM_LETTERS and token.text[0] != "<" else token.text
        for token in row
    ]
    padded = ["^"] * PLACED_WORDS + texts + ["$"] * PLACED_WORDS
    middle = at + PLACED_WORDS
    near = {f"{place}:{padded[middle + place]}" for place in range(-PLACED_WORDS, PLACED_WORDS)}
    near |= {f"{place}:{padded[middle + place]} {padded[middle + place + 1]}" for place in (-2, -1, 0, 1)}
    before, after = texts[max(0, at - UNPLACED_WORDS) : at], texts[at : at + UNPLACED_WORDS]
    sizes = {f"before {min(at, UNPLACED_WORDS)}", f"after {min(len(row) - at, UNPLACED_WORDS)}"}
    asks = (_asked(row[:at]), _asked(row[at:]), _asked(row[at + 1 :]))
    kinds = {
        f"asks {asks[0]} {asks[1]}",
        f"asks {asks[0]} {asks[2]}",
        f"asked {asks[0]}",
        f"then {asks[1]}",
        f"next {asks[2]}",
    }
    kinds |= {f"{each} 0:{padded[middle]}" for each in kinds}
    return (
        near
        | kinds
        | {f"< {each}" for each in before}
        | {f"> {each}" for each in after}
        | sizes
        | {f"begins {texts[0]}"}
    )


def _asked(row: Sequence[Token]) -> str:
    return kind_of(" ".join(token.text for token in row))


@cache
def fitted() -> PartsModel:
    """The shipped model."""
    return PartsModel(Sparse.open(WEIGHTS))
