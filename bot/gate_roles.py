"""The gate's rule on roles: who does what to whom stays as the passages have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from bot.gazetteer import Gazetteer, Mention
from bot.proof import Proof
from bot.saying import lowered, saying

BETWEEN = 6  # words between two parties up to which one does something to the other
BESIDE = 4  # words beside a party among which the first with a meaning of its own is taken
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_ACTING = frozenset({"group", "country", "place"})
Terms = Callable[[str], list[str]]


def role_fault(text: str, proofs: Sequence[Proof], gazetteer: Gazetteer, terms: Terms, language: str) -> str | None:
    """Two parties that changed places: about the word between them, or one with the word that stood beside the other.

    Only in the language of the passages; between them only where the subject stands first and the object last.
    """
    if any(proof.language != language for proof in proofs):
        return None
    sentence, given = lowered(text), [lowered(proof.text) for proof in proofs]
    if language in {"en", "ru"}:
        there = {triple for each in given for triple in _triples(each, gazetteer, terms, language)}
        for subject, word, thing in sorted(_triples(sentence, gazetteer, terms, language)):
            if (subject, word, thing) not in there and (thing, word, subject) in there:
                return f"{subject} and {thing} the other way round"
    return _beside_fault(sentence, given, gazetteer, terms, language)


def _triples(folded: str, gazetteer: Gazetteer, terms: Terms, language: str) -> set[tuple[str, str, str]]:
    """(who, a word between, whom) for parties that follow each other; “by” turns them round."""
    found = set()
    for one, other in pairwise(_parties(folded, gazetteer, language)):
        between = folded[one.end : other.start]
        if one.entry_id == other.entry_id or len(between.split()) > BETWEEN or re.search(r"[.;:]", between):
            continue
        turned = re.search(r"\bby\b", between)
        who, whom = (other.entry_id, one.entry_id) if turned else (one.entry_id, other.entry_id)
        found |= {(who, term, whom) for term in terms(between) if len(term) > 3}
    return found


def _beside_fault(sentence: str, given: Sequence[str], gazetteer: Gazetteer, terms: Terms, language: str) -> str | None:
    there = {pair for each in given for pair in _beside(each, gazetteer, terms, language)}
    named = {party for each in given for party in (m.entry_id for m in _parties(each, gazetteer, language))}
    for party, side, word in sorted(_beside(sentence, gazetteer, terms, language)):
        others = {other for other, where, term in there if (where, term) == (side, word)}
        if others and party in named and party not in others:
            return f"{party} with “{word}” of {min(others)}"
    return None


def _beside(folded: str, gazetteer: Gazetteer, terms: Terms, language: str) -> Iterator[tuple[str, str, str]]:
    """(party, before or after, the nearest word there); words of saying are left to the rule on who speaks."""
    verbs = saying(language).verbs
    for mention in _parties(folded, gazetteer, language):
        after = _WORD.findall(re.sub(r"^['’]s\b", "", folded[mention.end :]))[:BESIDE]
        before = _WORD.findall(folded[: mention.start])[-BESIDE:][::-1]
        passive = "by" in after or "by" in before
        for side, words in (("after", after), ("before", before)) if not passive else ():
            word = next((each for each in words if len(each) > 3), None)
            if word and not verbs.fullmatch(word):
                yield from ((mention.entry_id, side, term) for term in terms(word))


def _parties(folded: str, gazetteer: Gazetteer, language: str) -> list[Mention]:
    """Parties and places in order; of names that share their words the first."""
    found = [each for each in gazetteer.find(folded, language=language) if each.kind in _ACTING]
    return [each for at, each in enumerate(found) if at == 0 or each.start >= found[at - 1].end]
