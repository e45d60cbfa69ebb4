"""Attribution rule: a sentence that repeats a party's claim must attribute it to that party."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.gate import WORD_FILES
from bot.gate.cited import Proof
from bot.nlp.attribution import Attribution, attribution, lowered
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.word_lists import rows_of_all, word_table, words_of_all
from index.normalise import normalise

NOBODYS = frozenset({None, "agreed"})  # an undisputed claim needs no attribution
NAME_AFTER_SOURCE = 40  # characters after “according to” in which the speaker's name begins
NAME_AFTER_VERB = 60  # characters after an inverted “said” in which the speaker's name begins
VERB_AFTER_NAME = 60  # characters after a name in which the sign of the one who acts stands

# Generic terms for parties that have no proper name.
_PEOPLE = rows_of_all("attribution", "people", WORD_FILES)
_SAID_BEFORE_SPEAKER = "|".join(word_table("en", "attribution", WORD_FILES).words("said_before_speaker"))
_INVERTED = re.compile(rf"[,”»]\s*(?:{_SAID_BEFORE_SPEAKER})\b")
_ANOTHER_CLAUSE = re.compile(rf"[,;:—–]|\b(?:{'|'.join(words_of_all('clauses', 'speaker', WORD_FILES))})\b")
# A capital stands for its government.
_CAPITALS = {
    "taliban": ("kabul",),
    "pakistan": ("islamabad", "rawalpindi"),
    "united-states": ("washington",),
    "india": ("new-delhi", "delhi"),
    "russia": ("moscow",),
    "china": ("beijing",),
    "iran": ("tehran",),
    "afghan-republic": ("kabul",),
}
_COUNTRIES = {"taliban": ("afghanistan",), "afghan-republic": ("afghanistan",)}


@dataclass(frozen=True, slots=True)
class Named:
    """A party or person mentioned in a normalised text; `source`: it is the one whose claim is cited."""

    start: int
    end: int
    source: bool


def attribution_fault(text: str, proofs: Sequence[Proof], gazetteer: Gazetteer, language: str) -> str | None:
    """Rejects a sentence that does not attribute a cited claim to its party.

    If the passage attributes the claim, or is not from a brief, so must the sentence; if a brief only reports an act, naming
    the party is enough. An opinion piece must be attributed to its author.
    """
    words = attribution(language)
    folded = lowered(text)
    for proof in proofs:
        if proof.party in NOBODYS and not proof.opinion:
            continue
        named = _named(folded, proof, gazetteer, language)
        if not any(each.source for each in named):
            return f"{_who(proof)} not named"
        theirs = attribution(proof.language)
        told = theirs.verbs.search(proof.folded) or theirs.sources.search(proof.folded)
        spoken = proof.opinion or not proof.own or told
        if spoken and not _says(folded, named, words):
            return f"not said by {_who(proof)}"
    return None


def _who(proof: Proof) -> str:
    return (proof.speaker if proof.opinion else None) or (proof.party_names[0] if proof.party_names else "the author")


def _says(folded: str, named: Sequence[Named], words: Attribution) -> bool:
    for match in words.sources.finditer(folded):
        near = [
            each
            for each in named
            if match.end() <= each.start <= match.end() + NAME_AFTER_SOURCE or match.start() <= each.start < match.end()
        ]
        if near and near[0].source:
            return True
    for match in _INVERTED.finditer(folded):
        after = [each for each in named if match.end() <= each.start <= match.end() + NAME_AFTER_VERB]
        if after and after[0].source:
            return True
    acting = [each for each in named if words.agents.search(folded[each.end : each.end + VERB_AFTER_NAME])]
    if acting:
        return acting[0].source
    others: list[int] = []  # ends of the verbs whose subject is somebody else
    for match in words.acts.finditer(folded):
        before = [
            each for each in named if each.end <= match.start() and not words.objects.search(folded[: each.start])
        ]
        # Adjacent names ("Pakistan's minister Khawaja Asif") are one speaker.
        speaker = before[:1] if words.subject_first else before[-1:]
        if not speaker:
            continue
        if not speaker[0].source and not _together(before, speaker[0], folded):
            others.append(match.end())
        elif not any(
            end <= speaker[0].start and not _ANOTHER_CLAUSE.search(folded[end : match.start()]) for end in others
        ):
            return True  # not “the Taliban said that Pakistan said”
    return False


def _together(named: Sequence[Named], one: Named, folded: str) -> bool:
    """Whether a source is mentioned within three words of a name that is not one, with no comma or conjunction between."""
    return any(
        each.source and len(folded[min(each.end, one.end) : max(each.start, one.start)].split()) <= 3
        and not re.search(r"[,;:]| and | or ", folded[min(each.end, one.end) : max(each.start, one.start)])
        for each in named
    )  # fmt: skip


def _named(folded: str, proof: Proof, gazetteer: Gazetteer, language: str) -> list[Named]:
    """The parties, countries and persons that a sentence mentions, in order."""
    entries = {proof.party, *_CAPITALS.get(proof.party or "", ()), *_COUNTRIES.get(proof.party or "", ())}
    if proof.speaker:
        entries |= {mention.entry_id for mention in gazetteer.find(proof.speaker)}
    if proof.opinion:
        entries -= {proof.party}
    spans: dict[tuple[int, int], bool] = {}
    for mention in gazetteer.find(folded, language=language):
        if mention.kind in {"person", "group", "country"} or mention.entry_id in entries:
            at = (mention.start, mention.end)
            spans[at] = spans.get(at, False) or mention.entry_id in entries
    for pattern in _own_names(proof):
        for match in pattern.finditer(folded):
            for at in [at for at in spans if at[0] < match.end() and match.start() < at[1] and not _longer(at, match)]:
                del spans[at]
            if not any(at[0] < match.end() and match.start() < at[1] for at in spans):
                spans[match.span()] = True
    return sorted((Named(start, end, source) for (start, end), source in spans.items()), key=lambda each: each.start)


def _longer(at: tuple[int, int], match: re.Match[str]) -> bool:
    """Whether a mention is longer than the match inside it: “Pakistani Taliban” around “Taliban”."""
    return at[1] - at[0] > match.end() - match.start()


def _own_names(proof: Proof) -> list[re.Pattern[str]]:
    """Patterns for the names by which a sentence may refer to the source of a claim."""
    names = [] if proof.opinion else [normalise(name) for name in proof.party_names if len(name) > 2]
    if proof.speaker:
        names += [word for word in normalise(proof.speaker).split() if len(word) > 3]
    if proof.publisher and proof.party in {"media", "analysts"}:
        names.append(normalise(proof.publisher))
    patterns = [rf"\b{re.escape(name)}\w{{0,3}}\b" for name in sorted(names, key=len, reverse=True)]
    if proof.party and proof.party in _PEOPLE:
        patterns.append(rf"\b(?:{'|'.join(_PEOPLE[proof.party])})\b")
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
