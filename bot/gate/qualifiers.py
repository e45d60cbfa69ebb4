"""Qualifier rule: words that change extent, certainty, cause or time must be neither dropped nor added.

The tables are in qualifying.toml. The sentence and each passage are matched in their own language, so translations are
checked, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.gate import WORD_FILES
from bot.gate.cited import Proof
from bot.nlp.attribution import attribution
from bot.nlp.quantities import Number, numbers
from bot.nlp.word_lists import word_table, words_of_all
from index.normalise import normalise
from sources.parties import LANGUAGES

_TABLES = Path(__file__).with_name("qualifying.toml")
BOUND_WORDS = 3  # beside a number: its bound is sought there
GOVERNED_WORDS = 3  # beside a qualifier: its scope
MIN_CLAUSE_SHARE = 0.4  # a clause counts as restated from this fraction of the words that the best one shares
MIN_CONDITION_SHARE = 0.5  # a conditional statement counts as restated from this fraction of its words
MAX_TRANSLATED_WORDS = 30  # of a clause that is taken to be restated as a whole in another language
Terms = Callable[[str], list[str]]
_YEARS = frozenset(map(float, range(1800, 2101)))
_TO_DO = re.compile(r"(?:[\s,]{1,3}[^\s,]{1,30}){0,4}?\s{1,3}to\s{1,3}([a-z]{1,30})")
_ENGLISH = word_table("en", "qualifiers", WORD_FILES)
_PERIOD = re.compile(rf"(?:{'|'.join(_ENGLISH.words('periods'))})\b")
_AFTER_NUMBER = re.compile(rf"[,.;،۔]|\b(?:{'|'.join(words_of_all('clauses', 'and', WORD_FILES))})\b")
_NEVER = re.compile(r"(?!)")
_SENTENCE = re.compile(r"(?<=[.!?۔؟])\s+")
_CLAUSE = re.compile(
    "|".join(("[,;:،؛()—–]", *(rf"\b{word}\b" for word in words_of_all("clauses", "qualifier", WORD_FILES))))
)
_COORDINATE = re.compile(
    rf";|(?:,|،)\s+(?:{'|'.join(words_of_all('clauses', 'coordinate', WORD_FILES))})\s"
    rf"|\sand\s(?=(?:{'|'.join(word_table('en', 'clauses', WORD_FILES).words('coordinate_verbs'))})\b)|(?<=[.!?۔؟])\s+"
)
_PURPOSE = re.compile(r"\bto ([a-z]{3,})\b")
_NO_PURPOSE = re.compile(rf"\b(?:{'|'.join(_ENGLISH.words('no_purpose'))})\b")
_MANNER = re.compile(r"\b[a-z]{3,}ly\b")
_NO_MANNER = frozenset(_ENGLISH.words("no_manner"))


@dataclass(frozen=True, slots=True)
class _Tables:
    """The patterns of one language, by table and row."""

    bound: Mapping[str, re.Pattern[str]]
    kept: Mapping[str, re.Pattern[str]]
    added: Mapping[str, re.Pattern[str]]
    answered: Mapping[str, re.Pattern[str]]
    thing: Mapping[str, re.Pattern[str]]


def qualifier_faults(text: str, proofs: Sequence[Proof], terms: Terms, language: str) -> dict[str, str]:
    """The faults found, by table row: a bound, hedge, condition, part or intention of the passages that is dropped, or a
    cause, motive, superlative, time, judgement or actor that no passage has."""
    sentence = normalise(text)
    found: dict[str, str] = {}
    if bound := _bound_fault(sentence, proofs, language):
        found["bound"] = bound
    for name, fault in (
        *_added(sentence, proofs, terms, language),
        *_invented_english(sentence, proofs, terms, language),
        *_lost(sentence, proofs, terms, language),
    ):
        found.setdefault(name, fault)
    return found


# bounds of numbers


def _bound_fault(sentence: str, proofs: Sequence[Proof], language: str) -> str | None:
    given: dict[float, list[set[str]]] = {}
    for proof in proofs:
        for number in numbers(proof.folded):
            for reading in number.readings:
                given.setdefault(reading, []).append(_bounds(proof.folded, number, proof.language))
    for number in numbers(sentence):
        if number.readings & _YEARS:
            continue
        theirs = [bounds for reading in number.readings for bounds in given.get(reading, [])]
        mine, written = _bounds(sentence, number, language), sentence[number.start : number.end]
        if not theirs or any(_same_bound(mine, bounds) for bounds in theirs):
            continue
        return f"bound of {written} is lost" if not mine else f"bound of {written} is another"
    return None


def _same_bound(mine: set[str], theirs: set[str]) -> bool:
    """“About” may be added; any other bound must be kept."""
    return bool(mine & theirs) or (not theirs and mine <= {"about"})


def _bounds_it(between: list[str]) -> bool:
    """Whether a bound applies to the number: “fewer than 506”, not “fewer than the 506”."""
    return len(between) <= 1 and between not in (["the"], ["those"], ["these"])


def _bounds(folded: str, number: Number, language: str) -> set[str]:
    before = " ".join(folded[: number.start].split()[-BOUND_WORDS:])
    after = " ".join(_AFTER_NUMBER.split(folded[number.end :])[0].split()[:BOUND_WORDS])
    if _PERIOD.match(after):  # “over six months” may mean during, not more than
        before = before.removesuffix(" over")
    found = set()
    for name, pattern in tables(language).bound.items():
        near = [match for match in pattern.finditer(before) if _bounds_it(before[match.end() :].split())]
        if near or (language in {"ur", "fa", "ps"} and pattern.search(after)):
            found.add(name)
    return found - {"about"} or found


# added qualifiers

_BY_WORD = frozenset({"motive", "judgement", "superlative"})


def _added(sentence: str, proofs: Sequence[Proof], terms: Terms, language: str) -> Iterator[tuple[str, str]]:
    own = tables(language)
    evidence = [(f"{proof.head.lower()} {normalise(proof.title)} {proof.folded}", proof.language) for proof in proofs]
    for name, pattern in own.added.items():
        if name in {"after", "before"} and len(proofs) > 1:
            continue  # the dates of the passages give their order
        for match in pattern.finditer(sentence):
            if (
                name == "all"
                and not match.group().endswith("ly")
                and not _of_the_same(sentence, match, pattern, proofs, terms, language)
            ):
                yield "added all", f"all “{match.group()}” is of another thing"
                continue
            if not any(_has(match.group(), name, words, other, language) for words, other in evidence) and not any(
                _same_told(name, proof) for proof in proofs
            ):
                yield f"added {name}", f"{name} “{match.group()}” is in no passage"
    for name, pattern in own.thing.items():
        found = pattern.search(sentence)
        if (
            found
            and not any(tables(other).thing[name].search(words) for words, other in evidence)
            and not any(_same_told(name, proof) for proof in proofs)
        ):
            yield "added thing", f"“{found.group()}” is in no passage"


def _of_the_same(
    sentence: str, match: re.Match[str], pattern: re.Pattern[str], proofs: Sequence[Proof], terms: Terms, language: str
) -> bool:
    """Whether a passage says “all” of the same thing as the sentence; True if this cannot be judged."""
    if any(proof.language != language for proof in proofs):
        return True
    held = [
        {*_content(proof.folded[found.end() :], terms)[:GOVERNED_WORDS]}
        for proof in proofs
        for found in pattern.finditer(proof.folded)
    ]
    things = set(_content(_CLAUSE.split(sentence[match.end() :])[0], terms)[:2])
    return not held or not things or any(things & each for each in held)


def _same_told(name: str, proof: Proof) -> bool:
    """Whether a passage may express the same qualifier in other words."""
    answers = tables(proof.language).answered
    return name in answers and bool(answers[name].search(proof.folded))


def _has(phrase: str, name: str, words: str, other: str, language: str) -> bool:
    if name in _BY_WORD and other == language:
        word = max(phrase.replace("time", "").split(), key=len)  # “for the first time” is “first”
        return word[: max(4, len(word) - 4)] in words
    return bool(tables(other).added[name].search(words))


def _invented_english(sentence: str, proofs: Sequence[Proof], terms: Terms, language: str) -> Iterator[tuple[str, str]]:
    """Manners and purposes that no passage has; only if all texts are English."""
    if language != "en" or any(proof.language != "en" for proof in proofs):
        return
    evidence = " ".join(f"{proof.folded} {normalise(proof.title)}" for proof in proofs)
    held = set(terms(evidence))
    for match in _MANNER.finditer(sentence):
        if match.group() not in _NO_MANNER and match.group()[: max(4, len(match.group()) - 3)] not in evidence:
            yield "invented", f"manner “{match.group()}” is in no passage"
    for match in _PURPOSE.finditer(sentence):
        verb = terms(match[1])
        clause = _CLAUSE.split(sentence[: match.start()])[-1]
        if verb and not set(verb) & held and not _NO_PURPOSE.search(clause):
            yield "invented", f"purpose “{match.group()}” is in no passage"


# dropped qualifiers


def _lost(sentence: str, proofs: Sequence[Proof], terms: Terms, language: str) -> Iterator[tuple[str, str]]:
    for proof in proofs:
        same = proof.language == language
        if not same and (fault := _denial_fault(sentence, proof, language)):
            yield "lost denial", fault
        for part in _told(sentence, proof, terms, same=same):
            yield from _lost_of(sentence, part, proof.language, terms, language, same=same)


def _told(sentence: str, proof: Proof, terms: Terms, *, same: bool) -> list[str]:
    """The clauses of a passage that a sentence restates: those that share most words; across languages see `_shared`."""
    parts = [part for part in _SENTENCE.split(proof.text) if part.strip()]
    if not same:
        return _shared(sentence, [piece for part in parts for piece in _COORDINATE.split(normalise(part))])
    said = set(terms(sentence))
    shares = [len(said & set(terms(part))) for part in parts]
    told = [normalise(part) for part, share in zip(parts, shares, strict=True) if share and share == max(shares)]
    pieces = [piece for part in told for piece in _COORDINATE.split(part)]
    shares = [len(said & set(terms(piece))) for piece in pieces]
    return [piece for piece, share in zip(pieces, shares, strict=True) if share >= MIN_CLAUSE_SHARE * max(shares)]


def _shared(sentence: str, pieces: Sequence[str]) -> list[str]:
    """Across languages: the clauses that share with the sentence a thing or number that no other clause of the passage has."""
    if len(pieces) == 1:
        return list(pieces)
    said = _anchors(sentence)
    each = [_anchors(piece) for piece in pieces]
    return [
        piece
        for at, piece in enumerate(pieces)
        if said & each[at] - set().union(*(other for place, other in enumerate(each) if place != at))
    ]


def _anchors(text: str) -> set[object]:
    found: set[object] = {value for number in numbers(text) for value in number.readings}
    for language in LANGUAGES:
        found |= {name for name, pattern in tables(language).thing.items() if pattern.search(text)}
    return found


def _denial_fault(sentence: str, proof: Proof, language: str) -> str | None:
    """Across languages: rejects a sentence without a negation if a clause that it restates has one."""
    pieces = _shared(sentence, [piece for piece in _COORDINATE.split(proof.folded) if piece.strip()])
    denied = next((match for piece in pieces if (match := attribution(proof.language).negations.search(piece))), None)
    if denied and not attribution(language).negations.search(sentence):
        return f"“{denied.group()}” is lost"
    return None


def _lost_of(
    sentence: str, part: str, theirs: str, terms: Terms, language: str, *, same: bool
) -> Iterator[tuple[str, str]]:
    said, own, other = set(terms(sentence)), tables(language), tables(theirs)
    for name, pattern in other.kept.items():
        if (
            own.kept[name].search(sentence)
            or (name == "denial" and attribution(language).negations.search(sentence))
            or (name == "hedge" and _attributed(sentence, own, language))
            or (
                name in {"chance", "intent"}
                and (own.kept["chance"].search(sentence) or own.kept["intent"].search(sentence))
            )
        ):
            continue
        for match in pattern.finditer(part):
            if _bound_of_number(part, match):
                continue
            if _stays(name, part, match, said, terms, same=same):
                yield f"lost {name}", f"“{match.group()}” is lost"


def _attributed(sentence: str, own: _Tables, language: str) -> bool:
    """Whether the sentence marks hearsay by an attribution, a hedge or a word of possibility."""
    words = attribution(language)
    told = words.verbs.search(sentence) or words.sources.search(sentence) or words.agents.search(sentence)
    return bool(told or own.kept["hedge"].search(sentence) or own.kept["chance"].search(sentence))


def _bound_of_number(part: str, match: re.Match[str]) -> bool:
    return bool(re.match(r"\s*(?:of\s+)?\d", part[match.end() :]))


def _stays(name: str, part: str, match: re.Match[str], said: set[str], terms: Terms, *, same: bool) -> bool:
    """Whether the sentence restates what a qualifier governs; across languages a short clause is taken to be restated."""
    if not same:
        return name in {"condition", "hedge", "only", "intent", "denial"} and len(part.split()) <= MAX_TRANSLATED_WORDS
    after = _CLAUSE.split(part[match.end() :])[0]
    before = _CLAUSE.split(part[: match.start()])[-1]
    if name == "condition":
        rest = set(terms(part[: match.start()] + part[match.end() + len(after) :]))
        return bool(rest) and len(rest & said) >= MIN_CONDITION_SHARE * len(rest)
    near = _content(after, terms)[:GOVERNED_WORDS]
    if name == "intent" and (meant := _TO_DO.match(after)):
        near = terms(meant[1])  # “asked Pakistan to forbid it” is about forbidding
    if name in {"only", "hedge", "chance", "denial", "doubt"}:
        near += _content(before, terms)[-2:]
    elif not near:
        near = _content(before, terms)[-GOVERNED_WORDS:]
    return bool(set(near[:1] if name == "intent" else near) & said)


def _content(text: str, terms: Terms) -> list[str]:
    return [term for term in terms(text) if len(term) > 3]


@cache
def tables(language: str) -> _Tables:
    """The patterns of a language, or those of English if it has none."""
    read = _read()
    known = language if language in LANGUAGES else "en"
    return _Tables(
        **{
            table: {name: _compiled(row[known]) for name, row in read[table].items()}
            for table in ("bound", "kept", "added", "answered", "thing")
        }
    )


@cache
def _read() -> dict[str, dict[str, dict[str, list[str] | str]]]:
    import tomllib

    read: dict[str, dict[str, dict[str, list[str] | str]]] = tomllib.loads(_TABLES.read_text(encoding="utf-8"))
    return read


def _compiled(words: list[str] | str) -> re.Pattern[str]:
    # Spelled as `normalise` writes letters; it would change \W and the like, but the tables have none.
    pattern = words if isinstance(words, str) else "|".join(words)
    return re.compile(rf"(?<!\w)(?:{normalise(pattern)})(?!\w)") if pattern else _NEVER
