"""The marked events of an index: those of the shipped library whose statements it holds, chosen by what a question names.

What a person marked is taken as it is: type, who did it, to whom, where and when. Statements of documents that nobody marked
are classified instead (lists.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.answering.events.statement_types import Told
from bot.answering.sides import NEUTRAL
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.listing import ANY, MUTUAL, Listing
from index.normalise import normalise
from index.search import Index
from index.types import Scope
from sources.events import EVENT_TYPES, MarkedEvent, digest, marked_documents, shipped_events

TAKEOVER = "2021-08-15"  # from which day on the Taliban are the government of Afghanistan
FIGURED = frozenset({"returns", "trade", "tally"})  # types that are figures: one of a longer time is none of a shorter
MIN_DAYS_SHARE = 0.45  # share of the days of a figure that must lie in the period that is asked about
SORTS = frozenset({"person", "agreement", "event", "office"})  # names that an event may have in its words alone
OTHER = "other"  # the type of an event that is of no type
BORDER = "durand-line"  # a place of what is closed or opened between the two countries, whichever does it
NEIGHBOURS = frozenset({"pakistan", "afghanistan"})
AT_THE_BORDER = frozenset({"closure", "opening"})
# Names of one side: whoever asks for the first means the others as well.
GOVERNMENTS = ("afghan-republic", "afghan-governments", "mujahideen", "islamic-state-of-afghanistan")
PARTS: Mapping[str, tuple[str, ...]] = {
    "afghanistan": GOVERNMENTS,
    "united-nations": ("security-council", "general-assembly", "unama", "unhcr"),
    "baloch-groups": ("bla", "majeed-brigade"),
    "ttp": ("jamaat-ul-ahrar",),
}
WHOLE: Mapping[str, str] = {
    "security-council": "united-nations", "general-assembly": "united-nations", "unama": "united-nations",
    "isi": "pakistan", "ispr": "pakistan", "foreign-office": "pakistan", "white-house": "united-states",
    "pentagon": "united-states", "cia": "united-states", "islamabad": "pakistan", "new-delhi": "india",
    "washington": "united-states", "beijing": "china", "moscow": "russia", "tehran": "iran",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarkedRows:
    """A marked event with the statements of an index that tell of it, in the order of the mark."""

    event: MarkedEvent
    rows: tuple[Told, ...]


class MarkedEvents:
    """The marked events of an index. Safe to use from several threads; keeps nothing of a question."""

    def __init__(self, index: Index, gazetteer: Gazetteer, told: Sequence[Told]) -> None:
        self._index, self._gazetteer = index, gazetteer
        self._told = told

    @cached_property
    def all(self) -> tuple[MarkedRows, ...]:
        """Every event of which the index holds a statement, oldest first."""
        read = marked_documents()
        held: dict[str, Told] = {}
        for row in self._told:
            said = digest(row.text)
            if row.document.id in read and (said not in held or row.statement.milestone):
                held[said] = row
        events = sorted(shipped_events(), key=lambda event: (event.first, event.last, event.key))
        found = ((event, tuple(held[said] for _, said in event.told if said in held)) for event in events)
        return tuple(MarkedRows(event, _each_once(rows)) for event, rows in found if rows)

    @cached_property
    def _by_words(self) -> Mapping[str, tuple[MarkedRows, ...]]:
        by_words: dict[str, tuple[MarkedRows, ...]] = {}
        for each in self.all:
            for row in each.rows:
                by_words[row.text] = (*by_words.get(row.text, ()), each)
        return by_words

    def told(self, words: str) -> tuple[MarkedRows, ...]:
        """The events of which a statement with these words tells."""
        return self._by_words.get(words, ())

    def has_read(self, document_id: str) -> bool:
        """Whether somebody has read a document for events, so that a statement of it without a mark tells of none."""
        return bool(self.all) and document_id in marked_documents()

    def chosen(self, wanted: Listing, scope: Scope) -> list[MarkedRows]:
        """The events that fit what is wanted and a scope; of each the statements of the scope's parties."""
        kept = []
        for each in self.all:
            if self._fits(each, wanted, scope):
                rows = tuple(row for row in each.rows if not scope.parties or row.statement.party in scope.parties)
                if rows:
                    kept.append(MarkedRows(each.event, rows))
        return kept

    def _fits(self, each: MarkedRows, wanted: Listing, scope: Scope) -> bool:
        event = each.event
        if wanted.type == ANY:
            if "tally" in event.types or set(event.types) <= {"appointment", "returns", "trade"}:
                return False
        elif wanted.type not in event.types:
            return False
        of_this = self._is_of_a_kind(each, wanted) and self._has_words(each, wanted)
        return _in_time(event, scope) and of_this and self._names(each, wanted)

    def _is_of_a_kind(self, each: MarkedRows, wanted: Listing) -> bool:
        return all(self._is_one_of(each, kinds, wanted) for kinds in wanted.must)

    def _is_one_of(self, each: MarkedRows, kinds: frozenset[str], wanted: Listing) -> bool:
        if frozenset(each.event.kinds) & (wanted.names & kinds or kinds):  # who led the ISI led nothing else
            return True
        # Of a kind that is never marked the words of the statement tell.
        unknown = {kind for kind in kinds if not frozenset(self._index.terms(kind)) & self._kinds[wanted.type]}
        return bool(unknown & set(normalise(each.rows[0].text).split()))

    def _names(self, each: MarkedRows, wanted: Listing) -> bool:
        """Whether an event has all that a question names, each in its place: who did it, to whom, where."""
        event = each.event
        by, to, places = (_with_wholes(ids, event) for ids in (event.by, event.to, event.places))
        if wanted.type in MUTUAL:
            # Between two none was a mediator alone, unless it is asked for as such (“mediated by Qatar”).
            helped = to if wanted.type == "talks" and len(wanted.names) == 1 else to & wanted.by
            by = to = by | helped
        if wanted.type in AT_THE_BORDER and BORDER in places:
            places |= NEIGHBOURS - wanted.at
        said = _said(event, wanted.said)
        if wanted.said and not said:
            return False
        for name in wanted.names:
            if wanted.said and name not in wanted.to | wanted.at:
                fits = name in said
            elif name in wanted.by:
                fits = name in by or WHOLE.get(name) in by
            elif name in wanted.to:
                fits = name in to | places
            elif name in wanted.at:
                fits = name in places
            else:
                fits = name in by | to | places or WHOLE.get(name) in by | to
            if not fits and not self._says(each, name):
                return False
        return True

    def _says(self, each: MarkedRows, name: str) -> bool:
        """Whether a person, an agreement or the like is named by the statement that stands for an event."""
        if self._gazetteer[name].kind not in SORTS:
            return False
        return any(mention.entry_id == name for mention in self._gazetteer.find(each.rows[0].text))

    def _has_words(self, each: MarkedRows, wanted: Listing) -> bool:
        if not wanted.words:
            return True
        kinds = frozenset(self._index.terms(" ".join(each.event.kinds).replace("-", " ")))
        own = " ".join([*(row.text for row in each.rows), each.rows[0].passage.heading])
        terms = kinds | frozenset(self._index.terms(own))
        for word in wanted.words:
            said = frozenset(self._index.terms(word.replace("|", " ")))
            if word not in wanted.firm and not said & self._said[wanted.type]:
                continue  # such a word does not tell them apart
            if not said & (kinds if said & self._kinds[wanted.type] else terms):
                return False
        return True

    @cached_property
    def _said(self) -> Mapping[str, frozenset[str]]:
        """The terms of what is said of all events by type."""
        said: dict[str, set[str]] = {of_type: set() for of_type in (*EVENT_TYPES, ANY)}
        for each in self.all:
            terms = self._index.terms(" ".join([*(row.text for row in each.rows), *each.event.kinds]).replace("-", " "))
            for of_type in (*each.event.types, ANY):
                said[of_type].update(terms)
        return {of_type: frozenset(terms) for of_type, terms in said.items()}

    @cached_property
    def _kinds(self) -> Mapping[str, frozenset[str]]:
        """The words of all kinds by type: what a person marked narrows better than the words of a statement."""
        kinds: dict[str, set[str]] = {of_type: set() for of_type in (*EVENT_TYPES, ANY)}
        for event in (each.event for each in self.all):
            for of_type in (*event.types, ANY):
                kinds[of_type].update(event.kinds)
        return {name: frozenset(self._index.terms(" ".join(own).replace("-", " "))) for name, own in kinds.items()}


def sides(rows: Sequence[Told]) -> tuple[Told, ...]:
    """The statement that stands for an event, then one of each side that tells of it besides."""
    lead = rows[0]
    said: dict[str | None, Told] = {}
    for row in rows[1:]:
        if row.statement.party not in NEUTRAL and row.statement.party != lead.statement.party:
            said.setdefault(row.statement.party, row)
    return (lead, *said.values())


def _each_once(rows: Iterable[Told]) -> tuple[Told, ...]:
    return tuple({row.text: row for row in rows}.values())


def _with_wholes(ids: Iterable[str], event: MarkedEvent) -> frozenset[str]:
    """Ids with the names of those to whom they belong; since the takeover the Taliban are Afghanistan."""
    own = set(ids)
    own |= {whole for whole, parts in PARTS.items() if own & set(parts)}
    if "taliban" in own and event.last >= TAKEOVER:
        own.add("afghanistan")
    return frozenset(own)


def _said(event: MarkedEvent, said: str) -> frozenset[str]:
    """Who claimed or denied an event, or was blamed for it; a claim of a part is none of the whole that denies it."""
    whose = {"claimed": event.claimed, "denied": event.denied, "blamed": event.blamed}.get(said, ())
    return _with_wholes(whose, event) - (frozenset(event.denied) if said == "claimed" else frozenset())


def _in_time(event: MarkedEvent, scope: Scope) -> bool:
    since, until = scope.since or event.first, scope.until or event.last
    if event.types[0] not in FIGURED:
        return event.first <= until and event.last >= since
    inside = _days(max(event.first, since), min(event.last, until))
    return inside >= MIN_DAYS_SHARE * _days(event.first, event.last)


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
