"""Resolves questions that depend on the one before."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from bot.nlp.answer_type import asks_definition
from bot.nlp.language_id import detect
from bot.nlp.names.gazetteer import SPECIFIC, Gazetteer
from bot.nlp.stop_words import STOP
from bot.nlp.weighing import Weighing
from bot.question.input import normal_form
from bot.question.listing import Listing, listing
from index.normalise import normalise

WEIGHTS = Path(__file__).with_name("leaning.json")
# Openings of a continuation, or of a question without a subject.
_CONTINUES = re.compile(
    r"^(and|but|so|then|also|or|what about|how about|what else|who else|tell me more|more|go on|really|since when)\b"
    r"|^(why|when|where|who|how|how many|how much|since when|how so|why not)\W*$"
    r"|^(اور|پهر|لیکن|و|اما|پس|خو|بیا|а|и|но|тогда|потом|еще|ещё)\b"
    r"|^(کیوں|چرا|ولی|کب|چه وقت|کله|почему|когда|кто|کون|کی|څوک)\W*$"
)
# Words that refer to somebody or something mentioned before.
_PERSON = re.compile(
    r"\b(he|she|him|her|his|hers|they|them|their|theirs|it|its)\b"
    r"|\b(انهوں|ان کا|اس نی|هغه|هغوی|دوی|انها|ایشان|он|она|они|его|ее|её|их|ему|ей|им)\b"
)
_THING = re.compile(
    r"\b(that|this|these|those|then|the same|the (two|deal|talks|attack|strike|agreement|meeting|group|man|minister|former"
    r"|latter|other side|others?))\b|\b(وه|اس|ان|اسی|یه|او|این|دا|оно|это|этот|эта|эти|там|тогда)\b"
)
FEWEST = 3  # words of the longest question that is names alone
SHORT = 5  # words of the longest question that is about nobody in particular
ALONE = 4  # words of the shortest question that names something new and is no continuation
EVERYWHERE = {
    "pakistan",
    "taliban",
    "afghanistan",
    "united-nations",
}  # so common that naming them does not make a question stand alone
FEATURES = (
    "words", "content", "specific", "things", "continues", "person", "thing", "digits", "shared", "only_names", "defines",
)  # fmt: skip


def complete(question: str, history: Sequence[str], gazetteer: Gazetteer) -> str:
    """The question to look up: joined with the last one if it depends on it."""
    turns = [turn for turn in history if turn.strip()]
    if not turns or not leans(question, turns[-1], gazetteer):
        return question
    before = turns[-1]
    if len(turns) > 1 and leans(before, turns[-2], gazetteer):
        before = f"{turns[-2]} {before}"
    return f"{before} {question}"


def leans(question: str, before: str, gazetteer: Gazetteer) -> bool:
    """Whether a question can only be understood with the one before it (a logistic regression, evals.fitting.follow_ups)."""
    if _turns_elsewhere(question, before, gazetteer):
        return False
    weighing, least = _fitted()
    return weighing(figures(question, before, gazetteer)) >= least


def _turns_elsewhere(question: str, before: str, gazetteer: Gazetteer) -> bool:
    """Whether a question names something new and refers to nothing said before: “Who leads the TTP?”

    The regression mistakes such short questions for continuations; joining them with the one before is the worse error.
    """
    text = normalise(question)
    if any(sign.search(text) for sign in (_CONTINUES, _PERSON, _THING)):
        return False
    if _lists_other_things(question, before, gazetteer):
        return True
    if len(text.split()) < ALONE:
        return False
    told = {mention.entry_id for mention in gazetteer.find(normal_form(before))}
    named = {mention.entry_id for mention in gazetteer.find(normal_form(question)) if mention.kind in SPECIFIC}
    return bool(named - told - EVERYWHERE)


def _lists_other_things(question: str, before: str, gazetteer: Gazetteer) -> bool:
    """Whether a question wants a list of its own: of other things than the list before, or narrowed by a name or a word."""
    wanted, listed = _listing(question, gazetteer), _listing(before, gazetteer)
    if wanted is None or listed is None or wanted.names or wanted.words:
        return wanted is not None
    return (wanted.type, wanted.must) != (listed.type, listed.must)


def _listing(question: str, gazetteer: Gazetteer) -> Listing | None:
    own = normal_form(question)
    return listing(own, detect(own), gazetteer.find(own))


def figures(question: str, before: str, gazetteer: Gazetteer) -> tuple[float, ...]:
    """The FEATURES of a question: how much it says and names by itself, and how it begins."""
    text = normalise(question)
    words = re.findall(r"\w+", text)
    content = [word for word in words if word not in STOP]
    question = normal_form(question)
    found = gazetteer.find(question)
    things = {mention.entry_id for mention in found}
    specific = {mention.entry_id for mention in found if mention.kind in SPECIFIC}
    continues = _CONTINUES.search(text) is not None
    told = {mention.entry_id for mention in gazetteer.find(normal_form(before))}
    return (
        float(min(len(words), 15)),
        float(min(len(content), 10)),
        float(len(specific)),
        float(len(things)),
        float(continues),
        float(_PERSON.search(text) is not None),
        float(_THING.search(text) is not None),
        float(re.search(r"\d", text) is not None),
        float(len(things & told)),
        float(bool(things) and not continues and len(words) <= FEWEST and len(content) <= len(things) + 1),
        float(len(things) == 1 and asks_definition(question[: found[0].start] + question[found[0].end :])),
    )


@cache
def _fitted() -> tuple[Weighing, float]:
    raw = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Weighing.read(raw), float(raw["least"])


def names_nobody(question: str, names: Callable[[str], set[str]]) -> bool:
    """Whether a question is about a person whom neither it nor the conversation names."""
    text = normalise(question)
    asks = re.search(r"\b(he|she|him|her|they|them)\b|\b(он|она|они)\b", text)
    return asks is not None and not names(question) and len(text.split()) <= SHORT
