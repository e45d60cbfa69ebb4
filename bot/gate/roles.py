"""Role rule: who does what to whom must be as in the passages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise, zip_longest

from bot.gate import WORD_FILES
from bot.gate.cited import Proof
from bot.nlp.attribution import attribution, lowered
from bot.nlp.names.gazetteer import Gazetteer, Mention
from bot.nlp.word_lists import word_table, words_of_all
from sources.parties import LANGUAGES

MAX_WORDS_BETWEEN = 6  # two parties of which one acts on the other
PARTY_WORDS = 4  # beside a party: the first content word is sought there
_NEVER = r"(?!)"
_ENGLISH = word_table("en", "roles", WORD_FILES)
# Words beside a party that say nothing about what it does.
_SAYS_NOTHING = frozenset(words_of_all("roles", "says_nothing", WORD_FILES))
_OFFICE = rf"(?:(?:{'|'.join(_ENGLISH.words('offices'))})\s+)"
_AGENT = re.compile(rf"\bby\s+(?:the\s+)?{_OFFICE}{{0,4}}(?:\w+\s+)?$")  # right before an agent; “by May 2013”: none
_PLACED = re.compile(rf"\b(?:{'|'.join(_ENGLISH.words('placing'))})\s+(?:the\s+)?$")
# Between a country and the name of its official: “the Afghan envoy Sardar Ahmad Shakeeb” is one party.
_OF_THE_OFFICE = re.compile(rf"(?:['’]s)?\s{_OFFICE}{{1,5}}$")
_JOINED = re.compile(r"(?:\s?\([^)]{0,40}\))?\s?,?\s{1,3}and\s{1,3}(?:the\s)?")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_ACTS = re.compile(r"\b\w{2,}(?:ed|s|d|t|n|k|w|e)\b")
# A verb, and at most prepositions, an article and an office between it and its object.
_ACTS_ON = re.compile(
    r"^,?\s+(?:has |had |have |also |then |again |did not |would |will )?"
    r"(?!(?:and|or|with|in|at|as|to|of|on|by|from)\b)[a-z]{3,}"
    r"(?:\s+(?:to|on|at|from|against|for|that|with|over|upon))?\s+(?:both\s+)?(?:the\s+)?"
    rf"{_OFFICE}*$"
)
_ACTING = frozenset({"group", "country", "place", "person"})
# A capital or a government counts as its country when roles are compared.
_SIDES = {
    "kabul": "afghanistan", "taliban": "afghanistan", "afghan-republic": "afghanistan", "islamabad": "pakistan",
    "rawalpindi": "pakistan", "new-delhi": "india", "delhi": "india", "washington": "united-states", "moscow": "russia",
    "tehran": "iran", "beijing": "china", "riyadh": "saudi-arabia", "doha": "qatar", "ankara": "turkiye",
}  # fmt: skip
_OBLIQUE = re.compile(r"(?:[ауеыи]|ом|ем|ой|ою|ами|ах|ов|ам)$")
_NOMINATIVE_VOWEL = re.compile(r"(?:ия|ай|ей|ки|бы|ны|цы|ты)$")
Terms = Callable[[str], list[str]]


def role_fault(text: str, proofs: Sequence[Proof], gazetteer: Gazetteer, terms: Terms, language: str) -> str | None:
    """Rejects swapped roles: two parties exchanged around a word, or a party with the word that belongs to another.

    Roles are read from word order in English, and from case endings and adpositions in other languages; the words beside a
    party are compared only if all texts are in one language.
    """
    return order_fault(text, proofs, gazetteer, terms, language) or beside_fault(
        text, proofs, gazetteer, terms, language
    )


def order_fault(text: str, proofs: Sequence[Proof], gazetteer: Gazetteer, terms: Terms, language: str) -> str | None:
    """Rejects two parties that changed places around the word between them."""
    if fault := _turned_fault(text, proofs, gazetteer, language):
        return fault
    if any(proof.language != language for proof in proofs):
        return None
    sentence, given = lowered(text), [lowered(proof.text) for proof in proofs]
    if language in {"en", "ru"}:
        there = {triple for each in given for triple in _triples(each, gazetteer, terms, language)}
        for subject, word, thing in sorted(_triples(sentence, gazetteer, terms, language)):
            if (subject, word, thing) not in there and (thing, word, subject) in there:
                return f"{subject} and {thing} the other way round"
    return None


def _turned_fault(text: str, proofs: Sequence[Proof], gazetteer: Gazetteer, language: str) -> str | None:
    """Rejects “A acts on B” if the passages have only “B acts on A”."""
    given = [_orders(lowered(proof.text), gazetteer, proof.language) for proof in proofs]
    there = {pair for each in given for pair in each}
    for who, whom in sorted(_orders(lowered(text), gazetteer, language)):
        if (whom, who) in there and (who, whom) not in there:
            return f"{who} and {whom} the other way round"
    return None


def _orders(folded: str, gazetteer: Gazetteer, language: str) -> set[tuple[str, str]]:
    """(agent, patient) for neighbouring parties of a text."""
    found = set()
    parties = _parties(folded, gazetteer, language)
    for at, (one, other) in enumerate(pairwise(parties)):
        between = folded[one.end : other.start]
        first, second = _side(one), _side(other)
        if first == second or len(between.split()) > MAX_WORDS_BETWEEN or re.search(r"[.;:]", between):
            continue
        if language == "en":
            pair = _english_order(folded, one, other)
        else:
            acted = [_is_patient(folded, each, language) for each in (one, other)]
            plain = language == "ru" and acted == [False, False] and not re.search(r"[,и]\s*$|^\s*и\b", between)
            pair = (0, 1) if plain or acted == [False, True] else (1, 0) if acted == [True, False] else None
        if pair:
            found.add(((first, second)[pair[0]], (first, second)[pair[1]]))
            if pair == (0, 1) and language == "en":
                found |= {(first, _side(each)) for each in _joined_to(parties[at + 1 :], folded)}
    return found


def _joined_to(parties: Sequence[Mention], folded: str) -> Iterator[Mention]:
    """The parties coordinated with the first one: “both Pakistan and the TTP”."""
    for one, other in pairwise(parties):
        if not _JOINED.fullmatch(folded[one.end : other.start]):
            return
        yield other


def _english_order(folded: str, one: Mention, other: Mention) -> tuple[int, int] | None:
    """(0, 1) if the first acts on the second, (1, 0) in the passive (“was asked by”); None if undecided."""
    between = folded[one.end : other.start]
    if (
        re.match(r"['’]s\b", between)
        or not _ACTS.search(between)
        or re.search(r"\b(?:in|at|near|from|between)\s+(?:the\s+)?$", folded[: one.start])
    ):
        return None
    if re.search(r"\b(?:was|were|been|being|is|are)\b", between) and _AGENT.search(between):
        return 1, 0
    return (0, 1) if _ACTS_ON.search(between) else None


def _is_patient(folded: str, mention: Mention, language: str) -> bool:
    before, after = _marks_of_patient(language)
    if before.search(folded[: mention.start]) or after.search(folded[mention.end :]):
        return True
    surface = folded[mention.start : mention.end]
    return language == "ru" and bool(_OBLIQUE.search(surface)) and not _NOMINATIVE_VOWEL.search(surface)


@cache
def _marks_of_patient(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What marks the party that is acted on: before its name, after it."""
    if language not in LANGUAGES:
        return re.compile(_NEVER), re.compile(_NEVER)
    table = word_table(language, "roles", WORD_FILES)
    before, after = "|".join(table.words("before_patient")), "|".join(table.words("after_patient"))
    whole = "" if language == "ru" else r"\b"
    return (
        re.compile(rf"{whole}(?:{before})\s+$" if before else _NEVER),
        re.compile(rf"^\s+(?:{after})\b" if after else _NEVER),
    )


def _side(mention: Mention) -> str:
    return _SIDES.get(mention.entry_id, mention.entry_id)


def _triples(folded: str, gazetteer: Gazetteer, terms: Terms, language: str) -> set[tuple[str, str, str]]:
    """(agent, word between, patient) for neighbouring parties; “by” reverses them."""
    found = set()
    for one, other in pairwise(_parties(folded, gazetteer, language)):
        between = folded[one.end : other.start]
        if _side(one) == _side(other) or len(between.split()) > MAX_WORDS_BETWEEN or re.search(r"[.;:]", between):
            continue
        turned = _AGENT.search(between)
        who, whom = (_side(other), _side(one)) if turned else (_side(one), _side(other))
        said = " ".join(word for word in _WORD.findall(between) if word not in _SAYS_NOTHING)
        found |= {(who, term, whom) for term in terms(said) if len(term) > 3}
    return found


def beside_fault(text: str, proofs: Sequence[Proof], gazetteer: Gazetteer, terms: Terms, language: str) -> str | None:
    """Rejects a party with a word that the passages have only beside another one."""
    if any(proof.language != language for proof in proofs):
        return None
    sentence, given = lowered(text), [lowered(proof.text) for proof in proofs]
    there = {pair for each in given for pair in _beside(each, gazetteer, terms, language)}
    named = {party for each in given for party in (m.entry_id for m in _parties(each, gazetteer, language))}
    for party, side, word in sorted(_beside(sentence, gazetteer, terms, language)):
        others = {other for other, where, term in there if (where, term) == (side, word)}
        if others and party in named and _SIDES.get(party, party) not in {_SIDES.get(other, other) for other in others}:
            return f"{party} with “{word}” of {min(others)}"
    return None


def _beside(folded: str, gazetteer: Gazetteer, terms: Terms, language: str) -> Iterator[tuple[str, str, str]]:
    """(party, before or after, the nearest content word there); verbs of saying are left to the attribution rule."""
    verbs = attribution(language).verbs
    for mention in _parties(folded, gazetteer, language):
        if mention.kind not in {"group", "country"} and mention.entry_id not in _SIDES:
            continue
        after = _WORD.findall(re.sub(r"^['’]s\b", "", folded[mention.end :]))[:PARTY_WORDS]
        before = _WORD.findall(folded[: mention.start])[-PARTY_WORDS:][::-1]
        if _PLACED.search(folded[: mention.start]):
            continue
        passive = "by" in after or "by" in before
        for side, words in (("after", after), ("before", before)) if not passive else ():
            word = next((each for each in words if len(each) > 3 and each not in _SAYS_NOTHING), None)
            if word and not verbs.fullmatch(word):
                yield from ((mention.entry_id, side, term) for term in terms(word))


def _parties(folded: str, gazetteer: Gazetteer, language: str) -> list[Mention]:
    """Parties and places in order; of overlapping mentions the first."""
    found = [each for each in gazetteer.find(folded, language=language) if each.kind in _ACTING]
    found = [each for at, each in enumerate(found) if at == 0 or each.start >= found[at - 1].end]
    return [
        each
        for each, after in zip_longest(found, found[1:])
        if each.kind != "country" or after is None or not _OF_THE_OFFICE.match(folded[each.end : after.start])
    ]
