"""What might be shown: every way of answering proposes whole answers, of one statement and of more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.answering import sections
from bot.answering.answer import DEFAULT_CLAIMS
from bot.answering.articles import Articles
from bot.answering.candidates import Candidate
from bot.answering.choose import NEAR_BEST_RATIO, Choice, choose, distinct
from bot.answering.events.lists import CLASSIFIED_ALONE, Lists, candidate
from bot.answering.explainers import Explainers, Match
from bot.answering.opposing import Opposing
from bot.answering.reading.reader import Bounds, Reading
from bot.answering.sides import NEUTRAL, disputed, with_both_sides
from bot.answering.ways.asking import Asking
from index.search import Index

# Statements of which an answer may consist, those beside that take another side not counted.
LEADS = (1, 2, 3, DEFAULT_CLAIMS)
CLAIMS_PER_PART = (1, 2)  # statements for each part of a question
FRESH_CLAIMS = (1, 3)  # statements of an answer that begins with the newest of the likely ones
FRESH_SCORE_RATIO = 0.6  # of the best probability: likely enough for that
MIN_LISTED_EVENTS = 2  # events that make a list
MAX_NEWEST_EVENTS = 6  # events that may be the newest of those that are asked for
ANSWERS_PROBABILITY = 0.12  # probability from which a statement of an explainer answers, and from which it
BEARS_PROBABILITY = 0.3  # belongs to the answer, which its editor chose
RUNNING_TEXT_EXTRA_CLAIMS = 2  # more claims of an explainer or a section than of other answers
MAX_EXPLAINERS = 2  # the most explainers from which answers are made
EXPLAINER_PROBABILITY = 0.2  # probability from which an explainer is read
CORRECTS_PROBABILITY = 0.15  # probability from which a statement may show that a premise of the question is wrong
# Cosine from which two statements say the same, unless they are of two sides: docs/reader.md has what editors think.
DUPLICATE_COSINE = 0.92


WAYS = ("statements", "correction", "explainer", "extract", "led", "newest", "section", "parts", "apart")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that might be shown, and by which of WAYS.

    `parts` is for each part of the question the P(answers) of its likeliest statement, and P(it is answerable); `explained`
    P(the explainer that it is made of answers).
    """

    way: str
    choice: Choice
    parts: tuple[tuple[float, float], ...] = field(default=())
    explained: float = 0.0

    @property
    def key(self) -> tuple[object, ...]:
        """What two proposals have in common that look the same."""
        return (self.choice.form, *(each.candidate.place for each in self.choice.shown))


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything that might be shown for a question; `explained` is P(the nearest explainer answers it)."""

    proposals: Sequence[Proposal]
    explained: float


@dataclass(frozen=True)
class Ways:
    """The ways of answering from one open index. Thread-safe."""

    explainers: Explainers
    articles: Articles
    lists: Lists
    opposing: Opposing
    bounds: Bounds

    def offers(self, asking: Asking, most: int = DEFAULT_CLAIMS) -> Offers:
        """Every answer of at most `most` claims that might be shown, each once.

        A text that reads as one may have RUNNING_TEXT_EXTRA_CLAIMS more.
        """
        explainers, explained = self._explained(asking, most)
        made = [
            *self._statements(asking, most),
            *explained,
            *self.newest(asking, most),
            *self._section(asking, most),
            *self._parts(asking, most),
            *self._apart(asking, most),
        ]
        shown = [proposal for proposal in made if proposal.choice.shown]
        each_once = list({proposal.key: proposal for proposal in reversed(shown)}.values())[::-1]
        return Offers(each_once, explainers[0][1] if explainers else 0.0)

    def _explained(self, asking: Asking, most: int) -> tuple[list[tuple[Match, float]], list[Proposal]]:
        """The explainers that may answer, with their probabilities, and the answers made of the likeliest."""
        explainers = self.explainers.likeliest(asking.asked, asking.hits, partial(_weighed, asking))
        return explainers, [
            replace(proposal, explained=sure)
            for match, sure in explainers[:MAX_EXPLAINERS]
            if sure >= EXPLAINER_PROBABILITY
            for proposal in self._explainer(asking, match.statements, most)
        ]

    def statements(
        self,
        asking: Asking,
        bounds: Bounds,
        *,
        leads: int | None = None,
        most: int = DEFAULT_CLAIMS,
        skip: int = 0,
        newest: bool = True,
        near: float = NEAR_BEST_RATIO,
    ) -> Choice:
        """The statements that answer, best first, with the other sides' words; `newest`: where the present is asked for, the
        newest first of those with `near` of the best probability."""
        asked, judged = asking.asked, asking.judged
        read = self.articles.attributed(asked, judged.readings, bounds.show)
        return choose(
            asked,
            replace(judged, readings=tuple(read)),
            bounds,
            asking.question.index.terms,
            self.opposing.contradicts,
            self.opposing.opposes,
            partial(asking.finder.nearby, asked),
            present=asking.question.present and newest,
            near=near,
            alike=partial(_alike, asking.question.index),
            leads=leads,
            most=most,
            skip=skip,
        )

    @property
    def _always(self) -> Bounds:
        """Thresholds for what is judged as a whole afterwards: nothing is refused, and little left out."""
        return replace(self.bounds, answer=0.0, show=ANSWERS_PROBABILITY, correct=2.0)

    def further(self, asking: Asking, told: Sequence[Reading], most: int) -> tuple[Reading, ...]:
        """What else answers, after what was shown, and says something else."""
        places = {each.candidate.place for each in told}
        read = self.articles.attributed(asking.asked, asking.judged.readings, self.bounds.show)
        left = [each for each in read if each.candidate.place not in places]
        alike = partial(_alike, asking.question.index)
        fresh = [
            each
            for each in left
            if each.answers >= self.bounds.show and not any(alike(each.candidate, row.candidate) for row in told)
        ]
        chosen = distinct([*told, *fresh], asking.question.index.terms, frozenset(), len(told) + most, alike)
        new = [each for each in chosen if each.candidate.place not in places][:most]
        return tuple(with_both_sides(new, left, self.opposing.opposes, bearing=self.bounds.bearing, most=most))

    def _statements(self, asking: Asking, most: int) -> Iterator[Proposal]:
        """The likeliest statement, and more of them."""
        always = self._always
        for leads in LEADS:
            yield Proposal("statements", self.statements(asking, always, leads=leads, most=most))
        if asking.question.present:
            for leads in CLAIMS_PER_PART:
                yield Proposal("statements", self.statements(asking, always, leads=leads, most=most, newest=False))
        if asking.question.present or asking.asked.latest:
            for leads in FRESH_CLAIMS:
                yield Proposal(
                    "statements", self.statements(asking, always, leads=leads, most=most, near=FRESH_SCORE_RATIO)
                )
        against = max(asking.judged.readings, key=lambda each: each.corrects, default=None)
        if against is not None and against.corrects >= CORRECTS_PROBABILITY:
            yield Proposal("correction", Choice((against,), corrects=True))

    def _explainer(self, asking: Asking, rows: Sequence[Candidate], most: int) -> Iterator[Proposal]:
        """An explainer: whole, what answers in it, and that behind the likeliest of all statements."""
        longest = longest_text(most)
        read = _weighed(asking, rows)
        yield _text("explainer", read[:longest])
        if asking.asked.defines:
            return
        kept = [each for each in read if each.answers >= ANSWERS_PROBABILITY or each.bearing >= BEARS_PROBABILITY]
        if not any(each.answers >= ANSWERS_PROBABILITY for each in kept):
            return
        best_first = sorted(kept, key=lambda each: -each.answers)
        extracts = [self._extract(read, best_first[:leads]) for leads in LEADS]
        for in_order in extracts:
            yield _text("extract", in_order[:longest])
            first = best_first[0]
            if in_order[0] is not first:
                yield _text("extract", [first, *(each for each in in_order if each is not first)][:longest])
        always = replace(self.bounds, answer=0.0, correct=2.0)
        single = self.statements(asking, always, leads=1, most=most).shown
        index = asking.question.index
        for behind in extracts[1:]:
            joined = distinct([*single, *behind], index.terms, frozenset(), longest, partial(_alike, index))
            if single and joined[0] is single[0] and single[0].candidate.document.kind != "explainer":
                yield Proposal("led", Choice(tuple(joined), disputed(joined, self.opposing.contradicts)))

    def _extract(self, read: Sequence[Reading], chosen: Sequence[Reading]) -> list[Reading]:
        """Of a text the chosen statements and what another party says against them, in the order of the text."""
        with_sides = with_both_sides(chosen, read, self.opposing.opposes, bearing=0.0, most=len(read))
        places = {each.candidate.place for each in with_sides}
        return [each for each in read if each.candidate.place in places]

    def listed(self, asking: Asking) -> Choice | None:
        """Every event in the library, in order, followed by the published counts if a number is wanted; None if there is no list."""
        wanted, timed = asking.wanted, asking.asked.timed
        if wanted is None or wanted.last:
            return None
        if wanted.type in CLASSIFIED_ALONE and not (wanted.names or wanted.must or wanted.words):
            return None  # it would be whatever anybody said
        events = self.lists.events(wanted, timed)
        if len(events) < (1 if self.lists.is_marked(events) else MIN_LISTED_EVENTS):
            return None
        rows = [row for event in events for row in event.rows]
        counts = self.lists.tallies(wanted, timed, rows) if wanted.count else []
        read = certain([candidate(row) for row in (*rows, *counts)])
        return Choice(read, form="list", events=tuple(len(event.rows) for event in events))

    def newest(self, asking: Asking, most: int) -> Iterator[Proposal]:
        """The newest event that answers, if that is wanted, and the newest of all."""
        if asking.wanted is None or not asking.wanted.last:
            return
        events = self.lists.events(asking.wanted, asking.asked.timed)[-MAX_NEWEST_EVENTS:]
        told = [_weighed(asking, [candidate(row) for row in event.rows]) for event in events if event.rows]
        answering = [read for read in told if max(each.answers for each in read) >= ANSWERS_PROBABILITY]
        for read in [*answering[-1:], *told[-1:]]:
            shown = tuple(read[:most])
            yield Proposal("newest", Choice(shown, disputed(shown, self.opposing.contradicts), now=True))

    def _section(self, asking: Asking, most: int) -> Iterator[Proposal]:
        """The section that a broad question is about."""

        def judge(rows: Sequence[Candidate]) -> list[float]:
            return [reading.answers for reading in _weighed(asking, rows)]

        index = asking.question.index
        rows = self.articles.rows(
            sections.section(index, asking.question, asking.hits, judge, least=ANSWERS_PROBABILITY)
        )
        if rows:
            yield Proposal("section", Choice(tuple(_weighed(asking, rows[: longest_text(most)])), form="section"))

    def _parts(self, asking: Asking, most: int) -> Iterator[Proposal]:
        """The best for each part of a question that asks several things."""
        if len(asking.parts) < 2:
            return
        sure = tuple(part.sure for part in asking.parts)
        for each in CLAIMS_PER_PART:
            choices = [self.statements(part, self.bounds, leads=each, most=most) for part in asking.parts]
            yield Proposal("parts", together(asking, choices, most), sure)

    def _apart(self, asking: Asking, most: int) -> Iterator[Proposal]:
        """What answers a follow-up without the question before it, of which only the names are kept."""
        apart = asking.apart
        if apart is None:
            return
        for leads in LEADS:
            yield Proposal("apart", self.statements(apart, self._always, leads=leads, most=most), (apart.sure,))
        for each in self._explained(apart, most)[1]:
            yield replace(each, way="apart", parts=(apart.sure,))


def longest_text(most: int) -> int:
    """The most claims of a text that reads as one, where other answers have at most `most`."""
    return most + RUNNING_TEXT_EXTRA_CLAIMS if most == DEFAULT_CLAIMS else most


def together(asking: Asking, choices: Sequence[Choice], most: int) -> Choice:
    """Merge the answers to the parts of a question: the best of each part in turn; a part without an answer is named."""
    if len(choices) == 1:
        return choices[0]
    missing = next(
        (part.asked.question for part, choice in zip(asking.parts, choices, strict=True) if not choice.shown), None
    )
    each = max(1, most // len(choices))
    index, kept = asking.question.index, list[Reading]()
    for choice in choices:
        kept += [
            reading
            for reading in choice.shown[:each]
            if not any(
                reading.candidate.place == told.candidate.place or _alike(index, reading.candidate, told.candidate)
                for told in kept
            )
        ]
    return Choice(
        tuple(kept),
        any(choice.disputed for choice in choices),
        missing=missing,
        now=bool(kept) and all(choice.now for choice in choices),
    )


def certain(rows: Sequence[Candidate]) -> tuple[Reading, ...]:
    """Readings of statements that are shown without being judged."""
    return tuple(Reading(row, 1.0, bearing=1.0) for row in rows)


def _text(way: str, read: Sequence[Reading]) -> Proposal:
    return Proposal(way, Choice(tuple(read), form="explainer"))


def _alike(index: Index, one: Candidate, other: Candidate) -> bool:
    """Whether two statements say the same; those of two sides never do."""
    if one.party != other.party and not {one.party, other.party} & NEUTRAL:
        return False
    return float(index.likeness(one.sentence, [other.sentence])[0]) >= DUPLICATE_COSINE


def _weighed(asking: Asking, rows: Sequence[Candidate]) -> list[Reading]:
    return asking.finder.reader.weighed(asking.question, rows, asking.day)
