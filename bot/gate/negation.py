"""Negation rule: a sentence must neither affirm what its passages deny nor deny what they affirm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from bot.gate import WORD_FILES
from bot.gate.cited import Proof
from bot.nlp.attribution import attribution, lowered
from bot.nlp.word_lists import word_table

DENIED_WORDS = 3  # after a negation: its scope
SUBJECT_WORDS = 5  # before a negation: its subject is sought there
DENIED_CLAUSE_WORDS = 14  # after a verb of denial: its scope
_ENGLISH = word_table("en", "negation", WORD_FILES)
_DENIED_BY = re.compile(rf"\b(?:{'|'.join(_ENGLISH.words('denied_by'))}) by\b")
_DENYING = re.compile(rf"(?:{'|'.join(_ENGLISH.words('denying'))})\w*")
# Implicit negation: of what follows (_IMPLIED), or of the charge itself (_REFUTED).
_IMPLIED = re.compile(
    r"\bun(?!der|i[tfoqv]|til|cle|less)[a-z]{4,}|\bfree (?:of|from)\b"
    rf"|\b(?:{'|'.join(_ENGLISH.words('implied'))})[a-z]*\b"
)
_REFUTED = re.compile(rf"\b(?:{'|'.join(_ENGLISH.words('refuted'))})\b")
_EMPTY = frozenset(_ENGLISH.words("empty"))
_OPPOSITES = tuple((frozenset(one.split()), frozenset(other.split())) for one, other in _ENGLISH.groups("opposites"))


def polarity_fault(text: str, proofs: Sequence[Proof], terms: Callable[[str], list[str]], language: str) -> str | None:
    """Rejects a sentence that adds a negation, or drops one that its passages have."""
    if any(proof.language != language for proof in proofs):
        return _any_negation(text, proofs, language)
    own, given = negated(text, terms, language), set[str]()
    plain, implied = set[str](), set[str]()
    for proof in proofs:
        denied = negated(proof.text, terms, language)
        given |= denied
        implied |= _implied(proof.text, terms)
        plain |= _outside(proof.text, terms, language)
    any_given = given or implied or any(attribution(language).negations.search(lowered(proof.text)) for proof in proofs)
    if own and not any_given:
        return "negation that is not in the passage"
    if _DENIED_BY.search(lowered(text)) and (given or own):
        return None  # in the passive, what is denied precedes the verb
    turned = own & plain - given - implied
    if turned and turned == own:
        return f"negation of “{min(turned)}”"
    said = set(terms(text)) - own
    told = {term for proof in proofs for term in negated(proof.text, terms, language, of=said)}
    lost = told & said - plain
    if len(lost) >= min(2, len(told)) > 0 and told <= said | own and not own:
        return f"negation of “{min(lost)}” is lost"
    return None


def _outside(text: str, terms: Callable[[str], list[str]], language: str) -> set[str]:
    """The terms that occur outside the scope of any negation."""
    folded, found = lowered(text), Counter(terms(lowered(text)))
    for match in attribution(language).negations.finditer(folded):
        found -= Counter(terms(folded[match.end() :])[: _reach(match)])
    return set(found)


def _reach(match: re.Match[str]) -> int:
    return DENIED_CLAUSE_WORDS if _DENYING.fullmatch(match.group()) else DENIED_WORDS


def _implied(text: str, terms: Callable[[str], list[str]]) -> set[str]:
    """The terms in the scope of an implicit negation: “stopped …”, “free of …”, or the whole text if it calls a charge baseless."""
    folded = lowered(text)
    if _REFUTED.search(folded):
        return set(terms(folded))
    return {
        term for match in _IMPLIED.finditer(folded) for term in terms(folded[match.start() :])[:DENIED_CLAUSE_WORDS]
    }


def negated(text: str, terms: Callable[[str], list[str]], language: str, *, of: set[str] | None = None) -> set[str]:
    """The terms in the scope of a negation; with `of`, a negation preceded only by other terms is skipped."""
    folded = lowered(text)
    found: set[str] = set()
    for match in attribution(language).negations.finditer(folded):
        before = {
            term for term in terms(folded[: match.start()])[-SUBJECT_WORDS:] if len(term) > 2 and term not in _EMPTY
        }
        if of is not None and before and not before & of:
            continue
        found |= {
            term
            for term in terms(folded[match.end() :])[: _reach(match)]
            if len(term) > 2 and term not in _EMPTY and not term.isdigit()
        }
    return found


def opposite(text: str, evidence: str, terms: Callable[[str], list[str]]) -> bool:
    """Whether a sentence has a word of which the evidence has only an antonym."""
    said, held = set(terms(text)), set(terms(evidence))
    return any(
        (said & one and held & other and not held & one) or (said & other and held & one and not held & other)
        for one, other in _OPPOSITES
    )


def _any_negation(text: str, proofs: Sequence[Proof], language: str) -> str | None:
    """Across languages: rejects a negation if no passage has any; scopes cannot be compared."""
    negations = attribution(language).negations.search(lowered(text))
    theirs = any(attribution(proof.language).negations.search(lowered(proof.text)) for proof in proofs)
    return "negation that is not in the passage" if negations and not theirs else None
