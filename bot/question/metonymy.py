"""Resolves capitals that stand for governments: “what does Kabul say” asks for the Taliban's word, not about a city."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.nlp.attribution import attribution, lowered
from bot.nlp.names.affiliation import is_capital, seat_of
from bot.nlp.names.gazetteer import Gazetteer, Mention

MAX_WORDS_TO_VERB = 3  # words within which the verb of saying follows
_ACTS = re.compile(r"\b(?:do|does|did|has|have|had|will|would|can|could|should|must|might)\s+$")  # precede an actor
_PLACED = re.compile(
    r"\b(?:in|at|to|near|into|from|outside|around|through|over|в|во|на|из|у|под|در|به|د|په)\s+$"
)  # precede a place
_PAIR = re.compile(r"^\s+(?:and|or|и|или|اور|یا|و|او)\s+$")


def governments(text: str, language: str, gazetteer: Gazetteer, day: str | None) -> str:
    """Replace each capital that acts or speaks by its government; `day` is the ISO day that the question is about."""
    seats = [(each, party) for each in gazetteer.find(text) if (party := _party(each, day)) and party in gazetteer]
    pairs = [
        {one.entry_id, other.entry_id}
        for (one, mine), (other, theirs) in pairwise(seats)
        if mine != theirs and _PAIR.match(text[one.end : other.start])
    ]
    paired = set[str]().union(*pairs)
    for mention, party in reversed(seats):
        if mention.entry_id in paired or _acts(text, mention, language):
            names = gazetteer[party].names
            name = names.get(language, names.get("en", ()))[0]
            text = text[: mention.start] + name.lower() + text[mention.end :]
    return text


def _party(mention: Mention, day: str | None) -> str | None:
    """The party that governs from the place of a mention, if it is a capital."""
    return seat_of(mention.entry_id, day) if is_capital(mention.entry_id) else None


def _acts(text: str, mention: Mention, language: str) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    if _ACTS.search(before):
        return True
    if _PLACED.search(before):
        return False
    following = " ".join(lowered(after).split()[:MAX_WORDS_TO_VERB])
    return attribution(language).verbs.search(following) is not None
