"""Resolves questions that depend on the one before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.nlp.language_id import detect
from bot.nlp.names.gazetteer import SPECIFIC, Gazetteer, Mention
from bot.nlp.sparse import WithVector
from bot.nlp.time.time_scope import TimeScope
from bot.nlp.word_lists import STOP
from bot.question.input import normal_form
from bot.question.listing import Listing, listing
from index.encoder import Vectors
from index.normalise import normalise

WEIGHTS = Path(__file__).with_name("leaning.json")
MAX_SHORT_WORDS = 5  # words of the longest question that is about nobody in particular
STEPS = (0, 1, 2, 3, 4, 5, 7, 9, 11)  # a count is told by those that it exceeds


@dataclass(frozen=True)
class Leaning:
    """Tells which questions can only be understood with the one before, by their words and, where `embed` is given, their meaning.

    Two regressions (evals.fitting.follow_ups), whose log-odds are added: on features, and on the question's vector.
    """

    gazetteer: Gazetteer
    embed: Callable[[str], Vectors] | None = None

    @classmethod
    def of(cls, gazetteer: Gazetteer, fingerprint: str, embed: Callable[[str], Vectors]) -> Leaning:
        """With the vectors of an encoder, if the regression on vectors was fitted on it: by its fingerprint."""
        return cls(gazetteer, embed if fingerprint == _fitted().encoder else None)

    def __call__(self, question: str, before: str) -> bool:
        """Whether a question leans on the one before it."""
        said = self.features(question, before)
        return _fitted().holds(said, self.embed(normal_form(question)) if self.embed else None)

    def complete(self, question: str, history: Sequence[str]) -> str:
        """The question to look up: joined with the last one if it depends on it, and with the one that began the matter."""
        turns = [turn for turn in history if turn.strip()]
        if not turns or not self(question, turns[-1]):
            return question
        first = len(turns) - 1
        while first and self(turns[first], turns[first - 1]):
            first -= 1
        return " ".join(dict.fromkeys([turns[first], turns[-1], question]))

    def subject(self, first: str, part: str, *, read: Callable[[str], TimeScope]) -> str:
        """The names and the period of a question that a later one does not say itself; empty if there are none.

        In full the first one would be answered once more.
        """
        said = {mention.entry_id for mention in self.gazetteer.find(part)}
        names = [mention.surface for mention in self.gazetteer.find(first) if mention.entry_id not in said]
        period = read(first).text if names and not read(part).text else ""
        return ", ".join(dict.fromkeys(filter(None, [*names, period])))

    def features(self, question: str, before: str) -> set[str]:
        """What a question says by itself: its words, those that it begins and ends with, and how many there are; how much it names,
        and how much of that is new; whether it wants a list of other things than the one before: one that is asked for in few
        words, as follow-ups are."""
        words = re.findall(r"\w+", normalise(question))
        own, earlier = normal_form(question), normal_form(before)
        mentions, mentioned = self.gazetteer.find(own), self.gazetteer.find(earlier)
        named, told = ({mention.entry_id for mention in each} for each in (mentions, mentioned))
        counted = {
            "words": len(words),
            "content": sum(word not in STOP for word in words),
            "specific": len({mention.entry_id for mention in mentions if mention.kind in SPECIFIC}),
            "named": len(named),
            "again": len(named & told),
            "new": len(named - told),
        }
        ends = {f"^{words[0]}", f"^{' '.join(words[:2])}", f"{words[-1]}$"} if words else set[str]()
        wanted, listed = listing(own, detect(own), mentions), listing(earlier, detect(earlier), mentioned)
        return {
            *words,
            *ends,
            *(["#list"] if _lists_other_things(wanted, listed) else []),
            *(f"{name}>{step}" for name, number in counted.items() for step in STEPS if number > step),
        }


def _lists_other_things(wanted: Listing | None, listed: Listing | None) -> bool:
    """Whether a question wants a list of its own: of other things than the list before, or narrowed by a name or a word."""
    if wanted is None or listed is None or wanted.names or wanted.words:
        return wanted is not None
    return (wanted.type, wanted.must) != (listed.type, listed.must)


@cache
def _fitted() -> WithVector:
    return WithVector.open(WEIGHTS)


def names_nobody(question: str, mentions: Iterable[Mention]) -> bool:
    """Whether a question is about a person whom neither it nor the conversation names."""
    text = normalise(question)
    asks = re.search(r"\b(he|she|him|her|they|them)\b|\b(он|она|они)\b", text)
    named = any(mention.kind in SPECIFIC for mention in mentions)
    return asks is not None and not named and len(text.split()) <= MAX_SHORT_WORDS
