"""Checks quotations (“Did X say Y?”) against the nearest statement: said, said otherwise, or not held.

The verdict is strict in one direction: words count as said only if nothing but function words, inflections or misspellings
differ. A different figure, name, negation or speaker is always “said otherwise”. Words that the library does not hold
are never called false.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain, pairwise

from bot.answering.answer import Citation, Claim
from bot.answering.answerer import Answerer
from bot.answering.articles import Articles
from bot.answering.candidates import Candidate, of_passage
from bot.answering.citing import cite, claim
from bot.answering.quotes.alignment import Alignment, Edit, Token, align, tokens
from bot.errors import QuestionError
from bot.nlp.attribution import attribution, lowered
from bot.nlp.names.gazetteer import SPECIFIC
from bot.nlp.quantities import Day, days, numbers
from bot.nlp.word_lists import STOP, word_table
from bot.question.input import read_question
from bot.question.query import Asked, understand
from index.build.sentences import split_sentences
from index.normalise import normalise
from index.search import Index
from sources.errors import PartyError
from sources.parties import LANGUAGES, Parties

MIN_WORDS = 3  # words of the shortest quotation that can be checked
MAX_HITS = 20
MAX_SENTENCES = 5  # of a message that are checked
MAX_ALIGNED = 12  # statements that the words are aligned with
MIN_HELD_SHARE = 0.6  # share of the words' weight that a statement must contain to be compared
SAME_MATTER_COSINE = 0.86  # cosine from which a statement with all figures and names tells of the same matter
SAME_NAMES_COSINE = 0.9  # the same where there are names alone
MAX_SLIPS = 3  # small differences with which the words still count as said
MAX_SLIP_SHARE = 0.25  # of the words
MIN_MISSPELLING_LETTERS = 6  # letters of the shortest word that may be misspelt
SAID, OTHERWISE, NOT_HELD = "said", "otherwise", "not_held"
_BEFORE_S = re.compile(r"\b\w+['’]$")  # before the “s” of a genitive, which is a token of its own
_SMALL = frozenset(word_table("en", "quotation").words("small"))


@cache
def _takes_back() -> re.Pattern[str]:
    """Words outside the quoted span that deny what it says, or leave it open; those of English are whole words."""
    english, *others = (word_table(code, "quotation").words("takes_back") for code in LANGUAGES)
    return re.compile("|".join((rf"\b(?:{'|'.join(english)})\b", *chain(*others))), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between the quoted words and those of the statement; either may be empty.

    kind: `small`, `slip` (spelling or inflection), `changed`, `speaker`, or `taken_back` (the words are held, but the
    sentence around them denies them or leaves them open).
    """

    kind: str
    asked: str
    said: str


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """The result of checking quoted words. verdict: said, otherwise, not_held.

    `exact`: said word for word. `claim` and `citation` are the nearest statement (for `not_held`, too, if there is
    one); `span` holds the offsets in the claim's text that match. `speaker` is the one asked about.
    """

    words: str
    language: str
    verdict: str
    exact: bool = False
    claim: Claim | None = None
    citation: Citation | None = None
    span: tuple[int, int] | None = None
    differences: tuple[Difference, ...] = ()
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    row: Candidate
    alignment: Alignment
    differences: tuple[Difference, ...]
    span: tuple[int, int]
    held: float
    """The share of the words that it contains: by weight in any order, or in the same order."""

    @property
    def said(self) -> bool:
        return all(each.kind in {"small", "slip"} for each in self.differences)


def check_quote(answerer: Answerer, parties: Parties, raw: str, speaker: str | None = None) -> QuoteCheck:
    """Check whether the library holds that somebody said these words; raises QuestionError if they are too few or no text."""
    words = read_question(raw).strip("\"“”«»„' ")
    index = answerer.index
    asked = _asked(answerer, words)
    quoted = tokens(words)
    if len(quoted) < MIN_WORDS:
        raise QuestionError(f"Give at least {MIN_WORDS} words of what was said.")
    rows = _nearest(answerer, asked)
    matches = [_match(index, words, quoted, row, asked.language) for row in rows]
    who = _Speaker.of(answerer, parties, speaker) if speaker else None
    said = [match for match in matches if match.said]
    if who is not None:
        fitting = [match for match in said if who.speaks(answerer, match.row)]
        said = fitting or [_by_another(match, speaker or "") for match in said]
    best = max(
        said or matches,
        key=lambda match: (match.said, -len(match.differences) if match.said else 0, match.held, match.row.cosine),
        default=None,
    )
    if best is None:
        return QuoteCheck(words, asked.language, NOT_HELD, speaker=speaker)
    # Other words of somebody else are not what was asked about.
    other_words = any(each.kind == "changed" for each in best.differences)
    elsewhere = who is not None and other_words and not who.speaks(answerer, best.row)
    held = best.held >= MIN_HELD_SHARE
    if not best.said and not held and (alike := _same_matter(answerer, words, matches)):
        best, held = alike, True
        elsewhere = who is not None and not who.speaks(answerer, best.row)
    verdict = SAID if best.said else OTHERWISE if held and not elsewhere else NOT_HELD
    return QuoteCheck(
        words,
        asked.language,
        verdict,
        exact=best.said and not best.differences,
        claim=claim(best.row, 1),
        citation=cite(best.row, 1),
        span=best.span if verdict != NOT_HELD else None,
        differences=best.differences if verdict != NOT_HELD else (),
        speaker=speaker,
    )


def _same_matter(answerer: Answerer, words: str, matches: Sequence[_Match]) -> _Match | None:
    """The statement that tells in other words of the same matter: all figures and names of the words are in it."""
    figures, told = [number.readings for number in numbers(normalise(words))], days(normalise(words))
    names = _named(answerer, words)
    least = SAME_MATTER_COSINE if figures or told else SAME_NAMES_COSINE
    for match in sorted(matches, key=lambda each: -each.row.cosine):
        text = match.row.text
        own = {reading for number in numbers(normalise(text)) for reading in number.readings}
        own_days = days(normalise(text))
        party, speaker = match.row.voice
        there = _named(answerer, f"{text} {speaker or ''} {match.row.passage.heading}") | {party or ""}
        same = all(each & own for each in figures) and all(
            any(_may_be(day, other) for other in own_days) for day in told
        )
        if same and match.row.cosine >= least and names <= there and (names or figures):
            return replace(match, differences=(Difference("changed", words, text),), span=(0, len(text)))
    return None


def _may_be(day: Day, other: Day) -> bool:
    """Whether a date that is told less exactly may be another one."""
    return day.month == other.month and day.day in {None, other.day} and day.year in {None, other.year}


def _named(answerer: Answerer, text: str) -> set[str]:
    """The persons, places and groups that a text names; a country's capital may stand for it."""
    kinds = {*SPECIFIC, "country"}
    return {mention.entry_id for mention in answerer.gazetteer.find(text) if mention.kind in kinds}


def check_message(answerer: Answerer, parties: Parties, raw: str) -> list[QuoteCheck]:
    """Check a whole message, or its first sentences if the library does not hold it as a whole."""
    whole = check_quote(answerer, parties, raw)
    text = read_question(raw)
    parts = [text[start:end] for start, end in split_sentences(text, whole.language)]
    parts = [part for part in parts if len(tokens(part)) >= MIN_WORDS]
    if whole.verdict == SAID or len(parts) < 2:
        return [whole]
    return [check_quote(answerer, parties, part) for part in parts[:MAX_SENTENCES]]


def _asked(answerer: Answerer, words: str) -> Asked:
    index = answerer.index
    return understand(
        words,
        gazetteer=answerer.gazetteer,
        known=index.knows,
        languages=index.languages(),
        today=date.today(),
        single=True,
    )


def _nearest(answerer: Answerer, asked: Asked) -> list[Candidate]:
    """The statements most similar to the words, with their speakers, and pairs of neighbours for quotations that span a full stop."""
    index = answerer.index
    hits = index.search(asked.question, MAX_HITS)
    near = (*index.by_words(asked.question, MAX_HITS), *index.nearest_sentences(asked.question, MAX_HITS))
    distinct = {passage.id: passage for passage in (*(hit.passage for hit in hits), *near)}.values()
    rows = [row for passage in distinct for row in of_passage(index, asked, passage)]
    words = frozenset(index.terms(asked.question))
    best = sorted(rows, key=lambda row: -_held(index, words, row.text))[:MAX_ALIGNED]
    nearest = sorted(rows, key=lambda row: -row.cosine)[: MAX_ALIGNED // 2]
    chosen = list({row.place: row for row in (*best, *nearest)}.values())
    return Articles(index, answerer.gazetteer).rows([*chosen, *_pairs(rows, chosen)])


def _pairs(rows: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    """Each chosen statement joined with the next one in the same passage and of the same voice."""
    places = {row.place for row in chosen}
    neighbours = [(one, other) for one, other in pairwise(rows) if one.passage.id == other.passage.id]
    return [
        replace(one, end=other.end)
        for one, other in neighbours
        if one.statement is None and one.voice == other.voice and {one.place, other.place} & places
    ]


def _held(index: Index, words: frozenset[str], text: str) -> float:
    """The share of the words that a text contains, weighted by rarity."""
    total = sum(index.rarity(term) for term in words if term not in STOP)
    there = words & frozenset(index.terms(text))
    return sum(index.rarity(term) for term in there if term not in STOP) / total if total else 0.0


def _match(index: Index, words: str, quoted: Sequence[Token], row: Candidate, language: str) -> _Match:
    text = row.text
    own = tokens(text)
    found = align(quoted, own)
    stretch = own[found.first : found.last]
    span = (stretch[0].start, stretch[-1].end) if stretch else (0, 0)
    differences = [_difference(index, edit, words, text) for edit in found.edits]
    small = sum(each.kind in {"small", "slip"} for each in differences)
    if small > MAX_SLIPS or small > MAX_SLIP_SHARE * len(quoted):
        differences = [Difference("changed", each.asked, each.said) for each in differences]
    if around := _taken_back(text, span, row.document.language):
        differences.append(Difference("taken_back", "", around))
    kept = 1 - sum(max(len(edit.asked), len(edit.said)) for edit in found.edits) / len(quoted)
    held = max(kept, _held(index, frozenset(index.terms(words)), text))
    return _Match(row, found, tuple(differences), span, held)


def _difference(index: Index, edit: Edit, words: str, text: str) -> Difference:
    asked, said = _words_of(words, edit.asked), _words_of(text, edit.said)
    if all(token.form in _SMALL for token in (*edit.asked, *edit.said)):
        return Difference("small", asked, said)
    same = len(edit.asked) == len(edit.said) and all(
        _is_slip(index, one, other, text) for one, other in zip(edit.asked, edit.said, strict=True)
    )
    return Difference("slip" if same else "changed", asked, said)


def _words_of(text: str, some: Sequence[Token]) -> str:
    """What a text has for some tokens, whole: “Pakistan's”, not “s”."""
    if not some:
        return ""
    return text[len(_BEFORE_S.sub("", text[: some[0].start])) : some[-1].end]


def _is_slip(index: Index, asked: Token, said: Token, text: str) -> bool:
    """Whether two words are inflections of one word, or one is a misspelling unknown to the library. Never a number or a name."""
    if asked.form == said.form or (asked.form in _SMALL and said.form in _SMALL):
        return True
    if any(char.isdigit() for char in asked.form + said.form) or not (asked.form.isalpha() and said.form.isalpha()):
        return False
    if index.terms(asked.form) == index.terms(said.form):
        return True
    if (
        text[said.start].isupper()
        or min(len(asked.form), len(said.form)) < MIN_MISSPELLING_LETTERS
        or asked.form[:3] != said.form[:3]
    ):
        return False
    return not index.knows(asked.form) and _one_letter_apart(asked.form, said.form)


def _one_letter_apart(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(longer) == len(shorter):
        return shorter[at + 1 :] == longer[at + 1 :] or (
            shorter[at : at + 2] == longer[at : at + 2][::-1] and shorter[at + 2 :] == longer[at + 2 :]
        )
    return len(longer) == len(shorter) + 1 and shorter[at:] == longer[at + 1 :]


def _taken_back(text: str, span: tuple[int, int], language: str) -> str:
    """The word outside the span that denies its content or leaves it open; empty if there is none."""
    for part in (text[: span[0]], text[span[1] :]):
        found = _takes_back().search(part) or attribution(language).negations.search(lowered(part))
        if found:
            return found.group()
    return ""


def _by_another(match: _Match, speaker: str) -> _Match:
    party, name = match.row.voice
    other = Difference("speaker", speaker, name or party or "")
    return replace(match, differences=(*match.differences, other))


@dataclass(frozen=True, slots=True)
class _Speaker:
    """The speaker asked about: a party, or the words of a name."""

    party: str | None
    things: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, answerer: Answerer, parties: Parties, name: str) -> _Speaker:
        """Raises QuestionError if the name contains no word."""
        words = frozenset(re.findall(r"[^\W\d_]{2,}", normalise(name))) - STOP
        if not words:
            raise QuestionError("speaker: name a person or a party, for example Taliban.")
        try:
            party = parties.find(name).id
        except PartyError:
            party = None
        found = answerer.gazetteer.find(name)
        return cls(party, frozenset(each.entry_id for each in found if each.kind == "person"), words)

    def speaks(self, answerer: Answerer, row: Candidate) -> bool:
        """Whether a statement is by this speaker: of the party, or of a person of that name."""
        party, speaker = row.voice
        if self.party is not None and not self.things:
            return party == self.party
        if not speaker:
            return False
        theirs = {each.entry_id for each in answerer.gazetteer.find(speaker) if each.kind == "person"}
        return bool(self.things & theirs) or self.words <= frozenset(re.findall(r"[^\W\d_]{2,}", normalise(speaker)))
