"""Features that compare a question with a statement; they depend only on these two and on the rarity of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.answering.candidates import Candidate, in_time
from bot.nlp.answer_type import COUNT, FACTS, OTHER, WHEN, WHERE, WHO, WHY, YES_NO, fits
from bot.nlp.names.gazetteer import Gazetteer, Mention
from bot.nlp.word_lists import STOP
from bot.question.present import asks_for_now
from bot.question.query import Asked
from index.normalise import normalise
from index.search import Index

Table = npt.NDArray[np.float32]  # (candidates, features)
NAMES = (
    "cosine", "foreign", "share", "share_context", "rarest_gone", "unknown", "asked_names", "names", "names_context",
    "asked_numbers", "numbers", "timed", "in_time", "out_of_time", "fits", "when", "count", "who", "where", "why", "yes_no",
    "other", "defines", "same_party", "other_party", "agreed", "weak", "words_asked", "words_said", "pairs", "leaning",
    "present", "age", "brief", "subject",
)  # fmt: skip
_KINDS = (WHEN, COUNT, WHO, WHERE, WHY, YES_NO, OTHER)
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|\b\d\b")
_IS = re.compile(
    r"^[”’]?(?: \([^)]*\)|, [^,]{1,60},)? (?:is|are|was|were|has been|stands for|means) (?!said|reported|about \d)"
)


@dataclass(frozen=True)
class Question:
    """A question and what of it is compared, computed once: content words with their rarity, numbers."""

    asked: Asked
    index: Index
    gazetteer: Gazetteer

    @cached_property
    def words(self) -> dict[str, float]:
        """The analysed content words and their other spellings, with their rarity."""
        said = [word for word in re.findall(r"\w+", normalise(self.asked.words)) if word not in STOP]
        return {term: self.index.rarity(term) for term in dict.fromkeys(self.index.terms(" ".join(said)))}

    @cached_property
    def terms(self) -> list[str]:
        """The analysed content words, in order."""
        return [term for term in self.index.terms(self.asked.normal) if term in self.words]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers, including years."""
        return frozenset(number.strip(".,") for number in _NUMBER.findall(normalise(self.asked.normal)))

    @cached_property
    def present(self) -> bool:
        """Whether it asks for the present state."""
        asked = self.asked
        return asked.latest or asks_for_now(asked.normal, asked.mentions, self.index, asked.lookup)


def table(question: Question, rows: Sequence[Candidate], today: date) -> Table:
    """One row of NAMES for each candidate; every feature is roughly 0 to 1 or a small number."""
    return np.array([_row(question, row, today) for row in rows], np.float32).reshape(len(rows), len(NAMES))


def _row(question: Question, row: Candidate, today: date) -> list[float]:
    asked, index = question.asked, question.index
    foreign = asked.language != row.document.language
    said = index.terms(row.text)
    held, around = set(said), set(index.terms(row.context))
    total = sum(question.words.values()) or 1.0
    gone = [weight for term, weight in question.words.items() if term not in held | around]
    mentions = question.gazetteer.find(row.text)
    things = {m.entry_id for m in mentions}
    beside = things | {m.entry_id for m in question.gazetteer.find(row.context)}
    numbers = {number.strip(".,") for number in _NUMBER.findall(normalise(row.text))}
    inside = bool(asked.time_scope) and in_time(row, asked.time_scope)
    known = index.rarity("\0") or 1.0
    return [
        row.cosine,
        float(foreign),
        sum(weight for term, weight in question.words.items() if term in held) / total,
        sum(weight for term, weight in question.words.items() if term in held | around) / total,
        max(gone, default=0.0) / known,
        sum(weight >= known for weight in question.words.values()) / (len(question.words) or 1),
        float(min(len(asked.names), 3)),
        _part(asked.names, things),
        _part(asked.names, beside),
        float(min(len(question.numbers), 3)),
        _part(question.numbers, numbers),
        float(bool(asked.time_scope)),
        float(inside),
        float(bool(asked.time_scope) and not inside),
        float(asked.kind in FACTS and fits(asked.kind, row.text)),
        *(float(asked.kind == kind) for kind in _KINDS),
        float(asked.defines is not None and _defines(mentions, asked.defines, row.text)),
        float(row.party in asked.things),
        float(row.party not in (None, "agreed") and row.party not in asked.things),
        float(row.party in (None, "agreed")),
        float(row.weak),
        min(len(question.terms), 15) / 10,
        min(len(said), 60) / 30,
        _pairs(question.terms, said),
        float(asked.text != asked.question),
        float(question.present),
        _age(row, today) if question.present else 0.0,
        float(row.document.kind in ("brief", "explainer")),
        float(bool(asked.things & beside)),
    ]


def _part(wanted: frozenset[str], held: set[str]) -> float:
    """The share of wanted items that are present; 1 if none are wanted."""
    return len(wanted & held) / len(wanted) if wanted else 1.0


def _pairs(asked: Sequence[str], said: Sequence[str]) -> float:
    """The share of the question's adjacent word pairs that are close to each other in the statement."""
    pairs = list(pairwise(asked))
    places: dict[str, list[int]] = {}
    for at, term in enumerate(said):
        places.setdefault(term, []).append(at)
    near = sum(any(abs(a - b) <= 3 for a in places.get(one, ()) for b in places.get(other, ())) for one, other in pairs)
    return near / len(pairs) if pairs else 0.0


def _age(row: Candidate, today: date) -> float:
    """Years between a statement and today, at most 30; 30 if it is undated."""
    last = row.days[1]
    years = (today - date.fromisoformat(last)).days / 365 if last else 30.0
    return min(max(years, 0.0), 30.0)


def _defines(mentions: Sequence[Mention], name: str, text: str) -> bool:
    """Whether a sentence begins with a name and defines it."""
    first = next((mention for mention in mentions if mention.entry_id == name), None)
    return first is not None and first.start <= len("The “") and _IS.match(text[first.end :]) is not None
