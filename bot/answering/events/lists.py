"""Lists and counts over the library: the statements of a type that a question or a timeline wants, grouped into events.

An event is told by several statements, of both sides often; it is counted once, each side's words stay apart, and figures are
never added up. What is counted is what the library holds, which is said with every count.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from bot.answering.candidates import Candidate, overlaps
from bot.answering.events.marked import TAKEOVER, MarkedEvents, MarkedRows, sides
from bot.answering.events.statement_types import StatementTypes, Told
from bot.answering.sides import NEUTRAL
from bot.errors import QuestionError
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.quantities import dated, days, numbers
from bot.question.listing import ANY, Listing, listing, listing_of
from bot.question.query import Asked
from index.normalise import normalise
from index.search import Index
from index.types import Scope
from sources.events import marked_documents

EXACT_DAYS = 3  # days that an event may last and still have its day
NEIGHBOUR_DAYS = 1  # days between two statements that tell of one event
DUPLICATE_WORD_SHARE = 0.6  # share of words from which two statements say the same
MAX_SPAN_DAYS = 40  # days that a statement may span and still tell of one event
MAX_DAYS_BEFORE = 500  # days that an event may lie before the day on which something is said of it
MIN_RIVAL_RATIO = 0.95  # of the likeliest kind of event: less likely, a statement is no event of this kind
NARROWED_RATIO = 1.0  # of the least probability of a type
HOLDER_CHARS = 45  # characters between whose office it is and the office
PAIRED = frozenset({"pakistan", "afghanistan", "taliban"})
LASTING = frozenset(
    {"appointment", "statement", "returns", "trade"}
)  # types of what is no event: each statement stands alone
BESIDE_DATE_CHARS = 40  # characters before a date that may name what happened on it
NOUNS = {
    "strike": r"strikes?\b|raids?\b|bomb", "attack": r"attack|bomb|clash|fight|fired|firing", "agreement": r"agree|ceasefire|truce"
    r"|accord|deal\b|signed", "closure": r"clos|shut|stopped", "talks": r"talks|met\b|meeting|visit|round|session",
}  # fmt: skip
FIGURED = frozenset({"returns", "trade"})  # types that are figures
_REACTS = re.compile(
    r"\b(condemn|critici|denounc|blam|accus|warn|reject|protest|dismay|concern|denie|summon|comment|urge|welcom|demand)"
)
_ACTS_ITSELF = re.compile(
    r"\b(it|they)( had)? (hit|struck|launched|fired|carried out)\b|\bits (drones|forces|aircraft)\b|\bof theirs\b"
)
_AFTERMATH = re.compile(r"\b(toll|corrected|condemned|responsibility|blamed|count|counted|mourn|funeral)\b")
AFTERMATH_DAYS = 7  # in which what is said of an event in the same place is no event of its own
WORDED_RATIO = 0.75  # the same for the words that the kind asked for must have, where nothing counts several
UNLESS = frozenset({"strike", "attack", "closure"})  # types of which somebody is the doer
CLASSIFIED_ALONE = frozenset({"statement"})  # types that no mark tells: who speaks stands before every statement
# What the classifier tells of a type that it was not fitted on: the nearest, and words that a statement must have.
HELP: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "clash": ("attack", ("clash", "clashes", "fighting", "fought", "fired", "firing", "fire")),
    "killing": ("attack", ("killed", "killing", "assassinat", "murder", "shot")),
    "operation": ("attack", ("operation", "offensive", "campaign")),
    "closure": ("closure", ("closed", "shut", "closing", "closure", "stopped")),
    "opening": ("closure", ("opened", "reopened", "opening")),
}
BETWEEN = frozenset({"agreement", "talks"})  # types whose parties are those that are named
NAMESAKE = "ttp"  # whose agreements are not those of the Taliban


@dataclass(frozen=True, slots=True)
class Event:
    """What several statements tell of: its first day (ISO), and the statements, that of nobody's side first.

    `date` is the day or days as EDTF, where a person marked them.
    """

    day: str
    rows: tuple[Told, ...]
    date: str | None = None
    milestone: bool = False


class Lists:
    """Selects and groups the statements of an index. Safe to use from several threads; keeps nothing of a question."""

    def __init__(self, index: Index, gazetteer: Gazetteer) -> None:
        self._index, self._gazetteer = index, gazetteer
        self.types = StatementTypes(index)

    @cached_property
    def marked(self) -> MarkedEvents:
        """The events of the shipped library that somebody marked."""
        return MarkedEvents(self._index, self._gazetteer, [row for row, _ in self.types.rows])

    def wanted(self, asked: Asked) -> Listing | None:
        """What a question wants listed, None where it wants no list."""
        named = self._gazetteer.find(asked.normal)
        return listing(asked.normal, asked.language, named, asked.time.text, self._index, asked.lookup)

    def events(self, wanted: Listing, scope: Scope) -> list[Event]:
        """The events that are wanted and dated inside a scope, oldest first: the marked ones, and those told by other documents."""
        marked = [] if wanted.type in CLASSIFIED_ALONE else self.marked.chosen(wanted, scope)
        leads = _each_lead(marked)
        made = [
            Event(each.event.first, shown, each.event.day, any(row.statement.milestone for row in each.rows))
            for each, shown in (_each_holder(leads) if wanted.type == "appointment" else _each_with_sides(leads))
        ]
        return sorted([*made, *self._classified(wanted, scope)], key=lambda event: (event.day, event.date or ""))

    def _classified(self, wanted: Listing, scope: Scope) -> list[Event]:
        """The events of documents that nobody marked, by the classifier."""
        named, helped = HELP.get(wanted.type, (wanted.type, ()))
        asked = replace(wanted, type=named)
        # What a question narrows by names or words is right more often than the type alone tells.
        least = WORDED_RATIO if (asked.must or helped) and named in NOUNS else 1.0
        least = min(least, NARROWED_RATIO) if asked.names - PAIRED or asked.words else least
        rows = {
            row: types.get(named, 1.0)
            for row, types in self._unmarked(named)
            if (named == ANY or _is_of(types, named, least) or self._speaks(row, asked))
            and self._fits(row, asked, scope)
            and (not helped or _place_of_any(normalise(row.text), helped) >= 0)
        }
        return self.grouped(rows, named, named=asked.names)

    def _unmarked(self, of_type: str) -> Iterator[tuple[Told, dict[str, float]]]:
        """The statements of documents that nobody marked; of a type that is told by the speaker alone every statement."""
        read = frozenset() if of_type in CLASSIFIED_ALONE else marked_documents()
        return ((row, types) for row, types in self.types.rows if row.document.id not in read)

    def is_marked(self, events: Sequence[Event]) -> bool:
        """Whether a person marked one of these events."""
        return any(event.date for event in events)

    def timeline(self, words: str, of_type: str | None, scope: Scope) -> list[Event]:
        """The events that words, type and scope name, oldest first; without words and type the milestones of the briefs.

        QuestionError where a type is named and none can be told, and for whatever anybody said at any time.
        """
        if of_type is not None and not self.types.known and not self.marked.all:
            raise QuestionError("type: types are known with the shipped model only; leave it out.")
        words = self.spelt(words)
        if of_type in CLASSIFIED_ALONE and not words.strip() and not scope:
            raise QuestionError("type: nearly all of the library is a statement; say whose, about what or when.")
        if not words.strip() and of_type is None:
            return self.milestones(self.events(Listing(ANY), scope))
        typed = self.types.known or bool(self.marked.all)
        return self.events(listing_of(words, of_type, self._gazetteer.find(words), self._index, typed=typed), scope)

    def spelt(self, words: str) -> str:
        """Words of a timeline with the misspelt names put right."""
        pairs = ((word, self._gazetteer.suggest(word, self._index.knows)) for word in words.split())
        return " ".join(name or word for word, name in pairs)

    def grouped(self, rows: Mapping[Told, float], of_type: str, *, named: frozenset[str] = frozenset()) -> list[Event]:
        """The statements as events, oldest first; the likelier one of each voice stands for it.

        Of an event one statement must name all of `named` itself, and one must tell of it, not only of what was said that day.
        """
        alone = of_type in LASTING
        groups = [[row] for row in _each_once(list(rows))] if alone else self._groups(list(rows))
        if not alone:
            groups = [group for group in groups if not all(self._only_reacts(row, of_type) for row in group)]
        made = [
            _event(sorted(group, key=lambda row: (not self._has_all(row, named), not _is_exact(row), -rows[row])))
            for group in groups
        ]
        if of_type in BETWEEN:
            made = [event for event in made if any(self._has_all(row, named) for row in event.rows)]
        return sorted(made, key=lambda event: event.day)

    def milestones(self, events: Sequence[Event]) -> list[Event]:
        """Of some events those that the briefs mark as milestones."""
        return [event for event in events if event.milestone]

    def tallies(self, wanted: Listing, scope: Scope, told: Collection[Told] = ()) -> list[Told]:
        """The published counts of what is wanted, but for those in `told`: each is somebody's, and none is added to another."""
        noun = {"attack": ("attack", "incidents"), "strike": ("strike",)}.get(wanted.type)
        if noun is None:
            return []
        counts = replace(wanted, type="tally", must=(frozenset({wanted.type}), *wanted.must))
        counted = replace(wanted, type="tally", must=wanted.must or (frozenset(noun),))
        rows = [each.rows[0] for each in self.marked.chosen(counts, scope)] + [
            row
            for row, types in self._unmarked("tally")
            if types.get("tally", 0.0) >= 1.0 and self._fits(row, counted, scope)
        ]
        return sorted(
            _each_once([row for row in rows if row not in told]), key=lambda row: row.statement.date_from or ""
        )

    def _fits(self, row: Told, wanted: Listing, scope: Scope) -> bool:
        statement = row.statement
        if scope.parties and statement.party not in scope.parties:
            return False
        if wanted.type not in {*LASTING, "tally"} and not _is_short(row):
            return False
        if (scope.since or scope.until) and not overlaps(*event_days(row), scope):
            return False
        if wanted.type in FIGURED and scope.since and _begins(row) < scope.since[:7]:
            return False  # it sums up a longer time
        if wanted.by and statement.party not in {None, *wanted.by} and _ACTS_ITSELF.search(normalise(row.text)):
            return False
        words = normalise(row.text)
        if any(_place_of_any(words, kinds) < 0 for kinds in wanted.must):
            return False
        if wanted.type in UNLESS and not self._does(row, wanted):
            return False
        if wanted.type in FIGURED and not numbers(words):
            return False
        said = wanted.type == "statement" and wanted.names
        return self._holds(row, wanted.words) and (self._says(row, wanted) if said else self._names(row, wanted))

    def _persons(self, wanted: Listing) -> frozenset[str]:
        return frozenset(name for name in wanted.names if self._gazetteer[name].kind == "person")

    def _says(self, row: Told, wanted: Listing) -> bool:
        """Whether a statement is of the party that a question names, or of the person and about all else that it names."""
        persons = self._persons(wanted)
        if not persons:
            return row.statement.party in wanted.names
        return self._speaks(row, wanted) and self._has_all(row, wanted.names - persons)

    def _speaks(self, row: Told, wanted: Listing) -> bool:
        """Whether a person whose statements are wanted says what a statement tells."""
        if wanted.type != "statement" or not row.statement.speaker:
            return False
        speakers = {mention.entry_id for mention in self._gazetteer.find(row.statement.speaker)}
        return bool(speakers & self._persons(wanted))

    def _does(self, row: Told, wanted: Listing) -> bool:
        """Whether who did it comes before what was done, and to whom behind it, as far as the question names them."""
        text = normalise(row.text)
        done = re.search(NOUNS[wanted.type], text)
        if done is None or not (wanted.by or wanted.to):
            return True
        said: dict[str, list[int]] = {}
        for mention in self._gazetteer.find(row.text):
            behind = mention.start > done.start() and not text[: mention.start].rstrip().endswith(("by", "by the"))
            said.setdefault(mention.entry_id, []).append(behind)
        return all(False in said.get(name, ()) for name in wanted.by) and all(
            True in said.get(name, ()) for name in wanted.to if name in said
        )

    def _holds(self, row: Told, words: Sequence[str]) -> bool:
        terms = frozenset(self._index.terms(row.text))
        return all(frozenset(self._index.terms(word.replace("|", " "))) & terms for word in words)

    def _names(self, row: Told, wanted: Listing) -> bool:
        """Whether a statement names what the question names; of the two countries the title may do it."""
        if not wanted.names:
            return True
        own = self._own(row)
        if wanted.type == "agreement" and NAMESAKE in own - wanted.names and "taliban" in wanted.names:
            return False
        if wanted.type in FIGURED:
            return self._has_all(row, wanted.names)
        if wanted.type == "appointment":
            return wanted.names <= own and self._holds_office(row, wanted)
        around = own | {m.entry_id for m in self._gazetteer.find(f"{row.passage.title} {row.passage.heading}")}
        return self._has_all(row, wanted.names - PAIRED) and wanted.names & PAIRED <= around

    def _has_all(self, row: Told, names: frozenset[str]) -> bool:
        """Whether a statement names all of these things, or has their English names inside other ones (“Doha ceasefire”)."""
        missing = names - self._own(row) if names else names
        text = normalise(row.text)
        return all(
            any(_place(text, name) >= 0 for name in self._gazetteer[each].names.get("en", ())[:1]) for each in missing
        )

    def _own(self, row: Told) -> frozenset[str]:
        """The things that a statement names; since the takeover the Taliban are Afghanistan."""
        own = frozenset(mention.entry_id for mention in self._gazetteer.find(row.text))
        ruling = (row.statement.date_from or "") >= TAKEOVER and own & {"afghanistan", "taliban"}
        return own | {"afghanistan", "taliban"} if ruling else own

    def _holds_office(self, row: Told, wanted: Listing) -> bool:
        """Whether the office is that of the party that the question names: “Pakistan's special representative”."""
        holders = wanted.names & PAIRED
        if not holders or not wanted.must:
            return True
        text = normalise(row.text)
        for mention in self._gazetteer.find(row.text):
            if mention.entry_id not in holders:
                continue
            rest = text[mention.end : mention.end + HOLDER_CHARS]
            if all(_place_of_any(rest, kinds) >= 0 for kinds in wanted.must):
                return True
        return False

    def _only_reacts(self, row: Told, of_type: str) -> bool:
        """Whether a statement is about a reaction, and its date is not that of the thing itself (“the strikes of 9 May”)."""
        text = normalise(row.text)
        if of_type not in NOUNS or not _REACTS.search(text):
            return False
        return not any(
            re.search(NOUNS[of_type], text[max(0, start - BESIDE_DATE_CHARS) : start]) for start, _, _ in dated(text)
        )

    def _places(self, text: str) -> set[str]:
        """The capitalised words of the places and events that a text names: “Peshawar mosque bombing” is of Peshawar."""
        named = [mention.surface for mention in self._gazetteer.find(text) if mention.kind in {"place", "event"}]
        return {normalise(word) for surface in named for word in surface.split() if word[:1].isupper()}

    def _groups(self, rows: Sequence[Told]) -> list[list[Told]]:
        """Statements of neighbouring days that name a place in common, or of which one names none.

        What tells of a month or of several days joins the events of that time, where there are any.
        """
        ordered = sorted(
            map(_dated, rows), key=lambda each: (each.first, each.row.document.id, each.row.statement.start)
        )
        groups: list[_Group] = []
        by_day: dict[int, list[_Group]] = {}
        for each in [*(one for one in ordered if one.exact), *(one for one in ordered if not one.exact)]:
            own = self._places(each.row.text)
            near = _of_days(by_day, each.near)
            if not near and _AFTERMATH.search(normalise(each.row.text)):
                near = [group for group in _of_days(by_day, each.after) if own & group.places]
            alike = [group for group in near if own & group.places]
            alike = alike or [group for group in near if not own or not group.places]
            if not alike and not each.exact:
                alike = near
            if alike:
                alike[-1].rows.append(each.row)
                alike[-1].places.update(own)
            else:
                groups.append(_Group(len(groups), [each.row], own))
                by_day.setdefault(each.first, []).append(groups[-1])
        return [group.rows for group in groups]


@dataclass(frozen=True, slots=True)
class _Dated:
    """A statement with the first and the last day of what it tells of, as ordinals; 0 where there is none."""

    row: Told
    first: int
    last: int
    exact: bool

    @property
    def near(self) -> range:
        """The first days that an event may have for the statement to tell of it."""
        if not self.first or not self.last:
            return range(0)
        return range(self.first - NEIGHBOUR_DAYS, max(self.first + NEIGHBOUR_DAYS, 0 if self.exact else self.last) + 1)

    @property
    def after(self) -> range:
        """The first days that an event may have for the statement to tell of what followed."""
        return range(self.first - AFTERMATH_DAYS, self.first + 1) if self.first else range(0)


@dataclass(frozen=True, slots=True)
class _Group:
    """Statements that tell of one event, and the places that they name."""

    number: int
    rows: list[Told]
    places: set[str]


def _dated(row: Told) -> _Dated:
    first, last = event_days(row)
    begun, ended = (date.fromisoformat(day).toordinal() if day else 0 for day in (first, last))
    return _Dated(row, begun, ended, _between(first, last) <= EXACT_DAYS)


def _of_days(by_day: Mapping[int, Sequence[_Group]], days_of: range) -> list[_Group]:
    """The groups whose event has one of the days, in the order in which they were made."""
    return sorted((group for day in days_of for group in by_day.get(day, ())), key=lambda group: group.number)


def _each_lead(marked: Sequence[MarkedRows]) -> list[MarkedRows]:
    """The events without those for which a statement stands that stands for another already."""
    return list({each.rows[0].text: each for each in reversed(marked)}.values())


def _each_with_sides(marked: Sequence[MarkedRows]) -> list[tuple[MarkedRows, tuple[Told, ...]]]:
    """The events with what each side says of them."""
    return [(each, sides(each.rows)) for each in marked]


def _each_holder(marked: Sequence[MarkedRows]) -> list[tuple[MarkedRows, tuple[Told, ...]]]:
    """The holders of an office, each once, with a statement of each of the holder's terms."""
    terms: dict[tuple[str, ...], list[MarkedRows]] = {}
    for each in sorted(marked, key=lambda each: each.event.first):
        terms.setdefault(each.event.names or (each.event.key,), []).append(each)
    return [(of[0], tuple({row: None for each in of for row in sides(each.rows)})) for of in terms.values()]


def candidate(row: Told) -> Candidate:
    """A statement as what answers are cited from."""
    sentence = row.sentence
    return Candidate(row.document, row.passage, sentence, sentence.start, sentence.end, row.statement, 1.0)


def _is_of(types: Mapping[str, float], of_type: str, least: float) -> bool:
    """Whether a statement is of a type, no other kind of event is much likelier, and it does not count several."""
    likely = types.get(of_type, 0.0)
    if of_type not in NOUNS or likely < least:
        return likely >= least
    rivals = max(types.get(name, 0.0) for name in NOUNS)
    return likely >= MIN_RIVAL_RATIO * rivals or (least < 1.0 and types.get("tally", 0.0) < 1.0)


def _place(text: str, word: str) -> int:
    """Where a normalised text has a word, or one that begins with it; -1 where it has none."""
    found = re.search(rf"\b{re.escape(normalise(word))}", text)
    return found.start() if found else -1


def _place_of_any(text: str, words: Collection[str]) -> int:
    return max(_place(text, word) for word in words)


def _is_short(row: Told) -> bool:
    """Whether a statement tells of days near each other: one of years sums up, and one without a date is no event."""
    first, last = row.statement.date_from, row.statement.date_to
    return bool(first and last) and _between(first, last) <= MAX_SPAN_DAYS


def event_days(row: Told) -> tuple[str | None, str | None]:
    """The days of what a statement tells of: the first date in its words that is not after its own, else its own."""
    first, last = row.statement.date_from, row.statement.date_to
    if not first or not last:
        return first, last
    end, own = date.fromisoformat(last), []
    for day in days(normalise(row.text)):
        if day.year and day.day:
            try:
                own.append(date(day.year, day.month, day.day))
            except ValueError:
                continue
    told = [day for day in own if 0 <= (end - day).days <= MAX_DAYS_BEFORE]
    earliest = min(told, default=None)
    if earliest is None or _between(first, last) > MAX_SPAN_DAYS:
        return first, last
    return earliest.isoformat(), max(earliest.isoformat(), min(last, max(told).isoformat()))


def _begins(row: Told) -> str:
    """The first month that a statement is about, `YYYY-MM`: of its own date, or named in its words."""
    named = [f"{day.year:04}-{day.month:02}" for day in days(normalise(row.text)) if day.year]
    return min([(row.statement.date_from or "")[:7], *named])


def _is_exact(row: Told) -> bool:
    first, last = event_days(row)
    return _between(first, last) <= EXACT_DAYS


def _between(one: str | None, other: str | None) -> int:
    return abs((date.fromisoformat(str(other)) - date.fromisoformat(str(one))).days) if one and other else MAX_SPAN_DAYS


def _each_once(rows: Sequence[Told]) -> list[Told]:
    """The statements without those that say again what another says."""
    kept: list[tuple[Told, frozenset[str]]] = []
    for row in sorted(rows, key=lambda each: -len(each.text)):
        words = frozenset(normalise(row.text).split())
        if all(len(words & other) < DUPLICATE_WORD_SHARE * min(len(words), len(other)) for _, other in kept):
            kept.append((row, words))
    return [row for row, _ in kept]


def _event(group: Sequence[Told]) -> Event:
    """The event in the words of each party that tells of it: first who takes no side, then the sides."""
    said = list({_side(row): row for row in reversed(group)}.values())
    said.sort(key=lambda row: (row.statement.party not in NEUTRAL, row.statement.date_from or "", row.statement.start))
    exact = [row for row in group if _is_exact(row)] or group
    return Event(
        min(event_days(row)[0] or "" for row in exact),
        tuple(said),
        milestone=any(row.statement.milestone for row in group),
    )


def _side(row: Told) -> str | None:
    return None if row.statement.party in NEUTRAL else row.statement.party
