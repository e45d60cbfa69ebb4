"""The gate's rule on negation: what the passages deny is not affirmed, and the other way round."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.proof import Proof
from bot.saying import lowered, saying

NEAR = 3  # words after a negation that it can be about
_EMPTY = frozenset(
    "against about after before that this with from into over under would could should have been were will the and for was has"
    " had its his her who are but not any all out did does may can".split()
)
_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("increas rose rise grew grow higher", "decreas fell fall drop declin lower reduc"),
        ("open reopen", "close shut"),
        ("accept agre approv", "reject refus declin"),
        ("confirm admit acknowledg", "deni denial"),
        ("succeed success", "fail failur collaps"),
        ("support back", "oppos"),
        ("win won victori", "lose lost defeat"),
        ("begin began start", "end ceas stop"),
        ("enter arriv", "leav left withdrew withdraw"),
        ("befor", "after"),
        ("recogn", "unrecogn"),
        ("allow permit", "ban forbid prohibit bar"),
        ("friend friendli", "hostil enemi"),
    )
)


def polarity_fault(text: str, proofs: Sequence[Proof], terms: Callable[[str], list[str]], language: str) -> str | None:
    """A negation that no passage has, or one that the passages have at a word which the sentence says without it."""
    if any(proof.language != language for proof in proofs):
        return _any_negation(text, proofs, language)
    own, given = negated(text, terms, language), set[str]()
    plain: set[str] = set()
    for proof in proofs:
        denied = negated(proof.text, terms, language)
        given |= denied
        plain |= set(terms(proof.text)) - denied
    if own and not given:
        return "negation that is not in the passage"
    turned = own & plain - given
    if turned and turned == own:
        return f"negation of “{min(turned)}”"
    said = set(terms(text)) - own
    lost = given & said - plain
    if lost and given <= said | own and not own:
        return f"negation of “{min(lost)}” is lost"
    return None


def negated(text: str, terms: Callable[[str], list[str]], language: str) -> set[str]:
    """The analysed words within a few words after a negation."""
    folded = lowered(text)
    found: set[str] = set()
    for match in saying(language).negations.finditer(folded):
        found |= {term for term in terms(folded[match.end() :])[:NEAR] if len(term) > 2 and term not in _EMPTY}
    return found


def opposite(text: str, evidence: str, terms: Callable[[str], list[str]]) -> bool:
    """Whether a sentence has a word of which the evidence has only the opposite."""
    said, held = set(terms(text)), set(terms(evidence))
    return any(
        (said & one and held & other and not held & one) or (said & other and held & one and not held & other)
        for one, other in _OPPOSITES
    )


def _any_negation(text: str, proofs: Sequence[Proof], language: str) -> str | None:
    """Across languages only whether there is any negation at all can be compared."""
    negations = saying(language).negations.search(lowered(text))
    theirs = any(saying(proof.language).negations.search(lowered(proof.text)) for proof in proofs)
    return "negation that is not in the passage" if negations and not theirs else None
