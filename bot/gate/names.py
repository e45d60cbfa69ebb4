"""Name rule: every person, place, group and proper noun of a sentence must occur in its passages.

Gazetteer names are compared across scripts; other capitalised words by their letters or, in another script, by their
consonants. In Arabic script a name missing from the gazetteer looks like a common noun and is left to the other rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.gate import WORD_FILES
from bot.gate.cited import Proof
from bot.nlp.names.affiliation import speaks_for
from bot.nlp.names.gazetteer import SPECIFIC, Gazetteer
from bot.nlp.names.skeleton import named_in
from bot.nlp.word_lists import word_table, words_of_all
from index.normalise import normalise

# Names that a name in the evidence covers, too: a city, government or mission covers its country.
_ANSWERS_FOR = {
    "kabul": {"afghanistan"},
    "islamabad": {"pakistan"},
    "rawalpindi": {"pakistan"},
    "taliban": {"afghanistan"},
    "afghan-republic": {"afghanistan"},
    "new-delhi": {"india"},
    "washington": {"united-states"},
    "moscow": {"russia"},
    "tehran": {"iran"},
    "beijing": {"china"},
    "doha": {"qatar"},
    "riyadh": {"saudi-arabia"},
    "istanbul": {"turkiye"},
    "unama": {"afghanistan"},
}
# A capital that stands for its government is covered if the evidence names that government; as a place it is not.
_GOVERNS = {
    "kabul": {"taliban", "afghanistan", "afghan-republic"},
    "islamabad": {"pakistan"},
    "rawalpindi": {"pakistan"},
    "new-delhi": {"india"},
    "delhi": {"india"},
    "washington": {"united-states"},
    "moscow": {"russia"},
    "tehran": {"iran"},
    "beijing": {"china"},
}
_AT_A_PLACE = re.compile(rf"(?:\b(?:{'|'.join(words_of_all('names', 'before_place', WORD_FILES))})\s+(?:the\s+)?)$")
_THERE = re.compile(rf"^\s+(?:{'|'.join(words_of_all('names', 'after_place', WORD_FILES))})\b")
_CAPITAL = re.compile(r"\b[A-ZА-ЯЁ][\w’'-]*[\w]")
_BEGINS = re.compile(r"(?:^|[.?!:;“\"«(]\s*)$")
_NO_NAMES = frozenset(word_table("en", "names", WORD_FILES).words("no_names"))


def name_fault(
    text: str, proofs: Sequence[Proof], gazetteer: Gazetteer, terms: Callable[[str], list[str]], language: str
) -> str | None:
    """Rejects a name that its passages have in no known spelling."""
    evidence = [f"{proof.head}: {proof.title}\n{proof.text}" for proof in proofs]
    held = _held(gazetteer, proofs, evidence)
    mentions = gazetteer.find(text, language=language)
    spans: dict[tuple[int, int], set[str]] = {}
    for mention in mentions:
        if mention.kind in SPECIFIC or mention.kind == "country":
            spans.setdefault((mention.start, mention.end), set()).add(mention.entry_id)
    for (start, end), entries in spans.items():
        if (
            not entries & held
            and not _governs(text, start, end, entries, held)
            and not _parts_held(gazetteer, text[start:end], held)
            and not _stands(text[start:end], "\n".join(evidence))
        ):
            return f"name {text[start:end]}"
    known = [(mention.start, mention.end) for mention in mentions]
    return _proper_fault(text, known, "\n".join(evidence), terms)


def _held(gazetteer: Gazetteer, proofs: Sequence[Proof], evidence: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for proof, words in zip(proofs, evidence, strict=True):
        for mention in gazetteer.find(words, language=proof.language):
            found.add(mention.entry_id)
            # “Istanbul talks” is an entry of its own that also names Istanbul.
            inside = [each for word in mention.surface.split()[:4] for each in gazetteer.find(word)]
            found |= {each.entry_id for each in inside if each.kind in {"place", "person"}}
    found |= {proof.party for proof in proofs if proof.party}
    return found | {other for one in found for other in _ANSWERS_FOR.get(one, ())}


def _parts_held(gazetteer: Gazetteer, surface: str, held: set[str]) -> bool:
    """Whether a multi-word name (“the Istanbul talks”) consists of names that the evidence has."""
    found = [each for word in surface.split() for each in gazetteer.find(word)]
    parts = {each.entry_id for each in found if each.kind in SPECIFIC or each.kind == "country"}
    return " " in surface and bool(parts) and parts <= held


def _stands(surface: str, evidence: str) -> bool:
    """Whether the evidence has a name as written, also within a longer one, or in another script: the gazetteer may not
    know the lesser-known of two namesakes."""
    if surface[:1].isupper() and re.search(rf"\b{re.escape(surface)}\b", evidence):
        return True
    words = [word for word in re.findall(r"[^\W\d_]{3,}", surface) if word[0].isupper()]
    return bool(words) and all(named_in(word, evidence) for word in words)


def _governs(text: str, start: int, end: int, entries: set[str], held: set[str]) -> bool:
    place = _AT_A_PLACE.search(normalise(text[:start]) + " ") or _THERE.match(normalise(text[end:]))
    if place:
        return False
    whose = {party for one in held if (party := speaks_for(one))}  # “Pakistan's foreign minister Qureshi”
    return any(_GOVERNS.get(entry, set()) & held or entry in whose for entry in entries)


def _proper_fault(
    text: str, known: Sequence[tuple[int, int]], evidence: str, terms: Callable[[str], list[str]]
) -> str | None:
    held = set(terms(evidence))
    for match in _CAPITAL.finditer(text):
        word = match.group()
        if any(start < match.end() and match.start() < end for start, end in known):
            continue
        if normalise(word) in _NO_NAMES or _BEGINS.search(text[: match.start()]):
            continue
        analysed = terms(re.sub(r"[’']s?$", "", word))
        if not analysed or any(term in held for term in analysed):
            continue
        if not all(named_in(part, evidence) for part in word.split("-") if len(part) > 2):
            return f"name {word}"
    return None
